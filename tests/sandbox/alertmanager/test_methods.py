"""The table of methods is true: what is served answers, what is absent does not, and nothing is left out."""

import httpx
import pytest
from starlette.routing import Route

from sandbox.alertmanager.methods import METHODS, Extent, Method
from sandbox.alertmanager.server import AlertmanagerServer

SERVED = [row for row in METHODS if row.extent is not Extent.ABSENT]
ABSENT = [row for row in METHODS if row.extent is Extent.ABSENT]
SILENCE = {
    "matchers": [{"name": "a", "value": "b", "isRegex": False}],
    "startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-24T11:00:00Z", "createdBy": "me", "comment": "why",
}  # fmt: skip


@pytest.mark.parametrize("row", SERVED, ids=[f"{row.verb} {row.path}" for row in SERVED])
def test_what_is_served_answers(api: httpx.Client, row: Method) -> None:
    silence = api.post("/api/v2/silences", json=SILENCE).json()["silenceID"]
    body = {"/api/v2/silences": SILENCE, "/api/v2/alerts": []}.get(row.path) if row.verb == "POST" else None
    path = row.path.replace("{silence_id}", silence).replace("{path:path}", "alerts")
    answer = api.request(row.verb, path, json=body)
    assert answer.status_code == (410 if "/v1/" in path else 200), answer.text


@pytest.mark.parametrize("row", ABSENT, ids=[f"{row.verb} {row.path}" for row in ABSENT])
def test_what_is_absent_says_so(api: httpx.Client, row: Method) -> None:
    assert api.request(row.verb, row.path).status_code == 404


def test_every_route_is_in_the_table_once(server: AlertmanagerServer) -> None:
    routed = {
        (method, route.path)
        for route in server.app.routes
        if isinstance(route, Route) and not route.path.startswith("/sandbox/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    told = [(row.verb, row.path) for row in SERVED]
    assert len(told) == len(set(told))
    assert routed == set(told)


def test_what_is_partial_says_what_is_missing_and_what_is_full_misses_nothing() -> None:
    for row in METHODS:
        assert bool(row.missing) is (row.extent is not Extent.FULL)
        assert not row.missing or row.missing.endswith(".")
