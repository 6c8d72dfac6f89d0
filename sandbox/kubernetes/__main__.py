"""Runs the server alone, with the platform seeded, until it is interrupted: ``python -m sandbox.kubernetes [port]``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from sandbox.clock import Clock
from sandbox.kubernetes.aureus import BOT, seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.rbac import Users
from sandbox.kubernetes.server import KubernetesServer


async def main(port: int) -> None:
    """Serve, and say where."""
    cluster = Cluster(Clock())
    seed_aureus(cluster)
    with tempfile.TemporaryDirectory(prefix="sandbox-kubernetes-") as folder:
        async with KubernetesServer(cluster).serve(port) as server:
            for user in (Users.ADMIN, BOT):
                server.write_kubeconfig(Path(folder) / f"{user}.yaml", user)
            say = f"Kubernetes at {server.url}; export KUBECONFIG={folder}/{Users.ADMIN}.yaml, or {BOT}.yaml beside it."
            print(say, flush=True)  # noqa: T201 - the address is what this command is for
            await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        sys.exit(0)
    except OSError as error:
        sys.exit(f"The server cannot listen: {error}. Give another port, or none for a free one.")
