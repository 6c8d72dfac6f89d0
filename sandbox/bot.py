"""The real bot as a process of the sandbox: only its clock is another, so that the page can move it."""

import asyncio
import os
import sys
from pathlib import Path

from bot.serve import serve
from bot.settings import Settings
from sandbox.clock import SharedClock


def main() -> int:
    return asyncio.run(serve(Settings(), SharedClock(Path(os.environ["SANDBOX_CLOCK"]))))


if __name__ == "__main__":
    sys.exit(main())
