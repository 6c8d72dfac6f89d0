"""Imported once by the parent that every bot is forked from: all that a bot would otherwise import while it runs."""

import gc
import importlib
import pkgutil

import kubernetes.client.models

import tests.crash.mortal
from bot.app import find_handlers

for _name in (
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "bot.clients.kubernetes.changes",
    "bot.clients.kubernetes.looks",
    "dbos._sys_db_postgres",
    "dbos._sys_db_sqlite",
    "kubernetes.client.api.apps_v1_api",
    "kubernetes.client.api.autoscaling_v2_api",
    "kubernetes.client.api.core_v1_api",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    *(f"kubernetes.client.models.{each.name}" for each in pkgutil.iter_modules(kubernetes.client.models.__path__)),
):
    importlib.import_module(_name)
find_handlers()
gc.freeze()  # what is here stays: no child needs to look through it, and so to copy it
__all__ = ["tests"]
