"""The migrations: they make what the code expects, and two processes that start at once do not disturb each other."""

import subprocess
import sys

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.clients.journal.schema import metadata
from bot.domain.request import Place
from tests.clients.journal.samples import Store, beside, card, tamper, within, write

OPEN = """
import asyncio, sys
from bot.clients.journal import Database
from sandbox.clock import StandingClock

async def main():
    sys.stdin.readline()
    database = await Database.open(sys.argv[1], StandingClock())
    await database.close()

print("ready", flush=True)
asyncio.run(main())
"""


async def nothing(_: Store) -> None:
    """Only open and close."""


def test_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    within(database_url, nothing)
    with beside(database_url) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
        # What Alembic does not compare: which rows a partial index covers, and the names of keys.
        inspector = sa.inspect(connection)
        partial = {
            index["name"]: str(index["dialect_options"][f"{connection.dialect.name}_where"]).lower().strip("()")
            for table in metadata.tables
            for index in inspector.get_indexes(table)
            if index.get("dialect_options", {}).get(f"{connection.dialect.name}_where") is not None
        }
        assert set(partial) == {"ix_inbox_untaken", "ix_outbox_waiting"}
        assert partial["ix_inbox_untaken"] == "taken is null"
        for name, table in metadata.tables.items():
            assert inspector.get_pk_constraint(name)["name"] == table.primary_key.name


def test_opening_again_changes_nothing(database_url: str) -> None:
    async def first(store: Store) -> None:
        await store.journal.append(write("r-1"))

    async def again(store: Store) -> None:
        assert (await store.journal.verify()).lines == 1

    within(database_url, first)
    within(database_url, again)


def test_processes_that_start_at_once_all_find_their_tables(database_url: str) -> None:
    starting = [
        subprocess.Popen(  # noqa: S603  # this Python, with the words above
            [sys.executable, "-c", OPEN, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starting:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in starting:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in starting:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    within(database_url, nothing)


def test_what_was_said_elsewhere_before_it_was_kept_why_is_read_without_a_reason(database_url: str) -> None:
    async def moved(store: Store) -> None:
        await store.outbox.say(card())
        await store.outbox.move("card", Place("C2"), "that channel is archived")

    async def read(store: Store) -> None:
        (there,) = await store.outbox.deliveries(["card"])
        assert (there.moved, there.because) == (Place("C2"), "")

    within(database_url, moved)
    # As a release that did not know why left it behind.
    tamper(
        database_url, "ALTER TABLE outbox DROP COLUMN moved_because", "UPDATE alembic_version SET version_num = '0002'"
    )
    within(database_url, read)
