"""``aureus serve`` as a process of its own, beside the sandbox: it serves, says how it is, and drains."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.slack.outbound import NOT_DISPATCHED
from sandbox.slack.person import Person
from sandbox.world import World
from tests.programs.child import PATIENCE, Child, answers, child, is_ready, occupied

ON_CALL = "#aureus-on-call"
#: Seconds for all that is in hand; Kubernetes would wait 30.
_DRAINED = 15.0


@contextmanager
def serving(world: World) -> Iterator[Child]:
    """The bot of this world, started as people start it."""
    with child(world.folder, "bot", "serve", env=world.bot.environment()) as bot:
        yield bot


def address(world: World) -> str:
    return f"http://127.0.0.1:{world.bot_port}"


async def until(bot: Child, there: Callable[[], bool], about: str) -> None:
    """As ``Child.until``, while the sandbox goes on."""
    await asyncio.to_thread(bot.until, there, about)


def play(folder: Path, story: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder).serve() as world:
            await story(world)

    asyncio.run(run())


def test_sigterm_drains_it_and_the_next_start_goes_on(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.cluster.set_pace(start=15)
        ana = Person(world.slack, "ana")
        with serving(world) as bot:
            await until(bot, lambda: is_ready(address(world)), "/readyz")
            await ana.says(ON_CALL, "/aureus scale bridge 5")
            card = await ana.waits_to_see(ON_CALL, "Scale bridge from 3 to 5", PATIENCE)
            await ana.presses(card, "Confirm")
            await ana.waits_to_see(ON_CALL, "of 5 pods ready", PATIENCE)
            metrics = (await asyncio.to_thread(httpx.get, f"{address(world)}/metrics")).text
            assert 'aureus_events_total{command="scale",event="opened"} 1.0' in metrics
            began = time.monotonic()
            assert await asyncio.to_thread(bot.ends, signal.SIGTERM, _DRAINED) == 0
            assert time.monotonic() - began < _DRAINED
            assert "nothing new is taken" in bot.said
            assert "Traceback" not in bot.said
        await ana.says(ON_CALL, "/aureus whoami")
        assert NOT_DISPATCHED in ana.sees(ON_CALL)[-1]
        with serving(world) as bot:
            done = await ana.waits_to_see(ON_CALL, "Done in", PATIENCE)
            assert done.ts == card.ts
            assert await asyncio.to_thread(bot.ends, signal.SIGINT, _DRAINED) == 0

    play(tmp_path, story)


def test_while_slack_is_away_it_is_alive_and_not_ready_and_then_ready_by_itself(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.workspace.break_("down")
        with serving(world) as bot:
            await until(bot, lambda: answers(f"{address(world)}/healthz"), "/healthz")
            health, ready = [
                await asyncio.to_thread(httpx.get, f"{address(world)}{path}") for path in ("/healthz", "/readyz")
            ]
            assert health.status_code == 200
            assert ready.status_code == 503
            assert ready.json() == {"ready": False, "because": "Slack is not available (HTTP 503)."}
            world.workspace.mend()
            await until(bot, lambda: is_ready(address(world)), "Slack")
            assert "Traceback" not in bot.said

    play(tmp_path, story)


def test_it_ends_at_once_while_it_still_starts(tmp_path: Path) -> None:
    """Here it waits for a Slack that takes the call and never answers."""

    async def story(world: World) -> None:
        with socket.socket() as slack:
            slack.bind(("127.0.0.1", 0))
            slack.listen()
            slack.settimeout(PATIENCE)
            url = f"http://127.0.0.1:{slack.getsockname()[1]}/api/"
            with child(tmp_path, "bot", "serve", env=world.bot.environment() | {"SLACK_API_URL": url}) as bot:
                caller, _ = await asyncio.to_thread(slack.accept)
                with contextlib.closing(caller):
                    assert await asyncio.to_thread(bot.ends, signal.SIGTERM, _DRAINED) == 0
                assert "stopped while it was starting" in bot.said
                assert "Traceback" not in bot.said

    play(tmp_path, story)


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        with occupied() as port:
            env = world.bot.environment() | {"PORT": str(port)}
            with child(tmp_path, "bot", "serve", env=env) as bot:
                assert await asyncio.to_thread(bot.ends) == 1
                assert f"Port {port} on 127.0.0.1 is taken" in bot.said
                assert "Traceback" not in bot.said

    play(tmp_path, story)
