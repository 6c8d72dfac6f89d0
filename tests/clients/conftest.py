"""Databases for tests: a SQLite file each, and a PostgreSQL server of our own with a new database each."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

_numbers = count(1)


def _binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: the machine's, else those of the wheel ``pgserver``."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    config = shutil.which("pg_config")
    if config:
        folders.insert(0, Path(subprocess.check_output([config, "--bindir"], text=True).strip()))  # noqa: S603  # from PATH
    wheel = importlib.util.find_spec("pgserver")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


def _other_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: it refuses to be started by root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The folder of the socket of a running server, whose superuser is ``postgres`` and needs no password."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL on this machine, and no wheel pgserver")
    # Not pytest's own folder: the other user may not enter it, and the path of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="aureus-pg-"))
    data = folder / "data"
    user = _other_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def start(*words: str | Path) -> "subprocess.Popen[bytes]":
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  # the programs of the server, with words of ours
                list(words),
                cwd=folder,
                stdout=log,
                stderr=log,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    try:
        start(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync").wait()
        server = start(binaries / "postgres", "-D", data, "-k", folder, "-F", "-c", "listen_addresses=")
        try:
            _wait_until_it_answers(server, folder)
            yield str(folder)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}") from None
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A new, empty database, gone after the test."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(host=postgresql_server, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://postgres@/{name}?host={postgresql_server}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path}/store/aureus.db"


# In one process, so that there is one server and not one for each.
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("journal-postgresql"))])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))
