"""Who waits for what is in somebody's hands, so that they go on as soon as these let go, and not when they look again.

Kept in memory only: whoever a dead process forgot, or waits in another one, looks again by the clock.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime


@dataclass
class _Wait:
    objects: frozenset[str]
    #: When it looks again by itself.
    until: datetime
    over: bool = False


class Waiting:
    """The cases that wait, and what for; each at most until it looks again by itself."""

    def __init__(self) -> None:
        self._waits: dict[str, _Wait] = {}

    def __len__(self) -> int:
        return len(self._waits)

    def add(self, case: str, objects: frozenset[str], now: datetime, until: datetime) -> None:
        """It waits until one of these is let go of, or until then."""
        # Others may be driven on, let go of or ended by another process: they would stay here for ever.
        self._waits = {each: wait for each, wait in self._waits.items() if wait.until > now}
        self._waits[case] = _Wait(objects, until)

    def let_go(self, objects: Set[str]) -> list[str]:
        """The cases that waited for one of these, and need not wait for their time any more."""
        found = [case for case, wait in self._waits.items() if not wait.over and wait.objects & objects]
        for case in found:
            self.go_on(case)
        return sorted(found)

    def go_on(self, case: str) -> None:
        """What it waits for was let go of."""
        if case in self._waits:
            self._waits[case].over = True

    def goes_on(self, case: str) -> bool:
        """Whether what it waited for was let go of, since this was asked last."""
        wait = self._waits.get(case)
        if wait is None or not wait.over:
            return False
        self.forget(case)
        return True

    def forget(self, case: str) -> None:
        """It waits for nothing any more."""
        self._waits.pop(case, None)
