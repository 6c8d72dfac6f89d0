"""What the tests of the journal store, and how they open it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.clients.journal import Database, SqlJournal, SqlOutbox
from bot.clients.journal.engine import locate
from bot.domain.event import Agreed, Event, Requested
from bot.domain.person import Who
from bot.domain.report import Report
from bot.domain.request import Place, Request
from bot.ports import Journal, Kind, Outbox, Row, Say, Write
from sandbox.clock import StandingClock

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ANA = Who("ana", "Ana")


class Store:
    """An open database with both ports over it and a clock that stands."""

    def __init__(self, database: Database, clock: StandingClock) -> None:
        self.database = database
        self.clock = clock
        self.journal: Journal = SqlJournal(database)
        self.outbox: Outbox = SqlOutbox(database)


def within(url: str, story: Callable[[Store], Awaitable[None]], patience: float = 2.0) -> None:
    """Open the database, let the story happen, and close it."""

    async def whole() -> None:
        clock = StandingClock()
        database = await Database.open(url, clock, patience)
        try:
            await story(Store(database, clock))
        finally:
            await database.close()

    asyncio.run(whole())


@contextmanager
def beside(url: str) -> Iterator[sa.Connection]:
    """A connection of somebody else, as a console has it, that commits when it is done."""
    engine = sa.create_engine(locate(url))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tamper(url: str, *statements: str) -> None:
    """Change tables behind the journal's back."""
    with beside(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def request(key: str, words: str = "scale bridge 5", at: datetime = START) -> Request:
    return Request(key, words, ANA, at, place=Place("C1"))


def row(**changed: Any) -> Row:
    plain: dict[str, Any] = {
        "kind": "run", "due": None, "phase": "asked", "over": False, "command": "scale", "asker": "ana", "of": "",
        "loose": False, "at": START,
    }  # fmt: skip
    return Row(**{**plain, **changed})


def write(case: str, after: int = 0, events: int = 1, *, row: Row = row(), **more: Any) -> Write:  # noqa: B008  # frozen
    """Append so many events that differ from each other."""
    happened: list[Event] = [Requested(START, ANA, request(case))] if after == 0 and events else []
    happened += [Agreed(START, ANA, digest=f"{case}:{n}") for n in range(after + len(happened), after + events)]
    return Write(case, after, tuple(happened), row, **more)


def card(key: str = "card", summary: str = "Scale bridge", **more: Any) -> Say:
    return Say(key, Kind.CARD, Report(summary), Place("C1"), **more)


def line(key: str, under: str = "", **more: Any) -> Say:
    return Say(key, Kind.LINE, Report(f"This is {key}"), Place("C1"), under=under, **more)
