"""Runs the server alone until it is interrupted: ``python -m sandbox.alertmanager [port] [webhook address]``."""

import asyncio
import sys

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.records import Webhook
from sandbox.alertmanager.server import AlertmanagerServer
from sandbox.clock import Clock


async def main(port: int, webhooks: list[str]) -> None:
    """Serve, and say where."""
    manager = Alertmanager(Clock(), [Webhook(url) for url in webhooks])
    async with AlertmanagerServer(manager).serve(port) as server:
        print(f"Alertmanager at {server.url}", flush=True)  # noqa: T201 - the address is what this command is for
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0, sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(0)
    except OSError as error:
        sys.exit(f"The server cannot listen: {error}. Give another port, or none for a free one.")
