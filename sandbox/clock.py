"""The sandbox's time: it runs as the real one does, or stands, and can be moved forward by hand."""

from datetime import UTC, datetime, timedelta


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
