"""Durable hands: ``DbosQueue`` on SQLite or PostgreSQL, ``MemoryQueue`` for tests whose clock is moved by hand."""

from bot.clients.queue.durable import DbosQueue
from bot.clients.queue.memory import MemoryQueue

__all__ = ["DbosQueue", "MemoryQueue"]
