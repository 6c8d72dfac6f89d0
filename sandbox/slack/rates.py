"""Slack's rate limits, by the sandbox's clock: a tier for each method, and one message a second in each channel."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandbox.clock import Clock
from sandbox.slack.errors import RateLimited

# Calls a minute (docs.slack.dev/apis/web-api/rate-limits); "message" is the special one of chat.postMessage.
TIERS: Final = {"1": 1, "2": 20, "3": 50, "4": 100}
MESSAGE_BURST: Final = 4


@dataclass
class Bucket:
    """Fills by `rate` a second up to `size`; each call takes one."""

    size: float
    rate: float
    level: float
    at: datetime

    def take(self, now: datetime) -> float:
        """Take one; answers 0, or the seconds until there is one."""
        self.level = min(self.size, self.level + (now - self.at).total_seconds() * self.rate)
        self.at = now
        if self.level < 1:
            return (1 - self.level) / self.rate
        self.level -= 1
        return 0


class Rates:
    """The buckets of all apps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def spend(self, app: str, method: str, tier: str, channel: str) -> None:
        """Count one call of a method by an app; raises `RateLimited` when it is one too many."""
        if tier == "message":
            self._take((app, method, channel), MESSAGE_BURST, 1.0)
        elif tier in TIERS:
            self._take((app, method, ""), TIERS[tier], TIERS[tier] / 60)

    def _take(self, key: tuple[str, str, str], size: float, rate: float) -> None:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, Bucket(size, rate, size, now))
        wait = bucket.take(now)
        if wait:
            raise RateLimited(max(1, math.ceil(wait)))
