"""What happened, in the order in which it was stored, and what came in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Row as SqlRow

from bot.clients.journal import chain
from bot.clients.journal.append import append
from bot.clients.journal.database import Database
from bot.clients.journal.reading import Reader
from bot.clients.journal.schema import cases, claims, heads, inbox, inserting, journal, names, switches
from bot.domain.errors import Unreadable
from bot.domain.event import Event
from bot.domain.record import dump, load
from bot.domain.request import Notice, Request
from bot.ports import NOTHING, Audit, Found, Row, Say, Write
from bot.recent import Recent

# Made once: SQLAlchemy takes longer to make a statement than the database takes to carry it out.
_EVENTS = (
    sa.select(journal.c.event, journal.c.hash)
    .where(journal.c.case_id == sa.bindparam("case"), journal.c.position >= sa.bindparam("first"))
    .order_by(journal.c.position)
)
_REST = sa.update(cases).where(cases.c.id == sa.bindparam("case"), cases.c.position == sa.bindparam("at_position"))
_NAMED = sa.select(names.c.case_id).where(names.c.name == sa.bindparam("name"))
_FOUND = sa.select(cases).where(cases.c.id == sa.bindparam("case"))
_CLAIMS = sa.select(claims.c.object, claims.c.case_id).where(claims.c.object.in_(sa.bindparam("some", expanding=True)))
_SWITCH = sa.select(switches.c.value).where(switches.c.name == sa.bindparam("name"))

#: Characters of events, as they are stored: in memory they take three times as many bytes.
_KEPT = 8_000_000


class SqlJournal:
    """The port ``Journal`` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader()
        #: The events of a case as they were read last, the hash of the last of them, and how long they are: only what
        #: is new is read.
        self._events: Recent[str, tuple[tuple[Event, ...], str, int]] = Recent(_KEPT)

    async def receive(self, request: Request | Notice) -> bool:
        """Store what came in, before it is answered. False when its key is known. Raises ``Full``."""
        row = {"key": request.key, "at": request.at, "request": dump(request)}
        return await self._database.put(_receive, row)

    async def untaken(self, until: datetime | None = None, limit: int = 100) -> Sequence[Request | Notice]:
        """What came in (``until`` then, when that is given) and nothing was made of yet, oldest first."""
        query = sa.select(inbox.c.key, inbox.c.request).where(inbox.c.taken.is_(None))
        if until is not None:
            query = query.where(inbox.c.at <= until)
        query = query.order_by(inbox.c.at, inbox.c.key).execution_options(yield_per=limit)

        def work(connection: Connection) -> list[Request | Notice]:
            rows = connection.execute(query)
            # However many there are that cannot be read, they hold up none that can.
            read = (self._reader.read(row.key, partial(load, row.request)) for row in rows)
            return list(islice((each for each in read if each is not None), limit))

        return await self._database.read(work)

    async def append(
        self, *writes: Write, says: Sequence[Say] = (), taken: str = "", still: Mapping[str, int] = NOTHING
    ) -> None:
        """Append to one case or several, all or none, with what is to be said of it.

        Raises ``Conflict`` when a case (one of ``still``, too) has another position, ``Taken`` when a claim is held by
        another case, ``Full`` when nothing can be stored now.
        """
        now = self._database.clock.now()
        await self._database.write(lambda connection: append(connection, writes, says, taken, still, now))

    async def events(self, case: str) -> tuple[Event, ...]:
        """All events of a case, in order; none when there is no such case. Raises ``Full``, ``Unreadable``."""
        known, last, length = self._events.get(case) or ((), "", 0)
        rows = await self._lines(case, max(1, len(known)))
        if known and (not rows or rows[0].hash != last):
            # Another journal than it was, as from a backup: each hash stands for all lines before it.
            known, length, rows = (), 0, await self._lines(case, 1)
        new = rows[1:] if known else rows
        try:
            events = (*known, *(load(row.event) for row in new))
        except Unreadable as no:
            raise Unreadable(f"{case}: {no}", case) from no
        if new:
            length += sum(len(row.event) for row in new)
            self._events.put(case, (events, new[-1].hash, length), weight=length)
        return events

    async def _lines(self, case: str, first: int) -> Sequence[Any]:
        given = {"case": case, "first": first}
        return await self._database.read(lambda connection: connection.execute(_EVENTS, given).all())

    async def rest(self, case: str, position: int, until: datetime | None) -> None:
        """Note when the case is to be looked at again; ``None``: as its last append said."""
        given = {"case": case, "at_position": position, "rest": until}
        await self._database.write(lambda connection: connection.execute(_REST, given).rowcount)

    async def named(self, name: str) -> str:
        """The case that had this name last; empty when none had."""
        return await self._database.read(lambda connection: connection.execute(_NAMED, {"name": name}).scalar()) or ""

    async def found(self, case: str) -> Found | None:
        """The row of one case."""
        row = await self._database.read(lambda connection: connection.execute(_FOUND, {"case": case}).first())
        return _found(row) if row else None

    async def list(
        self,
        *,
        due: datetime | None = None,
        open_only: bool = False,
        kind: str = "",
        loose: bool = False,
        asker: str = "",
        limit: int = 100,
    ) -> Sequence[Found]:
        """Cases by their rows, newest first; by ``due`` (until then), the longest overdue first."""
        query = sa.select(cases)
        if open_only:
            query = query.where(cases.c.over.is_(False))
        if kind:
            query = query.where(cases.c.kind == kind)
        if loose:
            query = query.where(cases.c.loose.is_(True))
        if asker:
            query = query.where(cases.c.asker == asker)
        if due is None:
            query = query.order_by(cases.c.at.desc(), cases.c.id)
        else:
            # Two conditions, so that each can use the index of its column.
            overdue = sa.or_(cases.c.rest <= due, sa.and_(cases.c.rest.is_(None), cases.c.due <= due))
            query = query.where(overdue).order_by(sa.func.coalesce(cases.c.rest, cases.c.due), cases.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query.limit(limit)).all())
        return [_found(row) for row in rows]

    async def claims(self, objects: frozenset[str]) -> Mapping[str, str]:
        """Who holds which of these objects: case by object."""
        given = {"some": list(objects)}
        rows = await self._database.read(lambda connection: connection.execute(_CLAIMS, given).all())
        return {row.object: row.case_id for row in rows}

    async def switch(self, name: str) -> str:
        """A switch of the bot itself; empty when it was never set."""
        return await self._database.read(lambda connection: connection.execute(_SWITCH, {"name": name}).scalar()) or ""

    async def set_switch(self, name: str, value: str) -> None:
        """Set a switch."""

        def work(connection: Connection) -> None:
            made = inserting(connection.dialect.name, switches).values(name=name, value=value)
            connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

        await self._database.write(work)

    async def forget(self, before: datetime, limit: int = 500) -> int:
        """Delete requests of which something was made before then, ``limit`` at the most; how many there were."""
        query = sa.select(inbox.c.key).where(inbox.c.taken < before).limit(limit)
        # Looked for by a reader, so that the writer only deletes what it is told.
        keys = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        if not keys:
            return 0
        change = sa.delete(inbox).where(inbox.c.key.in_(keys))
        return await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def verify(self) -> Audit:
        """Read the whole journal, a thousand lines at a time, and see whether any was changed, left out or added."""
        return await self._database.read(_verify, snapshot=True)


@cache
def _insert(dialect: str) -> Any:
    return inserting(dialect, inbox).on_conflict_do_nothing().returning(inbox.c.key)


def _receive(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    # In the order of their keys, so that two replicas that store the same ones do not wait for each other.
    wanted = {str(row["key"]): row for row in rows}
    new = set(connection.execute(_insert(connection.dialect.name), [wanted[key] for key in sorted(wanted)]).scalars())
    answers = []
    for row in rows:
        answers.append(row["key"] in new)
        new.discard(row["key"])
    return answers


def _found(row: SqlRow[Any]) -> Found:
    kept = Row(row.kind, row.due, row.phase, row.over, row.command, row.asker, row.of, row.loose, row.at)
    return Found(row.id, row.position, kept)


def _verify(connection: Connection) -> Audit:
    last = connection.execute(sa.select(heads.c.seq, heads.c.hash)).all()
    line = journal.c
    texts = [_as_stored(connection, column) for column in (line.case_id, line.event, line.prev, line.hash)]
    query = sa.select(line.seq, line.position, sa.type_coerce(line.at, sa.BigInteger).label("at"), *texts)
    rows = connection.execution_options(yield_per=1000).execute(query.order_by(line.seq))
    lines = (
        chain.Line(
            row.seq, _text(row.case_id), row.position, row.at, _text(row.event), _text(row.prev), _text(row.hash)
        )
        for row in rows
    )
    return chain.check(lines, [(row.seq, row.hash) for row in last])


def _as_stored(connection: Connection, column: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """SQLite would refuse to read a text that is none any more, before we could say which line it is."""
    return sa.cast(column, sa.LargeBinary).label(column.key) if connection.dialect.name == "sqlite" else column


def _text(stored: Any) -> Any:
    return stored.decode(errors="replace") if isinstance(stored, bytes) else stored
