"""One append: the fence, the chain, the claims and the sayings, in a transaction that is open already."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clients.journal import chain
from bot.clients.journal.outbox import store_sayings
from bot.clients.journal.schema import cases, claims, heads, inbox, inserting, journal, names, to_micros
from bot.domain.errors import Conflict, Taken
from bot.domain.record import dump
from bot.ports import Say, Write

# Made once: SQLAlchemy takes longer to make a statement than the database takes to carry it out.
_POSITION = sa.select(cases.c.position).where(cases.c.id == sa.bindparam("case"))
_POSITIONS = sa.select(cases.c.id, cases.c.position).where(cases.c.id.in_(sa.bindparam("cases", expanding=True)))
_BEGIN = sa.insert(cases)
_GO_ON = sa.update(cases).where(cases.c.id == sa.bindparam("case"))
_HEAD = sa.select(heads.c.seq, heads.c.hash)
_LAST = sa.update(heads)
_LINE = sa.insert(journal)
_LET_GO = sa.delete(claims).where(claims.c.case_id == sa.bindparam("case"))
_HELD = (
    sa.select(claims.c.object, claims.c.case_id)
    .where(claims.c.object.in_(sa.bindparam("some", expanding=True)))
    .order_by(claims.c.object)
)
_CLAIM = sa.insert(claims)
_TAKEN = sa.update(inbox).where(inbox.c.key == sa.bindparam("taken_key"))


def append(
    connection: Connection,
    writes: Sequence[Write],
    says: Sequence[Say],
    taken: str,
    still: Mapping[str, int],
    now: datetime,
) -> None:
    """Append everything, or raise ``Conflict`` or ``Taken``. The caller's transaction holds the only right to write."""
    if still:
        found = connection.execute(_POSITIONS, {"cases": list(still)})
        if still != {row.id: row.position for row in found}:
            raise Conflict("what is to be said shows cases that have moved on: read them again")
    for write in writes:
        _fence(connection, write)
    _extend(connection, writes)
    # What one case lets go of, another may take in the same append.
    for write in writes:
        if write.free:
            connection.execute(_LET_GO, {"case": write.case})
    for write in writes:
        _claim(connection, write)
        for name in sorted(write.names):
            connection.execute(_name(connection.dialect.name), {"name": name, "case_id": write.case})
    store_sayings(connection, says, now)
    if taken:
        connection.execute(_TAKEN, {"taken_key": taken, "taken": now})


@cache
def _name(dialect: str) -> sa.Insert:
    made = inserting(dialect, names)
    return made.on_conflict_do_update(index_elements=["name"], set_={"case_id": made.excluded.case_id})


def _fence(connection: Connection, write: Write) -> None:
    was: int | None = connection.execute(_POSITION, {"case": write.case}).scalar()
    if (was or 0) != write.after:
        raise Conflict(f"{write.case} has {was or 0} events, and not {write.after}: fold it again")
    row = {"position": write.after + len(write.events), "rest": None, **asdict(write.row)}
    if was is None:
        connection.execute(_BEGIN, {"id": write.case, **row})
    else:
        connection.execute(_GO_ON, {"case": write.case, **row})


def _extend(connection: Connection, writes: Sequence[Write]) -> None:
    events = [
        (write.case, position, event)
        for write in writes
        for position, event in enumerate(write.events, write.after + 1)
    ]
    if not events:
        return
    last, prev = connection.execute(_HEAD).one()
    lines: list[dict[str, Any]] = []
    for seq, (case, position, event) in enumerate(events, last + 1):
        line = {"seq": seq, "case_id": case, "position": position, "at": event.at, "event": dump(event), "prev": prev}
        prev = chain.line_hash(prev, seq, case, position, to_micros(event.at), line["event"])
        lines.append({**line, "hash": prev})
    connection.execute(_LINE, lines)
    connection.execute(_LAST, {"seq": lines[-1]["seq"], "hash": prev})


def _claim(connection: Connection, write: Write) -> None:
    if not write.claim:
        return
    held = {row.object: row.case_id for row in connection.execute(_HELD, {"some": list(write.claim)})}
    for object_, holder in held.items():
        if holder != write.case:
            raise Taken(object_, holder)
    new = [{"object": object_, "case_id": write.case} for object_ in sorted(write.claim - held.keys())]
    if new:
        connection.execute(_CLAIM, new)
