"""Imported once by the parent that every bot is forked from: all that takes time."""

import alembic.command
import kubernetes.client
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto

import bot.clients.kubernetes.changes
import bot.clients.kubernetes.looks
import tests.crash.mortal
from bot.app import find_handlers

find_handlers()
__all__ = ["alembic", "bot", "kubernetes", "tests", "uvicorn"]
