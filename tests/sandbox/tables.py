"""What holds for every table of methods."""

from collections.abc import Sequence
from typing import TypeVar

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.methods import Extent, Method

Row = TypeVar("Row", bound=Method)


def served(table: Sequence[Row]) -> list[Row]:
    return [row for row in table if row.extent is not Extent.ABSENT]


def absent(table: Sequence[Row]) -> list[Row]:
    return [row for row in table if row.extent is Extent.ABSENT]


def assert_true_of(app: Starlette, table: Sequence[Method]) -> None:
    """Every route is in the table, once; and what is missing is said of what is not full, and of nothing else."""
    routed = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route) and not route.path.startswith("/sandbox/")
        for method in (route.methods or set()) - {"HEAD"}
        if route.path == "/" or not route.path.endswith("/")
    }
    told = [(row.verb, row.path) for row in served(table)]
    assert len(told) == len(set(told))
    assert routed == set(told)
    for row in table:
        assert bool(row.missing) is (row.extent is not Extent.FULL), row
        assert not row.missing or row.missing.endswith("."), row
