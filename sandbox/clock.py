"""The sandbox's time: it runs as the real one does, or stands, and can be moved forward by hand."""

from datetime import UTC, datetime, timedelta
from mmap import mmap
from pathlib import Path
from struct import Struct

_SECONDS = Struct("d")


class Clock:
    """The real time, plus what it was moved by."""

    def __init__(self) -> None:
        self._moved = timedelta()

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return datetime.now(UTC) + self._moved

    def move(self, by: timedelta) -> None:
        """Move forward; time never goes back."""
        if by < timedelta():
            raise ValueError("time does not go back")
        self._moved += by


class StandingClock(Clock):
    """Moves by hand only: what tests use, so that none of them sleeps."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) -> None:
        super().__init__()
        self._start = start

    def now(self) -> datetime:
        return self._start + self._moved


class SharedClock(Clock):
    """The real time, moved for all processes that share a small file: the bot's and the sandbox's.

    The file is the number of seconds, as one float64. It is looked at in memory: time is asked for at every request,
    and to ask the system for a file each time would make the sandbox's bot slower than the real one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        with path.open("a+b") as file:
            if path.stat().st_size < _SECONDS.size:
                file.write(_SECONDS.pack(0.0))
                file.flush()
            self._seconds = mmap(file.fileno(), _SECONDS.size)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, by: timedelta) -> None:
        self._moved = self.moved
        super().move(by)
        # Eight bytes that lie together are written at once: no reader sees half of them.
        self._seconds[:] = _SECONDS.pack(self._moved.total_seconds())

    @property
    def moved(self) -> timedelta:
        """By how much it was moved in all."""
        return timedelta(seconds=_SECONDS.unpack(self._seconds)[0])
