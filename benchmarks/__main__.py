"""``make bench``: every figure, measured now, on this machine. ``python -m benchmarks commands``: some of them only."""

import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import load
from benchmarks.alerts import alerts, incidents
from benchmarks.bare import baseline
from benchmarks.load import Answered, drained, send
from sandbox.slack.person import Person
from sandbox.world import World

_COMMANDS = {1: 150, 20: 500}  # by how many are sent at once
_ROUNDS = 9
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
            for figure in (cards, incidents, commands, alerts):
                if figure.__name__ in (sys.argv[1:] or [figure.__name__]):
                    await figure(world)


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
    """A signed command that is committed and answered, against a bare Bolt app.

    Both are warmed, then measured in turns, since the machine may not be ours alone; each figure is the median round's.
    """
    secret, ours = world.app.signing_secret, f"http://127.0.0.1:{world.bot_port}/slack/events"
    async with baseline("bolt", SLACK_SIGNING_SECRET=secret) as address:
        theirs = f"{address}/slack/events"
        for at_once, count in _COMMANDS.items():
            made, base = [], []
            for _ in range(_ROUNDS):
                await send(theirs, secret, load.commands(world, "whoami", 40), at_once)
                base.append(await send(theirs, secret, load.commands(world, "whoami", count), at_once))
                await send(ours, secret, load.commands(world, "whoami", 40), at_once)
                await drained(world)
                made.append(await send(ours, secret, load.commands(world, "whoami", count), at_once))
                await drained(world)
            _row(f"signed command, {at_once:2} at once", made, base)


def _row(name: str, made: list[Answered], base: list[Answered]) -> None:
    def words(rounds: list[Answered]) -> str:
        p50, p99 = (statistics.median(each.at(part) for each in rounds) for part in (0.5, 0.99))
        return f"p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  {statistics.median(each.rate for each in rounds):6.0f}/s"

    ratio = statistics.median(one.at(0.99) / other.at(0.99) for one, other in zip(made, base, strict=True))
    print(f"{name}     {words(made)}   bare Bolt {words(base)}   p99 ratio {ratio:.2f}   (goal 1.5)")


if __name__ == "__main__":
    asyncio.run(main())
