"""Kubernetes, through the official package: how each verb of ``bot.world.k8s`` is truly done."""

from bot.clients.kubernetes.client import Kubernetes

__all__ = ["Kubernetes"]
