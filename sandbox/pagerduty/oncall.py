"""Schedules: who is on call at a moment, and whose turns touch a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.pagerduty.records import User


@dataclass(frozen=True)
class Shift:
    """Somebody's time on call, whole. None: it has no beginning or no end."""

    user: User
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Override:
    """Somebody who stands in."""

    user: User
    start: datetime
    end: datetime


@dataclass
class Schedule:
    """People who take turns of equal length, the first from ``start``; and those who stand in."""

    id: str
    name: str
    users: tuple[User, ...]
    start: datetime
    turn: timedelta = timedelta(weeks=1)
    time_zone: str = "Etc/UTC"
    overrides: list[Override] = field(default_factory=list)

    def on_call(self, at: datetime) -> User | None:
        """Who is on call then; nobody before the first turn."""
        shift = self._shift(at)
        return shift.user if shift else None

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        """Every time on call that touches the stretch, in order, with its real beginning and end."""
        out: list[Shift] = []
        at = since
        while at <= until:
            shift = self._shift(at)
            if shift is None:
                at = min([self.start, *(one.start for one in self.overrides if one.start > at)])
                if at < since or self._shift(at) is None:
                    return out
                continue
            out.append(shift)
            assert shift.end is not None  # noqa: S101 - a turn ends
            at = shift.end
        return out

    def _shift(self, at: datetime) -> Shift | None:
        override = self._override(at)
        if override is not None:
            later = [one.start for one in self._after(override) if override.start < one.start <= override.end]
            return Shift(override.user, override.start, min([override.end, *later]))
        if at < self.start or not self.users:
            return None
        number = (at - self.start) // self.turn
        start = self.start + number * self.turn
        # A turn is cut by whoever stands in.
        start = max([start, *(one.end for one in self.overrides if start < one.end <= at)])
        end = min([self.start + (number + 1) * self.turn, *(one.start for one in self.overrides if one.start > at)])
        return Shift(self.users[number % len(self.users)], start, end)

    def _override(self, at: datetime) -> Override | None:
        """The one that was made last counts."""
        return next((one for one in reversed(self.overrides) if one.start <= at < one.end), None)

    def _after(self, override: Override) -> list[Override]:
        return self.overrides[self.overrides.index(override) + 1 :]
