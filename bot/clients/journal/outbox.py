"""What is to be said: a row first, then the channel, then what the channel answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.clients.journal.database import Database
from bot.clients.journal.reading import Reader
from bot.clients.journal.schema import inserting, outbox
from bot.domain.record import dump, load
from bot.domain.report import Report
from bot.domain.request import Place
from bot.ports import Delivery, Kind, Posting, Say

_row = outbox.c
#: What is said once, in its turn, in a thread.
_ONCE = (Kind.LINE.value, Kind.FILE.value)
#: After that a file that was shared stands in its channel, if it ever will.
_SHARING = timedelta(seconds=8)
_card = outbox.alias("card")
_earlier = outbox.alias("earlier")
_later = outbox.alias("later")


def _waits(row: Any) -> sa.ColumnElement[bool]:
    return sa.and_(row.version > row.shown, row.dropped.is_(False))


def _there_is(other: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.select(sa.literal(1)).select_from(other).where(*conditions).correlate(outbox).exists()


#: What stands in the thread of a card. An answer to one person that is about a card waits for nothing.
_IN_THREAD = sa.and_(_row.under != "", _row.kind.in_(_ONCE))

#: What may be said as far as others are concerned: its card stands, and what comes before it in the thread is said.
_READY = sa.and_(
    _waits(_row),
    sa.or_(
        ~_IN_THREAD,
        sa.and_(
            _there_is(_card, _card.c.key == _row.under, _card.c.ts != ""),
            ~_there_is(
                _earlier,
                _earlier.c.under == _row.under,
                _earlier.c.kind.in_(_ONCE),
                _earlier.c.number < _row.number,
                _waits(_earlier.c),
            ),
        ),
    ),
)

#: What will never be said again by itself: it is said or given up, or the card of its thread was given up unposted.
_DONE = sa.and_(
    sa.or_(
        ~_waits(_row),
        sa.and_(_IN_THREAD, _there_is(_card, _card.c.key == _row.under, _card.c.dropped.is_(True), _card.c.ts == "")),
    ),
    ~_there_is(_later, _later.c.under == _row.key, _waits(_later.c)),
)

# Made once: SQLAlchemy takes longer to make a statement than the database takes to carry it out.
_FREE = sa.or_(_row.leased_until.is_(None), _row.leased_until <= sa.bindparam("now", type_=_row.leased_until.type))
_NEXT = (
    sa.select(outbox, _card.c.channel.label("thread_channel"), _card.c.ts.label("thread_ts"))
    .outerjoin(_card, sa.and_(_card.c.key == _row.under, _row.under != ""))
    .where(_READY, _row.due <= sa.bindparam("now", type_=_row.due.type), _FREE)
    .order_by(_row.urgency, _row.number)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_TURN = sa.case((_row.leased_until > _row.due, _row.leased_until), else_=_row.due)
_NEXT_DUE = sa.select(sa.func.min(_TURN, type_=_row.due.type)).where(_READY)
_LEASE = (
    sa.update(outbox)
    .where(_row.key.in_(sa.bindparam("keys", expanding=True)))
    .values(
        attempts=_row.attempts + 1,
        unsure=sa.or_(_row.unsure, _row.leased_until.is_not(None)),
        leased_until=sa.bindparam("until", type_=_row.leased_until.type),
    )
)
_SET = sa.update(outbox).where(_row.key == sa.bindparam("of"))
_AT = sa.bindparam("version_shown", type_=sa.Integer)
_POSTED = _SET.values(shown=sa.case((_row.shown > _AT, _row.shown), else_=_AT))
#: Somebody deleted its message; who has it in hand will find that out.
_LOST = _SET.where(_row.ts == sa.bindparam("stood"), _row.leased_until.is_(None), _row.dropped.is_(False))
_AGAIN = _SET.values(unsure=sa.or_(_row.unsure, sa.bindparam("is_unsure", type_=sa.Boolean)))


@cache
def _insert(dialect: str) -> sa.Insert:
    made = inserting(dialect, outbox)
    new = made.excluded
    return made.on_conflict_do_update(
        index_elements=[_row.key],
        set_={
            "version": _row.version + 1,
            "say": new.say,
            "urgency": new.urgency,
            # One that waits keeps its time when the channel has said when to come again; else the sooner time counts.
            "due": sa.case(
                (sa.and_(_row.version > _row.shown, _row.trouble != ""), _row.due),
                (sa.and_(_row.version > _row.shown, _row.due < new.due), _row.due),
                else_=new.due,
            ),
        },
        # A line is said once, and a card that would look the same is not drawn again.
        where=sa.and_(_row.kind == Kind.CARD.value, new.kind == Kind.CARD.value, _row.say != new.say),
    )


def store_sayings(connection: Connection, says: Sequence[Say], now: datetime) -> None:
    """Store sayings in a transaction that is open already."""
    for say in says:
        row = {
            "key": say.key,
            "kind": say.kind.value,
            "under": say.under,
            "urgency": say.urgency,
            "say": dump({"report": say.report, "place": say.place, "to": say.to}),
            "version": 1,
            "shown": 0,
            "channel": "",
            "ts": "",
            "attempts": 0,
            "due": say.soonest or now,
            "unsure": False,
            "trouble": "",
            "dropped": False,
            "created": now,
        }
        connection.execute(_insert(connection.dialect.name), row)


class SqlOutbox:
    """The port ``Outbox`` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader()
        #: What cannot be read here, by number and version.
        self._left: set[tuple[int, int]] = set()

    async def say(self, *says: Say) -> None:
        """Store sayings. A card that is there already gets a new version, unless it would look the same."""
        now = self._database.clock.now()
        await self._database.write(lambda connection: store_sayings(connection, says, now))

    async def take(self, now: datetime, limit: int = 20, lease: float = 30.0) -> Sequence[Posting]:
        """The next sayings. One whose lease ran out comes again, ``unsure``; ``attempts`` counts those before."""
        # Looked for by a reader: who looks several times a second must not stand in line with who has to write.
        if not await self._database.read(lambda connection: self._next(connection, now, 1)):
            return []

        def work(connection: Connection) -> list[Posting]:
            taken = self._next(connection, now, limit)
            if taken:
                keys = [each.say.key for each in taken]
                connection.execute(_LEASE, {"keys": keys, "until": now + timedelta(seconds=lease)})
            return taken

        return await self._database.write(work)

    def _next(self, connection: Connection, now: datetime, limit: int) -> list[Posting]:
        """Those whose turn it is; what cannot be read is left as it is, for the release that can."""
        while True:
            rows = connection.execute(self._known(_NEXT), {"now": now, "limit": limit}).all()
            read = [(row, self._reader.read(row.key, partial(_posting, row))) for row in rows]
            found = [posting for _, posting in read if posting is not None]
            self._left |= {(row.number, row.version) for row, posting in read if posting is None}
            if found or not rows:
                return found

    def _known(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Without what was left to a later release, until it is another version."""
        return query.where(sa.tuple_(_row.number, _row.version).not_in(self._left)) if self._left else query

    async def let_go(self) -> None:
        """Let go of what a dead process had in hand: only where this process is the only one that says anything.

        A file has its turn a little later: Slack answers before its message stands there, where it is looked for.
        """
        standing = sa.literal(self._database.clock.now() + _SHARING, _row.due.type)
        due = sa.case((sa.and_(_row.kind == Kind.FILE.value, _row.due < standing), standing), else_=_row.due)
        held = (
            sa.update(outbox)
            .where(_row.leased_until.is_not(None), _waits(_row))
            .values(leased_until=None, unsure=True, due=due)
        )
        await self._database.write(lambda connection: connection.execute(held).rowcount)

    async def posted(self, key: str, version: int, channel: str, ts: str) -> None:
        """It stands in the channel; a version that came meanwhile has its turn at once."""
        values = {"channel": channel, "ts": ts, "attempts": 0, "unsure": False, "trouble": "", "leased_until": None}
        await self._set(key, _POSTED, version_shown=version, **values)

    async def again(self, key: str, at: datetime, because: str, unsure: bool = False) -> None:
        """It could not be said now. Once ``unsure`` it stays so until it is posted or moved."""
        await self._set(key, _AGAIN, is_unsure=unsure, due=at, trouble=because, leased_until=None)

    async def dropped(self, key: str, because: str) -> None:
        """It can never be said: later versions of it wait for nothing either."""
        await self._set(key, _SET, dropped=True, trouble=because, leased_until=None)

    async def move(self, key: str, place: Place, because: str, stood: str = "") -> None:
        """It goes elsewhere, at once and as a new message, also when a later version names its old place.

        ``stood``: its timestamp, where it may stand elsewhere by now, or somebody may be about to find that out.
        """
        await self._set(
            key,
            _LOST if stood else _SET,
            **({"stood": stood} if stood else {}),
            moved=dump(place),
            moved_because=because,
            shown=0,
            channel="",
            ts="",
            attempts=0,
            unsure=False,
            due=self._database.clock.now(),
            leased_until=None,
        )

    async def next_due(self) -> datetime | None:
        """When the next saying has its turn, or when the lease of one in hand ends; ``None`` when all is said."""
        query = self._known(_NEXT_DUE)
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def where(self, key: str) -> tuple[str, str]:
        """Channel and timestamp of a message; empty when it is not posted."""
        query = sa.select(_row.channel, _row.ts).where(_row.key == key)
        found = await self._database.read(lambda connection: connection.execute(query).first())
        return (found.channel, found.ts) if found else ("", "")

    async def deliveries(self, keys: Sequence[str]) -> Sequence[Delivery]:
        """How far the sayings of these keys have come, in the order of the keys."""
        query = sa.select(outbox).where(_row.key.in_(keys))
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        found = {row.key: _delivery(row) for row in rows}
        return [found[key] for key in keys if key in found]

    async def read(self, key: str) -> Report | None:
        """What is to be said, or was said last, under a key; ``None`` when nothing was."""
        query = sa.select(_row.say).where(_row.key == key)
        said = await self._database.read(lambda connection: connection.execute(query).scalar())
        return None if said is None else load(said)["report"]

    async def card_at(self, channel: str, ts: str) -> str:
        """The key of the card that stands there; empty when none does."""
        query = (
            sa.select(_row.key)
            .where(_row.channel == channel, _row.ts == ts, _row.ts != "", _row.kind == Kind.CARD.value)
            .order_by(_row.number.desc())
        )
        return await self._database.read(lambda connection: connection.execute(query).scalar()) or ""

    async def forget(
        self, kinds: frozenset[Kind], before: datetime, keep: frozenset[str] = frozenset(), limit: int = 500
    ) -> int:
        """Delete what was said, or given up, before then, ``limit`` at the most; how many there were."""
        # ``due`` is when it was last asked for, or tried: a card that was redrawn yesterday is not old.
        old = sa.and_(_row.kind.in_([kind.value for kind in kinds]), _row.due < before, *_begins_not(keep), _DONE)
        query = sa.select(_row.number).where(old).order_by(_row.number).limit(limit)
        # Looked for by a reader, so that the writer only deletes what it is told; what was said anew meanwhile stays.
        numbers = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        if not numbers:
            return 0
        change = sa.delete(outbox).where(_row.number.in_(numbers), old)
        return await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def _set(self, key: str, change: sa.Update, **values: Any) -> None:
        await self._database.write(lambda connection: connection.execute(change, {"of": key, **values}).rowcount)


def _begins_not(keys: frozenset[str]) -> list[sa.ColumnElement[bool]]:
    by_length = groupby(sorted(keys, key=len), key=len)
    return [sa.func.substr(_row.key, 1, length).not_in(list(some)) for length, some in by_length]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        key=row.key,
        place=load(row.say)["place"],
        created=row.created,
        channel=row.channel,
        ts=row.ts,
        due=row.due,
        trouble=row.trouble,
        moved=load(row.moved) if row.moved else None,
        because=row.moved_because or "",
        dropped=row.dropped,
    )


def _posting(row: Row[Any]) -> Posting:
    said = load(row.say)
    return Posting(
        say=Say(
            key=row.key,
            kind=Kind(row.kind),
            report=said["report"],
            place=load(row.moved) if row.moved else said["place"],
            to=said["to"],
            under=row.under,
            urgency=row.urgency,
        ),
        version=row.version,
        channel=row.channel,
        ts=row.ts,
        thread_channel=row.thread_channel or "",
        thread_ts=row.thread_ts or "",
        attempts=row.attempts,
        unsure=row.unsure or row.leased_until is not None,
    )
