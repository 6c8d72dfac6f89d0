"""Another process with a queue on the same database, started, told, heard and killed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.clients.queue.stand import DurableStand


class Process:
    """Another process with a queue on the same database."""

    def __init__(self, stand: DurableStand) -> None:
        self._process = subprocess.Popen(  # noqa: S603  this interpreter
            [sys.executable, "-m", "tests.clients.queue.process", stand.url, stand.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.number = self._process.pid

    def hears(self) -> str:
        """The next line that it says; empty when it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def told(self, *words: str) -> None:
        """Tell it, without waiting for an answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """As ``kill -9`` does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def end(self) -> int:
        """Tell it that nothing more comes, and wait for its end; its exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(timeout=60)


@contextmanager
def another(stand: DurableStand) -> Iterator[Process]:
    """Another process, for as long as it is needed."""
    process = Process(stand)
    try:
        yield process
    finally:
        process.kill()
