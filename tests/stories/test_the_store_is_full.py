"""There is no room for the store: people are told so, nothing is half stored, and with room it goes on.

The real bot in its own process, whose files may not grow: a limit of the operating system, set and lifted from outside.
"""

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.slack.person import Person
from sandbox.world import ALERTMANAGER_TOKEN, World
from tests.doors.hooks import event, group, signature

ON_CALL = "#aureus-on-call"
PLAN = "Scale bridge from 3 to 5"
TOLD = "Your words were not carried out; please say them again in a minute."
_PATIENCE = 40.0  # seconds, of a machine that has much else to do

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="only Linux limits the files of a process that runs already"
)


def tell(folder: Path, story: Callable[[World, Person], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder).serve() as world:
            await world.bot.start(_PATIENCE)
            await story(world, Person(world.slack, "ana"))
            assert world.bot.starts == 1
            assert world.bot.running

    asyncio.run(run())


@contextmanager
def no_room(world: World) -> Iterator[None]:
    """No file of the bot's process becomes longer than the store's log is now, while the block runs."""
    pid = world.bot.pid
    assert pid is not None
    here = (world.folder / "aureus.db-wal").stat().st_size
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (here, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def stored(world: World) -> dict[str, int]:
    """How much there is in each table, in a file that is whole."""
    with closing(sqlite3.connect(world.folder / "aureus.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = ("inbox", "journal", "cases", "claims", "outbox")
        return {table: store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608  # ours


def test_who_asks_is_told_that_nothing_was_carried_out_and_with_room_it_is(tmp_path: Path) -> None:
    async def story(world: World, ana: Person) -> None:
        before = stored(world)
        with no_room(world):
            await ana.says(ON_CALL, "/aureus scale bridge 5")
            (told,) = ana.sees(ON_CALL)
            assert told.ephemeral
            assert "nothing was stored" in told
            assert TOLD in told
            assert stored(world) == before
        await ana.says(ON_CALL, "/aureus scale bridge 5")
        await ana.presses(await ana.waits_to_see(ON_CALL, PLAN, _PATIENCE), "Confirm")
        await ana.waits_to_see(ON_CALL, "Done in", _PATIENCE)
        assert stored(world)["cases"] == 1
        assert world.cluster.deployment("aureus", "aureus-bridge")["spec"]["replicas"] == 5

    tell(tmp_path, story)


def test_who_presses_is_told_too_and_the_card_stays_as_it_is(tmp_path: Path) -> None:
    async def story(world: World, ana: Person) -> None:
        await ana.says(ON_CALL, "/aureus scale bridge 5")
        card = await ana.waits_to_see(ON_CALL, PLAN, _PATIENCE)
        before = stored(world)
        with no_room(world):
            await ana.presses(card, "Confirm")
            told = await ana.waits_to_see(ON_CALL, TOLD, _PATIENCE)
            assert told.ephemeral
            now = stored(world)
            assert (now["inbox"], now["journal"]) == (before["inbox"], before["journal"])
        await ana.presses(card, "Confirm")
        await ana.waits_to_see(ON_CALL, "Done in", _PATIENCE)

    tell(tmp_path, story)


def test_who_mentions_the_bot_is_told_too(tmp_path: Path) -> None:
    async def story(world: World, ana: Person) -> None:
        words = "@aureus scale bridge 5"
        with no_room(world):
            await ana.says(ON_CALL, words)
            told = await ana.waits_to_see(ON_CALL, TOLD, _PATIENCE)
            assert told.ephemeral
        await ana.says(ON_CALL, words)
        await ana.waits_to_see(ON_CALL, PLAN, _PATIENCE)

    tell(tmp_path, story)


def test_who_tells_by_webhook_is_told_to_come_again_and_nothing_of_it_is_stored(tmp_path: Path) -> None:
    async def story(world: World, ana: Person) -> None:
        alarms = f"http://127.0.0.1:{world.bot_port}/webhooks"
        told = event()
        pages = {"x-pagerduty-signature": signature(told)}
        alerts = {"authorization": f"Bearer {ALERTMANAGER_TOKEN}"}
        async with httpx.AsyncClient(timeout=10) as client:
            before = stored(world)
            with no_room(world):
                for answer in (
                    await client.post(f"{alarms}/alertmanager", content=group(), headers=alerts),
                    await client.post(f"{alarms}/pagerduty", content=told, headers=pages),
                    await client.post(f"{alarms}/pagerduty", content=told, headers=pages),
                ):
                    assert answer.status_code == 503
                    assert "nothing was stored" in answer.json()["error"]
                assert stored(world) == before
            for taken in (True, False):
                answer = await client.post(f"{alarms}/pagerduty", content=told, headers=pages)
                assert (answer.status_code, answer.json()) == (200, {"taken": taken})
            await client.post(f"{alarms}/alertmanager", content=group(), headers=alerts)
        await ana.waits_to_see("#aureus-alerts", "It burns", _PATIENCE)
        await ana.waits_to_see("#aureus-alerts", "P0 · ServiceDown · bridge", _PATIENCE)
        assert "Traceback" not in world.bot.log.read_text()

    tell(tmp_path, story)
