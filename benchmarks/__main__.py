"""``make bench``: every figure, measured now, on this machine."""

import asyncio
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from benchmarks.load import Answered, send
from sandbox.slack.person import Person
from sandbox.world import World

_COMMANDS = 300
_CARDS = 15


async def main() -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n")
    with tempfile.TemporaryDirectory() as folder:
        async with World(Path(folder)).serve() as world:
            began = time.perf_counter()
            await world.bot.start()
            print(f"start until ready             {time.perf_counter() - began:6.1f} s     (goal 3 s)")
            await asyncio.sleep(5)
            resident = psutil.Process(world.bot.pid).memory_info().rss / 1e6
            print(f"memory at rest                {resident:6.0f} MB    (goal 200 MB)")
            await cards(world)
            await commands(world)


async def cards(world: World) -> None:
    """From the slash command to its plan card in the channel."""
    ana, seconds = Person(world.slack, "ana"), []
    for number in range(_CARDS):
        replicas = 4 + number % 3
        began = time.perf_counter()
        await ana.says("#aureus-on-call", f"/aureus scale bridge {replicas} because bench {number}")
        card = await ana.waits_to_see("#aureus-on-call", f"bench {number}", 20)
        seconds.append(time.perf_counter() - began)
        await ana.presses(card, "Cancel")
        await ana.waits_to_see("#aureus-on-call", "Cancelled by", 20)
        # The channel takes one message a second; what is measured is the bot, not that.
        await asyncio.sleep(1.2)
    answered = Answered(sorted(seconds), sum(seconds))
    print(f"command → plan card, p50      {answered.at(0.5):6.0f} ms    (goal 500 ms)")
    print(f"command → plan card, p95      {answered.at(0.95):6.0f} ms")


async def commands(world: World) -> None:
    """A signed command that is committed and answered, against a bare Bolt app; both warmed, then in turns."""
    secret, ours = world.app.signing_secret, f"http://127.0.0.1:{world.bot_port}/slack/events"
    port = world.bot_port + 1
    bare = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bare", str(port), env={**os.environ, "SLACK_SIGNING_SECRET": secret}
    )
    theirs = f"http://127.0.0.1:{port}/slack/events"
    try:
        await _ready(f"http://127.0.0.1:{port}/readyz")
        for at_once in (1, 20):
            for url in (ours, theirs):
                await send(url, secret, "whoami", 40, at_once, time.time)
            await asyncio.sleep(3)
            base = await send(theirs, secret, "whoami", _COMMANDS, at_once, time.time)
            made = await send(ours, secret, "whoami", _COMMANDS, at_once, time.time)
            await asyncio.sleep(8)
            _row(f"signed command, {at_once:2} at once", made, base)
    finally:
        bare.terminate()
        await bare.wait()


def _row(name: str, made: Answered, base: Answered) -> None:
    print(
        f"{name}     p50 {made.at(0.5):6.1f} ms  p99 {made.at(0.99):6.1f} ms  {made.rate:6.0f}/s"
        f"   bare Bolt p50 {base.at(0.5):6.1f} ms  p99 {base.at(0.99):6.1f} ms  {base.rate:6.0f}/s"
        f"   p99 ratio {made.at(0.99) / base.at(0.99):.2f}"
    )


async def _ready(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
