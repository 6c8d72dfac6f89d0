"""What the whole suite can be told."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--every-handler``: kill -9 at every write of every handler, on both databases (`make crash`)."""
    parser.addoption("--every-handler", action="store_true", help="kill -9 at every write of every handler")
