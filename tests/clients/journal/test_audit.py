"""Whatever somebody does to the journal behind its back is found, and it is said which line and how."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.clients.journal.chain import GENESIS, line_hash
from bot.clients.journal.schema import journal, to_micros
from bot.domain.record import dump
from bot.ports import Audit
from tests.clients.journal.samples import START, Store, beside, tamper, within, write


def audited(url: str, *statements: str) -> Audit:
    """What the audit says of six lines that somebody has changed: events 1 to 3 of r-1, one of r-2, two more of r-1."""
    audits: list[Audit] = []

    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", events=3), write("r-2"))
        await store.journal.append(write("r-1", after=3, events=2))
        tamper(url, *statements)
        audits.append(await store.journal.verify())

    within(url, story)
    return audits[0]


def test_an_untouched_journal_is_whole(database_url: str) -> None:
    async def empty(store: Store) -> None:
        assert await store.journal.verify() == Audit(0, GENESIS)

    within(database_url, empty)
    audit = audited(database_url)
    assert (audit.lines, audit.broken) == (6, "")
    with beside(database_url) as connection:
        assert audit.head == connection.exec_driver_sql("SELECT hash FROM journal WHERE seq = 6").scalar()


MOVE = "UPDATE journal SET seq = {} WHERE seq = {}"
ADD = (
    "INSERT INTO journal (seq, case_id, position, at, event, prev, hash) "
    "SELECT {}, 'r-9', 1, at, event, prev, hash FROM journal WHERE seq = 2"
)


@pytest.mark.parametrize(
    ("statements", "good", "said"),
    [
        (
            ["UPDATE journal SET event = replace(event, 'Ana', 'Eve') WHERE seq = 2"],
            1,
            "line 2 (event 2 of r-1) was changed",
        ),
        (["UPDATE journal SET at = at + 1 WHERE seq = 3"], 2, "line 3 (event 3 of r-1) was changed"),
        (["UPDATE journal SET case_id = 'r-7' WHERE seq = 4"], 3, "line 4 (event 1 of r-7) was changed"),
        (["UPDATE journal SET position = 9 WHERE seq = 6"], 5, "line 6 (event 9 of r-1) was changed"),
        (["UPDATE journal SET hash = prev WHERE seq = 1"], 0, "line 1 (event 1 of r-1) was changed"),
        (["UPDATE journal SET prev = hash WHERE seq = 5"], 4, "line 5 (event 4 of r-1) was changed"),
        (["DELETE FROM journal WHERE seq = 3"], 2, "line 3 is missing: line 2 is followed by line 4"),
        (["DELETE FROM journal WHERE seq = 1"], 0, "line 1 is missing: the beginning is followed by line 2"),
        (["DELETE FROM journal WHERE seq > 4"], 4, "line 5 is missing: the journal was cut off, it had 6 lines"),
        (["DELETE FROM journal"], 0, "line 1 is missing: the journal was cut off, it had 6 lines"),
        ([ADD.format(7)], 6, "line 7 (event 1 of r-9) was added: the journal had 6 lines"),
        ([ADD.format(0)], 0, "line 0 (event 1 of r-9) was added: line 1 is next"),
        (
            [MOVE.format(-1, 2), MOVE.format(2, 3), MOVE.format(3, -1)],
            1,
            "line 2 (event 3 of r-1) was changed or moved",
        ),
        (
            [MOVE.format(-seq, seq) for seq in (4, 5, 6)]
            + [MOVE.format(1 + seq, -seq) for seq in (4, 5, 6)]
            + [ADD.format(4), "UPDATE heads SET seq = 7"],
            3,
            "line 4 (event 1 of r-9) was changed or moved",
        ),
        (
            ["DELETE FROM journal WHERE seq = 4"]
            + [MOVE.format(seq - 1, seq) for seq in (5, 6)]
            + ["UPDATE heads SET seq = 5"],
            3,
            "line 4 (event 4 of r-1) was changed or moved",
        ),
        (["UPDATE heads SET seq = 5"], 5, "line 6 (event 5 of r-1) was added: the journal had 5 lines"),
        (["UPDATE heads SET seq = 7"], 6, "line 7 is missing: the journal was cut off, it had 7 lines"),
        (["UPDATE heads SET hash = 'another'"], 6, "line 6 (event 5 of r-1) was exchanged"),
        (["DELETE FROM heads"], 0, "the note of the last line is there 0 times, and not once"),
        (["INSERT INTO heads SELECT 2, seq, hash FROM heads"], 0, "the note of the last line is there 2 times"),
    ],
)
def test_tampering_is_found(database_url: str, statements: list[str], good: int, said: str) -> None:
    audit = audited(database_url, *statements)
    assert audit.broken.startswith(said)
    assert audit.lines == good


@pytest.mark.parametrize("seq", [4, 6])
def test_a_line_exchanged_for_one_with_a_hash_of_its_own_is_found(database_url: str, seq: int) -> None:
    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", events=6))
        with beside(database_url) as connection:
            line = connection.execute(sa.select(journal).where(journal.c.seq == seq)).one()
            event = dump(write("other").events[0])
            forged = line_hash(line.prev, seq, "r-1", seq, to_micros(START), event)
            connection.execute(sa.update(journal).where(journal.c.seq == seq).values(event=event, hash=forged))
        assert (await store.journal.verify()).broken.startswith(f"line {seq} (event {seq} of r-1) was exchanged")

    within(database_url, story)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seq = 2.5", "line 2.5 (event 2 of r-1) was added"),
        ("at = 'yesterday'", "line 2 (event 2 of r-1) was changed"),
        ("event = CAST(x'ff' AS TEXT)", "line 2 (event 2 of r-1) was changed"),
        ("event = x'ff'", "line 2 (event 2 of r-1) was changed"),
        ("hash = 7", "line 2 (event 2 of r-1) was changed"),
    ],
)
def test_what_only_sqlite_lets_somebody_write_is_found(sqlite_url: str, change: str, said: str) -> None:
    assert audited(sqlite_url, f"UPDATE journal SET {change} WHERE seq = 2").broken.startswith(said)  # noqa: S608  # ours


def test_a_journal_that_grows_meanwhile_is_whole(database_url: str) -> None:
    async def story(store: Store) -> None:
        async def grow() -> None:
            for after in range(0, 300, 3):
                await store.journal.append(write("r-1", after, events=3))

        growing = asyncio.ensure_future(grow())
        while not growing.done():
            assert (await store.journal.verify()).broken == ""
        await growing
        assert (await store.journal.verify()).lines == 300

    within(database_url, story)
