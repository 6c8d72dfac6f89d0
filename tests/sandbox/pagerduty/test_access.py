"""Who is let in, and how often; what a request must say of itself."""

from datetime import timedelta

import httpx
import pytest

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import API_KEY, READ_ONLY_KEY
from sandbox.pagerduty.server import PagerDutyServer
from tests.sandbox.pagerduty.clients import ANA, VERSION_2, Client, error_of


@pytest.mark.parametrize("header", ["", "Token token=wrong", f"Bearer {API_KEY}", API_KEY])
def test_without_a_known_key_the_answer_is_401(server: PagerDutyServer, header: str) -> None:
    headers = {"Accept": VERSION_2} | ({"Authorization": header} if header else {})
    answer = httpx.get(f"{server.url}/users", verify=server.trust(), headers=headers)
    assert error_of(answer) == (401, 2006)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/vnd.pagerduty+json;version=1"])
def test_version_2_must_be_asked_for(client: Client, accept: str) -> None:
    answer = client.http.get("/users", headers={"Accept": accept})
    assert error_of(answer) == (406, 2002)


def test_only_who_trusts_its_certificate_can_speak_to_it(server: PagerDutyServer) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{server.url}/users")


def test_a_key_that_may_only_read_may_not_write(server: PagerDutyServer, client: Client) -> None:
    incident, reader = client.trigger(), Client(server, READ_ONLY_KEY)
    assert reader.get(f"/incidents/{incident.id}")["incident"]["status"] == "triggered"
    assert error_of(reader.put(incident, status="acknowledged")) == (403, 2010)
    reader.http.close()


WRITES = [
    ("PUT", "/incidents/{id}", {"incident": {"type": "incident", "status": "acknowledged"}}),
    ("PUT", "/incidents", {"incidents": [{"id": "{id}", "type": "incident", "status": "acknowledged"}]}),
    ("POST", "/incidents", {"incident": {"type": "incident", "title": "New", "service": {"id": "PSENTNL"}}}),
    ("POST", "/incidents/{id}/notes", {"note": {"content": "Looking"}}),
    ("POST", "/incidents/{id}/snooze", {"duration": 60}),
]


@pytest.mark.parametrize(("verb", "path", "body"), WRITES, ids=[f"{verb} {path}" for verb, path, _ in WRITES])
def test_a_write_must_say_from_whom_it_is(client: Client, verb: str, path: str, body: dict[str, object]) -> None:
    incident = client.trigger()
    path = path.replace("{id}", incident.id)
    before = client.log(incident)
    missing = client.send(verb, path, body, None)
    assert error_of(missing) == (400, 2016)
    assert '"From" header' in missing.json()["error"]["message"]
    assert error_of(client.send(verb, path, body, "goran@aureus.example")) == (400, 1008)
    assert client.log(incident) == before
    assert len(client.account.incidents) == 1


def test_an_e_mail_is_the_same_in_capitals(client: Client) -> None:
    assert client.put(client.trigger(), ANA.upper(), status="acknowledged").status_code == 200


def test_what_is_not_served_is_not_found_whatever_the_verb(client: Client) -> None:
    assert error_of(client.http.get("/teams")) == (404, 2100)
    assert error_of(client.http.patch("/incidents")) == (404, 2100)
    assert error_of(client.http.get("/incidents/QNOTHING")) == (404, 2100)
    assert error_of(client.http.get("/")) == (404, 2100)


def test_each_answer_tells_what_is_left_of_the_minute(client: Client, clock: StandingClock) -> None:
    client.account.rates.limit = 3
    first = client.http.get("/abilities")
    assert [first.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["3", "2", "60"]
    clock.move(timedelta(seconds=40))
    client.get("/abilities")
    assert client.http.get("/abilities").headers["ratelimit-remaining"] == "0"
    refused = client.http.get("/abilities")
    assert error_of(refused) == (429, 2020)
    assert refused.headers["ratelimit-reset"] == "20"
    clock.move(timedelta(seconds=20))
    assert client.http.get("/abilities").headers["ratelimit-remaining"] == "2"


def test_requests_are_counted(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    client.get("/incidents")
    assert account.asked("PUT", f"/incidents/{incident.id}") == 1
    assert account.asked("PUT", "/incidents") == 1
    assert account.asked("GET", "/incidents") == 1
    assert account.asked("POST", "/v2/enqueue") == 1


def test_the_body_must_be_json_and_say_so(client: Client) -> None:
    path, headers = f"/incidents/{client.trigger().id}", {"From": ANA}
    assert error_of(client.http.put(path, content=b"{}", headers=headers)) == (400, 2001)
    typed = headers | {"Content-Type": "application/json"}
    assert error_of(client.http.put(path, content=b"{", headers=typed)) == (400, 2001)
    assert error_of(client.http.put(path, content=b"[]", headers=typed)) == (400, 2001)


def test_a_server_that_is_not_served_has_no_address(account: PagerDuty) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = PagerDutyServer(account).url
