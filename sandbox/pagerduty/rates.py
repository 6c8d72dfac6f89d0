"""The rate limit of a key, by the sandbox's clock: so many requests in each minute.

960: developer.pagerduty.com/docs/rest-api-v2-overview, Rate Limits. How PagerDuty cuts its minutes it does not tell.
"""

import math
from datetime import datetime, timedelta
from typing import Final

LIMIT: Final = 960
WINDOW: Final = timedelta(minutes=1)


class Rates:
    """How much every key has used of its minute."""

    def __init__(self) -> None:
        self.limit = LIMIT
        self._used: dict[str, tuple[datetime, int]] = {}

    def spend(self, key: str, now: datetime) -> bool:
        """Count a request; false when it is one too many."""
        began, used = self._used.get(key, (now, 0))
        if now - began >= WINDOW:
            began, used = now, 0
        self._used[key] = (began, used + 1)
        return used < self.limit

    def headers(self, key: str, now: datetime) -> dict[str, str]:
        """What every answer says of it."""
        began, used = self._used.get(key, (now, 0))
        reset = max(0, math.ceil((began + WINDOW - now).total_seconds()))
        return _headers(self.limit, max(0, self.limit - used), reset)

    def used_up(self, seconds: float) -> dict[str, str]:
        """What an answer says when there is nothing left for so many seconds."""
        return _headers(self.limit, 0, math.ceil(seconds))


def _headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {"ratelimit-limit": str(limit), "ratelimit-remaining": str(remaining), "ratelimit-reset": str(reset)}
