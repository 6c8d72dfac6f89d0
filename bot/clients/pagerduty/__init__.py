"""PagerDuty, as a ``World``."""

from bot.clients.pagerduty.client import PagerDuty
from bot.clients.pagerduty.connection import Limits

__all__ = ["Limits", "PagerDuty"]
