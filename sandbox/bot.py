"""The real bot as a process of the sandbox: its clock is another, so that the page can move it.

It ends with the sandbox, also when that one was killed: then its standard input ends.
"""

import asyncio
import gc
import os
import signal
import sys
import threading
from pathlib import Path


def _end_with_the_sandbox() -> None:
    # Not through sys.stdin: its lock would be held when the interpreter ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    threading.Thread(target=_end_with_the_sandbox, daemon=True).start()
    gc.disable()  # as the bot's own program does, until all is loaded
    from bot.serve import serve
    from bot.settings import Settings
    from sandbox.clock import SharedClock

    return asyncio.run(serve(Settings(), SharedClock(Path(os.environ["SANDBOX_CLOCK"]))))


if __name__ == "__main__":
    sys.exit(main())
