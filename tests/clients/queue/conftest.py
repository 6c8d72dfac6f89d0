"""A PostgreSQL server of the tests' own, and the queues that the contract is held to."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox.clock import Clock, StandingClock
from tests.clients.queue.stand import DurableStand, MemoryStand, Stand


def _binaries() -> Path | None:
    """Where initdb and postgres are: on the path of the machine, where Debian puts them, or in the wheel."""
    places = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += [Path(entry) / "pgserver" / "pginstall" / "bin" for entry in sys.path]
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def _another_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty database."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL here: neither on the machine (initdb) nor from the pgserver wheel")
    user = _another_user()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    home = Path(tempfile.mkdtemp(prefix="queue-postgres-"))
    if user is not None:
        shutil.chown(home, user)
    data = home / "data"
    subprocess.run(  # noqa: S603  the server's own program
        [binaries / "initdb", "-D", data, "-U", "aureus", "-A", "trust", "--no-sync", "-E", "UTF8"],
        user=user,
        cwd=home,
        check=True,
        capture_output=True,
    )
    server = subprocess.Popen(  # noqa: S603  the server's own program
        [binaries / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", home, "-c", "fsync=off"],
        user=user,
        cwd=home,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"postgresql://aureus@127.0.0.1:{port}/postgres"
        _ready(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # its fast shutdown
        server.wait(timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def _ready(url: str) -> None:
    for _ in range(1200):
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.05)  # it is starting
        else:
            return
    raise RuntimeError("PostgreSQL did not become ready in 60 s")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("queue-postgres"))])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> DurableStand:
    """A durable queue on each database; on PostgreSQL with tables of its own."""
    if request.param == "sqlite":
        return DurableStand(f"sqlite:///{tmp_path}/queue.db", "aureus", Clock())
    return DurableStand(request.getfixturevalue("postgres"), f"q{secrets.token_hex(4)}", Clock())


@pytest.fixture
def on_sqlite(tmp_path: Path) -> DurableStand:
    """A durable queue on SQLite."""
    return DurableStand(f"sqlite:///{tmp_path}/queue.db", "aureus", Clock())


@pytest.fixture
def on_postgres(postgres: str) -> DurableStand:
    """A durable queue on PostgreSQL."""
    return DurableStand(postgres, f"q{secrets.token_hex(4)}", Clock())


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("queue-postgres"))])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    """Every queue there is."""
    if request.param == "memory":
        return MemoryStand(StandingClock())
    if request.param == "sqlite":
        return DurableStand(f"sqlite:///{tmp_path}/queue.db", "aureus", Clock())
    return DurableStand(request.getfixturevalue("postgres"), f"q{secrets.token_hex(4)}", Clock())
