"""What the whole suite can be told."""

import gc
import os
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import trustme


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--every-handler``: kill -9 at every write of every handler, on both databases (`make crash`)."""
    parser.addoption("--every-handler", action="store_true", help="kill -9 at every write of every handler")
    parser.addoption("--deaths", type=int, default=1, help="how often a bot dies in each playing of it")


def pytest_configure(config: pytest.Config) -> None:
    """Trust nobody outside: all that a test talks to is here, and to load whom a machine trusts takes 20 ms each time.

    A client loads them for each connection without TLS, too. A cluster that is tried live is outside.
    """
    if os.environ.get("AUREUS_LIVE_KUBECONFIG"):
        return
    folder = tempfile.TemporaryDirectory(prefix="aureus-trust-")
    config.add_cleanup(folder.cleanup)
    authority = Path(folder.name) / "nobody.pem"
    trustme.CA().cert_pem.write_to_path(authority)
    os.environ["SSL_CERT_FILE"] = str(authority)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Load the suite without the garbage collector: what is loaded stays, and there is a lot of it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 10, 50)  # as the bot does when it serves
        gc.enable()


def pytest_sessionstart() -> None:
    """Where the suite runs in the background Ctrl-C is ignored, and the programs that it starts would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
