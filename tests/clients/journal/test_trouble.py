"""A store that cannot: what people are told, and that nothing was stored."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bot.clients.journal import Database
from bot.clients.journal.writer import _LOCK
from bot.domain.errors import Full, Refusal
from sandbox.clock import StandingClock
from tests.clients.journal.samples import Store, beside, card, request, tamper, within, write

#: Together with the others, so that there is one server.
on_postgresql = pytest.mark.xdist_group("journal-postgresql")


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def nothing_is_stored(store: Store) -> None:
    assert await store.journal.untaken() == []
    assert await store.journal.list() == []
    assert await store.outbox.next_due() is None
    assert (await store.journal.verify()).lines == 0


async def refused(store: Store) -> str:
    """What is said to one who appends and to one who asks at the same time."""
    answers = await asyncio.gather(
        store.journal.append(write("r-1"), says=[card()]), store.journal.receive(request("key")), return_exceptions=True
    )
    first, second = (str(answer) for answer in answers if isinstance(answer, Full))
    assert first == second
    return first


def test_a_locked_store_says_so_in_time_and_blocks_nobody_else(sqlite_url: str) -> None:
    async def story(store: Store) -> None:
        gaps: list[float] = []

        async def tick() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                gaps.append(time.monotonic() - before)

        with sqlite3.connect(file_of(sqlite_url)) as other:
            other.execute("BEGIN EXCLUSIVE")
            ticking = asyncio.ensure_future(tick())
            began = time.monotonic()
            said = await refused(store)
            assert time.monotonic() - began < 2
            ticking.cancel()
            await nothing_is_stored(store)
        assert "locked by another process: nothing was stored. Try again" in said
        assert max(gaps) < 0.3, "the event loop went on"
        await store.journal.append(write("r-1"))

    within(sqlite_url, story, patience=0.5)


@on_postgresql
def test_a_lock_in_postgresql_says_so_in_time(postgresql_url: str) -> None:
    async def story(store: Store) -> None:
        with beside(postgresql_url) as other:
            other.exec_driver_sql("LOCK TABLE journal, inbox")
            assert "locked by another process: nothing was stored" in await refused(store)
        await nothing_is_stored(store)
        await store.journal.append(write("r-1"))

    within(postgresql_url, story, patience=0.3)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    with beside(url) as other:
        if other.dialect.name == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            other.exec_driver_sql("LOCK TABLE inbox IN EXCLUSIVE MODE")
        yield
        other.rollback()


def test_whoever_comes_while_another_waits_for_the_lock_waits_no_longer_than_alone(database_url: str) -> None:
    """A door knows how long the store waits, and must not find it still waiting for somebody else before that."""

    async def story(store: Store) -> None:
        async def how_long() -> float:
            began = time.monotonic()
            with pytest.raises(Full, match="locked by another process: nothing was stored"):
                await store.journal.receive(request("key"))
            return time.monotonic() - began

        with locked(database_url):
            first = asyncio.ensure_future(store.outbox.say(card()))
            await asyncio.wait([first], timeout=0.1)
            # Whoever waited for the other's time, and then for its own, would have waited for 1.9 seconds.
            assert 1 <= await how_long() < 1.8
            with pytest.raises(Full, match="locked by another process"):
                await first
        await nothing_is_stored(store)
        assert await store.journal.receive(request("key"))

    within(database_url, story, patience=1.0)


def test_a_short_lock_is_waited_for_by_all_who_came(database_url: str) -> None:
    async def story(store: Store) -> None:
        with locked(database_url):
            first = asyncio.ensure_future(store.outbox.say(card()))
            await asyncio.wait([first], timeout=0.7)
            second = asyncio.ensure_future(store.journal.receive(request("key")))
            with pytest.raises(Full, match="locked by another process"):
                await first
            assert not second.done()
        assert await second

    within(database_url, story, patience=1.0)


def test_to_look_for_what_is_to_be_said_needs_no_lock(database_url: str) -> None:
    async def story(store: Store) -> None:
        with locked(database_url):
            assert await store.outbox.take(store.clock.now()) == []

    within(database_url, story, patience=0.3)


def test_a_full_disk_stores_nothing_and_is_used_again_when_there_is_room(sqlite_url: str) -> None:
    async def story(store: Store) -> None:
        def pages(most: int) -> None:
            # The limit belongs to a connection, and the pool has one until two are needed at once.
            with store.database._engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

        pages(1)
        answers = await asyncio.gather(
            *(store.journal.append(write(f"r-{n}", events=50), says=[card(f"r-{n}")]) for n in range(10)),
            return_exceptions=True,
        )
        assert {str(answer).partition(". ")[0] for answer in answers} == {
            f"There is no room left for the store (SQLite, {file_of(sqlite_url)}): nothing was stored"
        }
        await nothing_is_stored(store)
        pages(10_000)
        await store.journal.append(write("r-1", events=50))

    within(sqlite_url, story)


_END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_file_that_can_only_be_read_says_so(sqlite_url: str) -> None:
    async def story(store: Store) -> None:
        said = await refused(store)
        assert "can only be read: nothing was stored. Give the bot's user the right to write" in said
        await nothing_is_stored(store)

    within(sqlite_url, nothing_is_stored)
    within(f"sqlite:///file:{file_of(sqlite_url)}?mode=ro&uri=true", story)


@on_postgresql
def test_a_server_that_can_only_be_read_says_so(postgresql_url: str) -> None:
    async def story(store: Store) -> None:
        tamper(
            postgresql_url,
            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || "
            "' SET default_transaction_read_only = on'; END $$",
            _END_THE_OTHERS,
        )
        assert "can only be read: it may be a standby: nothing was stored" in await refused(store)
        await nothing_is_stored(store)

    within(postgresql_url, story)


@on_postgresql
def test_connections_that_broke_while_idle_are_made_anew_and_nobody_notices(postgresql_url: str) -> None:
    async def story(store: Store) -> None:
        for after in range(3):
            await store.journal.append(write("r-1", after))
            tamper(postgresql_url, _END_THE_OTHERS)
            assert len(await store.journal.events("r-1")) == after + 1
            tamper(postgresql_url, _END_THE_OTHERS)

    within(postgresql_url, story)


@on_postgresql
def test_a_server_that_is_away_says_so_and_is_used_again_when_it_is_back(
    postgresql_url: str, postgresql_server: str
) -> None:
    name = postgresql_url.partition("@/")[2].partition("?")[0]

    async def story(store: Store) -> None:
        with psycopg.connect(host=postgresql_server, user="postgres", dbname="postgres", autocommit=True) as other:
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            said = await refused(store)
            with pytest.raises(Full, match="nothing was read"):
                await store.journal.events("r-1")
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert said.startswith("The store (PostgreSQL, ")
        assert "does not answer" in said
        assert "nothing was stored" in said
        await nothing_is_stored(store)
        await store.journal.append(write("r-1"))

    within(postgresql_url, story)


@on_postgresql
def test_a_connection_that_breaks_in_the_commit_is_not_called_nothing_stored(postgresql_url: str) -> None:
    async def story(store: Store) -> None:
        tamper(
            postgresql_url,
            "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
            "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION leave()",
        )
        with pytest.raises(Full, match="broke while it was storing: it may be stored, or not"):
            await store.journal.append(write("r-1"))
        tamper(postgresql_url, "DROP TRIGGER leave ON journal")
        await store.journal.append(write("r-1"))

    within(postgresql_url, story)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://postgres@/nothing?host=/nowhere", "(PostgreSQL, nothing at /nowhere) does not answer"),
        ("postgresql://bot:secret@127.0.0.1:1/aureus", "(PostgreSQL, aureus at 127.0.0.1) does not answer"),
        ("sqlite:////proc/aureus/store.db", "(SQLite, /proc/aureus/store.db) cannot be opened"),
        ("sqlite:////proc", "(SQLite, /proc) cannot be opened"),
    ],
)
def test_a_store_that_cannot_be_opened_says_which_and_why(url: str, said: str) -> None:
    with pytest.raises(Full) as refusal:
        asyncio.run(Database.open(url, StandingClock()))
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("The store")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/aureus", "begins with 'mysql'"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("aureus.db", "is not an address"),
    ],
)
def test_an_address_of_another_kind_says_what_is_wanted(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"{said}.* is wanted"):
        asyncio.run(Database.open(url, StandingClock()))


def test_a_file_that_is_no_database_is_left_as_it_is(sqlite_url: str) -> None:
    file = file_of(sqlite_url)
    file.parent.mkdir()
    file.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(Full, match=r"damaged .*keep a copy"):
        within(sqlite_url, nothing_is_stored)
    assert file.read_bytes() == b"Dear diary, " * 1000


def test_tables_of_a_later_release_are_left_as_they_are(database_url: str) -> None:
    within(database_url, nothing_is_stored)
    tamper(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal, match=r"later release \(9999; this one knows \d+\): nothing was changed"):
        within(database_url, nothing_is_stored)
