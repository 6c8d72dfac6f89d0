"""PagerDuty, as a ``World``."""

from bot.clients.pagerduty.client import PagerDuty
from bot.clients.threads import Limits

__all__ = ["Limits", "PagerDuty"]
