"""Cases folded from their events; who reads one again folds on from where it was."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from bot.domain.event import Event
from bot.recent import Recent

_KEPT = 64  # cases; those that are open and looked at again and again are fewer


class _Case(Protocol):
    def after(self, event: Event) -> Self: ...


C = TypeVar("C", bound=_Case)


class Folder(Generic[C]):
    """Folds cases of one kind. The journal is the truth: what is kept here is only what it gave last."""

    def __init__(self, born: Callable[[Event], C]) -> None:
        self._born = born
        self._kept: Recent[str, tuple[int, Event, C]] = Recent(_KEPT)

    def fold(self, case: str, events: Sequence[Event]) -> C | None:
        """The case that had these events, all from its first; ``None`` when there are none."""
        if not events:
            return None
        kept = self._kept.get(case)
        # The very event that it was folded to last: a journal gives the same one only after the same before it.
        if kept is not None and len(events) >= kept[0] and events[kept[0] - 1] is kept[1]:
            count, _, folded = kept
        else:
            count, folded = 1, self._born(events[0])
        for event in events[count:]:
            folded = folded.after(event)
        self._kept.put(case, (len(events), events[-1], folded))
        return folded
