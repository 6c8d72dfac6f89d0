"""Runs the server alone, with Aureus' account, until it is interrupted: ``python -m sandbox.pagerduty [port]``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from sandbox.clock import Clock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import API_KEY, ROUTING_KEY, seed_aureus
from sandbox.pagerduty.server import PagerDutyServer


async def main(port: int) -> None:
    """Serve, and say where."""
    account = PagerDuty(Clock())
    seed_aureus(account)
    with tempfile.TemporaryDirectory(prefix="sandbox-pagerduty-") as folder:
        async with PagerDutyServer(account).serve(port) as server:
            authority = server.write_ca(Path(folder) / "ca.pem")
            say = f"PagerDuty at {server.url}, to be trusted by {authority}; key {API_KEY}, routing key {ROUTING_KEY}."
            print(say, flush=True)  # noqa: T201 - the address is what this command is for
            await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        sys.exit(0)
    except OSError as error:
        sys.exit(f"The server cannot listen: {error}. Give another port, or none for a free one.")
