"""Kubernetes, through the official package: how each verb of ``bot.world.k8s`` is truly done."""

from bot.clients.kubernetes.client import Kubernetes
from bot.clients.threads import Limits

__all__ = ["Kubernetes", "Limits"]
