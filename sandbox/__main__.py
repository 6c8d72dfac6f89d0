"""``make try``: the whole world in a box, at one address, until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.opening import play
from sandbox.world import World

_PORT = 8123


async def run(port: int, folder: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    async with World(folder).serve(port) as world:
        await world.bot.start()
        sys.stdout.write(f"\n  Aureus Bot in a small world of its own:  {world.url}\n")
        sys.stdout.flush()
        scene = asyncio.create_task(play(world, _show))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([scene, waiting], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            _show(f"\n  Now you: open {world.url} – Ctrl-C ends all of it.\n")
        await waiting
        scene.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scene


def _show(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> int:
    said = os.environ.get("PORT", str(_PORT))
    if not said.isdigit() or not 0 <= int(said) < 65536:
        sys.stderr.write(f"PORT is “{said}”, and a port is a number from 1 to 65535.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="aureus-sandbox-") as folder:
        try:
            asyncio.run(run(int(said), Path(folder)))
        except OSError as error:
            sys.stderr.write(f"Port {said} cannot be used ({error.strerror}). Choose another: PORT=8124 make try\n")
            return 1
        except RuntimeError as why:
            sys.stderr.write(f"{why}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
