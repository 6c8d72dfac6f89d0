"""Verbs: what can be asked of the world, changed in it and checked, as data. Each system's own are in ``bot.world``."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final, Generic, TypeVar

from bot.domain.record import record

T_co = TypeVar("T_co", covariant=True)
#: The units in which people type a time, in seconds, the longest first.
UNITS: Final[Mapping[str, int]] = {"d": 86400, "h": 3600, "m": 60, "s": 1}


class Question(Generic[T_co]):
    """Something to ask, as a noun phrase (``SizeOf``); asking changes nothing. The type is that of the answer."""

    @property
    def about(self) -> str:
        """The object that it asks about, by the name that a change which touches it has for it; or nothing."""
        return ""


class Change:
    """An end state to bring about (``SetReplicas(d, 5)``, never "two more"): doing it twice is doing it once."""

    #: Whether it changes the operated platform; what changes only the bot itself goes on while the bot is paused.
    outside: ClassVar[bool] = True

    @property
    def touches(self) -> str:
        """The object that it changes: what a run claims, so that no two runs change it at once."""
        raise TypeError(f"{type(self).__name__} does not say what it touches")

    @property
    def where(self) -> str:
        """The part of the outside that it is in, by the name that it has there (``namespace aureus``); or nothing."""
        return ""

    def __str__(self) -> str:
        """The change as people read it, beginning with a verb."""
        raise TypeError(f"{type(self).__name__} cannot be read")


class Check:
    """Something that must hold, as an adjective (``Ready``). A test of it never blocks."""

    def __str__(self) -> str:
        """What is waited for, as people read it."""
        raise TypeError(f"{type(self).__name__} cannot be read")


@record("check.met")
class Met:
    """It holds; ``says`` is what was read back."""

    says: str = ""


@record("check.not-yet")
class NotYet:
    """It does not hold yet, and may: look again after ``again``."""

    says: str
    again: timedelta = timedelta(seconds=1)


@record("check.broken")
class Broken:
    """It will not hold, and waiting longer is no use."""

    because: str


Answer = Met | NotYet | Broken


@record("check.at")
class At(Check):
    """Answered by time alone: holds from ``when`` on."""

    when: datetime

    def __str__(self) -> str:
        return f"the time is {self.when:%Y-%m-%d %H:%M} UTC"


@record("check.stays")
class Stays(Check):
    """Answered by the world over time: at every look for as long as ``for_``, ``good`` held.

    A look at which it does not hold yet begins the time anew; one at which it is broken breaks this too.
    """

    good: Check
    for_: timedelta

    def __str__(self) -> str:
        return f"{self.good}, for {spell(self.for_)}"


@record("check.shown")
class Shown(Check):
    """Answered by the world: what a change brings about is so, read back."""

    change: Change

    def __str__(self) -> str:
        return "read back"


@record("check.ticked")
class Ticked(Check):
    """Answered by a person who says that ``item`` is so."""

    item: str
    roles: frozenset[str] = frozenset({"team"})

    def __str__(self) -> str:
        return self.item


@record("check.told")
class Told(Check):
    """Answered by a person in words, which are kept."""

    what: str
    roles: frozenset[str] = frozenset({"team"})

    def __str__(self) -> str:
        return self.what


def spell(time: timedelta) -> str:
    """A duration as people say it: ``2 h``, ``1 h 30 min``, ``45 s``."""
    seconds = round(time.total_seconds())
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")) if n]
    return " ".join(parts[:2]) or "0 s"


def typed(time: timedelta) -> str:
    """A duration as it is typed, as one word in the longest unit that fits: ``2h``, ``90m``, ``90s``."""
    seconds = round(time.total_seconds())
    unit = next(unit for unit, size in UNITS.items() if seconds % size == 0)
    return f"{seconds // UNITS[unit]}{unit}"
