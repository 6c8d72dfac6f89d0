"""The sandbox's time: it runs as the real one does, or stands, and can be moved forward by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


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
    """The real time, moved for all processes that share a small file: the bot's and the sandbox's."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._read_at = 0

    def now(self) -> datetime:
        changed = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if changed != self._read_at:
            self._moved = timedelta(seconds=float(self._path.read_text() or 0))
            self._read_at = changed
        return super().now()

    def move(self, by: timedelta) -> None:
        self.now()
        super().move(by)
        # Written beside and moved there: no reader ever sees half of it.
        beside = self._path.with_suffix(".new")
        beside.write_text(str(self._moved.total_seconds()))
        beside.replace(self._path)

    @property
    def moved(self) -> timedelta:
        """By how much it was moved in all."""
        self.now()
        return self._moved
