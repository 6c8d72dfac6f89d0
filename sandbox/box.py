"""What ``make try`` runs: the world, the bot in it, and the opening scene, until a signal ends all of it."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from sandbox.opening import play
from sandbox.world import World

_HINT = "  Then play an alert: break bridge in the panel, or press “ServiceDown” there.\n"


async def run(port: int, folder: Path) -> None:
    """Until Ctrl-C. Raises ``NotFree`` when the port is taken, ``RuntimeError`` when the bot does not come up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, stop.set)
    async with World(folder).serve(port) as world:
        stopping = asyncio.create_task(stop.wait())
        trying = asyncio.create_task(_try(world))
        await asyncio.wait([trying, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await trying
            _show(f"\n  Now you: open {world.url} – Ctrl-C ends all of it.\n{_HINT}")
            await stopping
        _show("\n  Ended.\n")
        trying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await trying
        # Its folder goes as well, so there is nothing that it would have to bring to an end.
        await world.bot.kill()


async def _try(world: World) -> None:
    await world.bot.start()
    _show(f"\n  Aureus Bot in a small world of its own:  {world.url}\n")
    await play(world, _show)


def _show(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()
