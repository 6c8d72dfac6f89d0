"""Databases for bots that die."""

from collections.abc import Callable
from itertools import count

import psycopg
import pytest

from tests.clients.conftest import postgresql_server

__all__ = ["postgresql_server"]

_numbers = count(1)


@pytest.fixture
def sqlite() -> Callable[[], str]:
    """The file that the sandbox gives to its bot."""
    return lambda: ""


@pytest.fixture
def postgresql(postgresql_server: str) -> Callable[[], str]:
    """A new database each time; they are gone with the server."""

    def make() -> str:
        name = f"crash_{next(_numbers)}"
        with psycopg.connect(host=postgresql_server, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://postgres@/{name}?host={postgresql_server}"

    return make
