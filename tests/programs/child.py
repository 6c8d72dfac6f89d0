"""Programs of ours as real child processes: started, asked, ended; what they print is kept."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
#: Where they are started: a folder of the project in which there is no .env, and no package that would hide another.
_WHERE = ROOT / "docs"
#: Seconds, of a machine that has much else to do.
PATIENCE = 60.0
_KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")


class Child:
    """A process that was started."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def said(self) -> str:
        """All that it has printed, wherever to."""
        return self._log.read_text()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def until(self, there: Callable[[], bool], about: str) -> None:
        """Wait until something is there; the process must not end before."""
        end = time.monotonic() + PATIENCE
        while not there():
            assert self.running, f"it ended with {self._process.returncode} before {about}:\n{self.said[-4000:]}"
            assert time.monotonic() < end, f"waited {PATIENCE:g} s for {about}:\n{self.said[-4000:]}"
            time.sleep(0.05)

    def ends(self, sign: signal.Signals | None = None, within: float = PATIENCE) -> int:
        """Its exit code, after this signal."""
        if sign is not None:
            self._process.send_signal(sign)
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end within {within:g} s:\n{self.said[-4000:]}") from None


@contextmanager
def child(folder: Path, *command: str, env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Start ``python -m …`` with an environment of its own, out of this project; it is gone when the block ends."""
    log = folder / "child.log"
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *command], stdout=file, stderr=file, cwd=_WHERE, env=surroundings(env)
        )
    try:
        yield Child(process, log)
    finally:
        process.kill()
        process.wait()


def runs(*command: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``python -m …``."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *command], cwd=_WHERE, env=surroundings(env), capture_output=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def surroundings(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: this project, and nothing of ours that is a setting."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **(env or {})}


def answers(url: str) -> bool:
    """Whether somebody is there."""
    try:
        httpx.get(url, timeout=5)
    except httpx.HTTPError:
        return False
    return True


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def occupied() -> Iterator[int]:
    """A port that somebody listens at and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])
