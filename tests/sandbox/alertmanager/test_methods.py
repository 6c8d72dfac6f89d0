"""The table of methods is true: what is served answers, what is absent does not, and nothing is left out."""

import httpx
import pytest

from sandbox.alertmanager.methods import METHODS
from sandbox.alertmanager.server import AlertmanagerServer
from sandbox.methods import Method
from tests.sandbox.tables import absent, assert_true_of, served

SERVED = served(METHODS)
ABSENT = absent(METHODS)
SILENCE = {
    "matchers": [{"name": "a", "value": "b", "isRegex": False}],
    "startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-24T11:00:00Z", "createdBy": "me", "comment": "why",
}  # fmt: skip


@pytest.mark.parametrize("row", SERVED, ids=str)
def test_what_is_served_answers(api: httpx.Client, row: Method) -> None:
    silence = api.post("/api/v2/silences", json=SILENCE).json()["silenceID"]
    body = {"/api/v2/silences": SILENCE, "/api/v2/alerts": []}.get(row.path) if row.verb == "POST" else None
    path = row.path.replace("{silence_id}", silence).replace("{path:path}", "alerts")
    answer = api.request(row.verb, path, json=body)
    assert answer.status_code == (410 if "/v1/" in path else 200), answer.text


@pytest.mark.parametrize("row", ABSENT, ids=str)
def test_what_is_absent_says_so(api: httpx.Client, row: Method) -> None:
    assert api.request(row.verb, row.path).status_code == 404


def test_the_table_is_that_of_the_server(server: AlertmanagerServer) -> None:
    assert_true_of(server.app, METHODS)
