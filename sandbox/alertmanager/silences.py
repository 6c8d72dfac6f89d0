"""Silences: made, edited, expired; the history of what was muted is never rewritten (silence/silence.go)."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sandbox.alertmanager.errors import ApiError, not_found, refused
from sandbox.alertmanager.labels import Labels
from sandbox.alertmanager.matchers import Matcher, all_match
from sandbox.alertmanager.records import ZERO, Json, millis

State = Literal["pending", "active", "expired"]
#: How long an expired one is still shown: ``--data.retention``.
RETENTION = timedelta(hours=120)
_ORDER = {"active": 1, "pending": 2, "expired": 3}


@dataclass(frozen=True)
class Silence:
    """What is muted, from when to when, by whom and why."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    updated_at: datetime = ZERO

    def state(self, now: datetime) -> State:
        """Whether it mutes now."""
        if now < self.starts_at:
            return "pending"
        return "active" if now < self.ends_at else "expired"

    def told(self, now: datetime) -> Json:
        """As the API shows it."""
        return {
            "id": self.id,
            "status": {"state": self.state(now)},
            "updatedAt": millis(self.updated_at),
            "comment": self.comment,
            "createdBy": self.created_by,
            "endsAt": millis(self.ends_at),
            "matchers": [one.told() for one in self.matchers],
            "startsAt": millis(self.starts_at),
        }


class Silences:
    """All of them, by id."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: dict[str, Silence] = {}

    def set(self, asked: Silence) -> str:
        """Store a new one, or edit the one whose id it has; gives the id, which may be another one then.

        Raises ``ApiError``: 400 with the reason, 404 for an id that nobody has.
        """
        now = self._now()
        if asked.starts_at >= asked.ends_at:
            raise refused("Failed to create silence: start time must be before end time")
        if asked.ends_at < now:
            raise refused("Failed to create silence: end time can't be in the past")
        _check(asked)
        before = self._kept.get(asked.id)
        if asked.id and before is None:
            raise ApiError(404, "silence not found")
        if before is not None and _may_change(before, asked, now):
            self._kept[asked.id] = replace(asked, updated_at=now)
            return asked.id
        if before is not None and before.state(now) != "expired":
            self.expire(before.id)
        new = replace(asked, id=str(uuid.uuid4()), starts_at=max(asked.starts_at, now), updated_at=now)
        self._kept[new.id] = new
        return new.id

    def expire(self, silence_id: str) -> None:
        """End it now; one that has ended stays as it is. Raises ``ApiError`` 404."""
        now, kept = self._now(), self.get(silence_id)
        if kept.state(now) != "expired":
            self._kept[silence_id] = replace(kept, starts_at=min(kept.starts_at, now), ends_at=now, updated_at=now)

    def get(self, silence_id: str) -> Silence:
        """The one of that id. Raises ``ApiError`` 404."""
        self._forget()
        if silence_id not in self._kept:
            raise not_found()
        return self._kept[silence_id]

    def all(self, wanted: Sequence[Matcher] = ()) -> list[Silence]:
        """Those that have all the wanted matchers among theirs: the active first, and who ends soonest first."""
        self._forget()
        now = self._now()
        found = [one for one in self._kept.values() if set(wanted) <= set(one.matchers)]
        return sorted(found, key=lambda one: (_ORDER[one.state(now)], _within(one, one.state(now))))

    def muting(self, labels: Labels) -> list[str]:
        """The ids of those that mute an alert now."""
        now = self._now()
        active = (one for one in self._kept.values() if one.state(now) == "active")
        return sorted(one.id for one in active if all_match(one.matchers, labels))

    def _forget(self) -> None:
        now = self._now()
        self._kept = {key: one for key, one in self._kept.items() if now < one.ends_at + RETENTION}


def _within(silence: Silence, state: State) -> float:
    if state == "pending":
        return silence.starts_at.timestamp()
    return silence.ends_at.timestamp() * (1 if state == "active" else -1)


def _check(silence: Silence) -> None:
    for number, matcher in enumerate(silence.matchers):
        try:
            matcher.check()
        except ValueError as error:
            raise refused(f"invalid silence: invalid label matcher {number}: {error}") from error
    if all(one.matches_nothing_there() for one in silence.matchers):
        raise refused("invalid silence: at least one matcher must not match the empty string")


def _may_change(before: Silence, asked: Silence, now: datetime) -> bool:
    """Whether an edit leaves the past as it was; otherwise the old one expires and a new one is made."""
    if before.matchers != asked.matchers:
        return False
    state = before.state(now)
    if state == "active":
        return int(before.starts_at.timestamp()) == int(asked.starts_at.timestamp())
    return state == "pending" and asked.starts_at >= now
