"""Aureus Bot: carries the operations runbook of Aureus Sentinel out, with people's agreement."""

__version__ = "0.1.0"
