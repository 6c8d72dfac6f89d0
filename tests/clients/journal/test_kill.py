"""A process that dies in the middle of its writing leaves nothing half, and two processes keep one order."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.clients.journal.schema import journal as lines
from tests.clients.journal.samples import Store, beside, within, write

#: Appends to cases of its own and to one that all share, with a card and a claim each, until it is killed.
BUSY = """
import asyncio, sys
from bot.domain.errors import Conflict
from tests.clients.journal.samples import card, within, write

async def story(store):
    print("ready", flush=True)
    async def go_on(case, claim):
        after = 0
        while True:
            after = max(after, len(await store.journal.events(case)))
            try:
                await store.journal.append(
                    write(case, after, events=3, claim=claim), says=[card(f"{case}:{after + 3}")]
                )
            except Conflict:
                continue
            print(f"{case} {after + 3}", flush=True)
    own = [f"{sys.argv[2]}-{n}" for n in range(3)]
    await asyncio.gather(go_on("shared", frozenset()), *(go_on(case, frozenset({case})) for case in own))

within(sys.argv[1], story)
"""

#: Stops for ever between the lines of a transaction.
HALF = """
import sys, time
from datetime import datetime
from bot.clients.journal.append import append
from tests.clients.journal.samples import START, card, within, write

async def story(store):
    def half(connection):
        append(connection, [write("half", events=3, claim=frozenset({"a"}))], [card("half")], "", {}, START)
        print("half", flush=True)
        time.sleep(60)
    await store.database.write(half)

within(sys.argv[1], story)
"""


@contextmanager
def running(program: str, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that has said its first word, and is killed at the end."""
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # the programs above
        try:
            assert process.stdout
            assert process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def test_a_process_killed_between_two_lines_leaves_nothing(database_url: str) -> None:
    async def before(store: Store) -> None:
        await store.journal.append(write("whole"))

    async def after(store: Store) -> None:
        assert await store.journal.events("half") == ()
        assert [found.case for found in await store.journal.list()] == ["whole"]
        assert await store.journal.claims(frozenset({"a"})) == {}
        assert await store.outbox.where("half") == ("", "")
        assert await store.outbox.next_due() is None
        await store.journal.append(write("half", claim=frozenset({"a"})))
        audit = await store.journal.verify()
        assert (audit.lines, audit.broken) == (2, "")

    within(database_url, before)
    with running(HALF, database_url):
        pass
    within(database_url, after)


def test_processes_killed_while_they_write_lose_nothing_that_was_answered(database_url: str) -> None:
    answered: dict[str, int] = {}
    for _ in range(2):
        with running(BUSY, database_url, "one") as one, running(BUSY, database_url, "two") as two:
            assert one.stdout
            assert two.stdout
            # At no particular moment: that is the point of it.
            said = [one.stdout.readline() for _ in range(random.randint(10, 60))]  # noqa: S311  # no secret
            one.kill()
            two.kill()
            for answer in said + one.stdout.readlines() + two.stdout.readlines():
                if not answer.endswith("\n"):
                    continue  # it died over this word, so it said nothing
                case, position = answer.split()
                answered[case] = max(answered.get(case, 0), int(position))

    async def story(store: Store) -> None:
        audit = await store.journal.verify()
        assert audit.broken == ""
        total = 0
        for found in await store.journal.list():
            events = await store.journal.events(found.case)
            assert found.position == len(events) >= answered.get(found.case, 0)
            assert len(events) % 3 == 0, "an append is whole"
            total += len(events)
        assert audit.lines == total
        said = [posting.say.key for posting in await store.outbox.take(store.clock.now(), limit=100_000)]
        with beside(database_url) as connection:
            rows = connection.execute(lines.select().where(lines.c.position % 3 == 0))
            assert sorted(said) == sorted(f"{row.case_id}:{row.position}" for row in rows), (
                "what was to be said came along"
            )
        objects = frozenset(answered) - {"shared"}
        assert await store.journal.claims(objects) == {each: each for each in objects}

    assert answered
    within(database_url, story)
