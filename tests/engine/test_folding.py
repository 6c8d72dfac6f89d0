"""Who folds a case again goes on from where it was; from the beginning when that is not what it was."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from bot.domain.event import Event
from bot.domain.person import BOT
from bot.engine.folding import Folder

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Counted:
    """A case that remembers what it was folded from."""

    of: tuple[Event, ...]

    def after(self, event: Event) -> Self:
        STEPS.append(event)
        return type(self)((*self.of, event))


STEPS: list[Event] = []


def events(count: int) -> tuple[Event, ...]:
    return tuple(Event(NOW, BOT) for _ in range(count))


def folder() -> Folder[Counted]:
    STEPS.clear()
    return Folder(lambda event: Counted((event,)))


def test_only_what_is_new_is_folded() -> None:
    cases, many = folder(), events(6)
    assert cases.fold("r-1", many[:4]) == Counted(many[:4])
    assert len(STEPS) == 3
    assert cases.fold("r-1", many) == Counted(many)
    assert len(STEPS) == 5
    assert cases.fold("r-1", many) == Counted(many)
    assert len(STEPS) == 5


def test_another_history_is_folded_from_its_beginning() -> None:
    cases, many, others = folder(), events(4), events(5)
    cases.fold("r-1", many)
    folded = cases.fold("r-1", others)
    assert folded is not None
    assert all(mine is theirs for mine, theirs in zip(folded.of, others, strict=True))
    shorter = cases.fold("r-1", others[:2])
    assert shorter == Counted(others[:2])
    assert cases.fold("r-1", ()) is None


def test_of_many_cases_those_are_kept_that_were_looked_at_last() -> None:
    cases, many = folder(), events(3)
    cases.fold("r-0", many)
    for number in range(1, 80):
        cases.fold("r-0", many)
        cases.fold(f"r-{number}", many)
    STEPS.clear()
    cases.fold("r-0", many)
    assert STEPS == []
    cases.fold("r-1", many)
    assert len(STEPS) == 2
