"""``make try``: the whole world in a box, at one address, until Ctrl-C."""

import asyncio
import gc
import os
import sys
import tempfile
from pathlib import Path

_PORT = 8123


def main() -> int:
    """The exit code: 0 after Ctrl-C, or 1 with a sentence on standard error."""
    said = os.environ.get("PORT") or str(_PORT)
    if not (said.isascii() and said.isdigit()) or int(said) > 65535:
        sys.stderr.write(f"PORT is “{said}”, and a port is a number from 0 (any that is free) to 65535.\n")
        return 1
    try:
        # The imports take a second or two, and Ctrl-C ends them without a trace, too.
        gc.disable()  # what is loaded stays, so it is not looked through for garbage
        from sandbox.box import run
        from sandbox.serving import NotFree

        gc.freeze()
        gc.enable()
        with tempfile.TemporaryDirectory(prefix="aureus-sandbox-") as folder:
            try:
                asyncio.run(run(int(said), Path(folder)))
            except NotFree as error:
                sys.stderr.write(f"Port {said} cannot be used ({error.strerror}). Choose another: PORT=8124 make try\n")
                return 1
    except KeyboardInterrupt:
        return 0
    except (OSError, RuntimeError) as why:
        sys.stderr.write(f"The sandbox could not go on: {why}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
