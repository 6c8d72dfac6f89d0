"""Who waits for what is in somebody's hands, so that they go on as soon as these let go, and not when they look again.

Kept in memory only: whoever a dead process forgot, or waits in another one, looks again by the clock.
"""

from collections.abc import Iterable


class Waiting:
    """The cases that wait, by what they wait for."""

    def __init__(self) -> None:
        self._cases: dict[str, set[str]] = {}
        self._go_on: set[str] = set()

    def add(self, case: str, objects: Iterable[str]) -> None:
        """It waits until one of these is let go of."""
        for each in objects:
            self._cases.setdefault(each, set()).add(case)

    def let_go(self, objects: Iterable[str]) -> list[str]:
        """The cases that waited for one of these, and need not wait for their time any more."""
        found = {case for each in objects for case in self._cases.pop(each, ())}
        self._go_on |= found
        return sorted(found)

    def go_on(self, case: str) -> None:
        """What it waits for was let go of before it said so."""
        self._go_on.add(case)

    def goes_on(self, case: str) -> bool:
        """Whether what it waited for was let go of, since this was asked last."""
        gone = case in self._go_on
        self._go_on.discard(case)
        return gone
