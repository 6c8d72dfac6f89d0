"""The API v2: alerts, groups, silences, and what stands beside it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.faults import Fault
from sandbox.clock import StandingClock

NOBODY = "00000000-0000-0000-0000-000000000000"


def tell(api: httpx.Client, *alerts: dict[str, Any]) -> None:
    assert api.post("/api/v2/alerts", json=list(alerts)).status_code == 200


def names(api: httpx.Client, **parameters: Any) -> list[str]:
    return [one["labels"]["alertname"] for one in api.get("/api/v2/alerts", params=parameters).json()]


def silence(**other: Any) -> dict[str, Any]:
    matcher = {"name": "alertname", "value": "A", "isRegex": False}
    times = {"startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-24T11:00:00Z"}
    return {"matchers": [matcher], **times, "createdBy": "me", "comment": "why"} | other


def silenced(api: httpx.Client, **other: Any) -> str:
    answer = api.post("/api/v2/silences", json=silence(**other))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["silenceID"])


def test_an_alert_is_shown_with_all_that_is_known_of_it(api: httpx.Client) -> None:
    url = "http://prometheus/graph"
    tell(api, {"labels": {"alertname": "A", "none": ""}, "annotations": {"summary": "s"}, "generatorURL": url})
    (shown,) = api.get("/api/v2/alerts").json()
    assert shown == {
        "annotations": {"summary": "s"},
        "endsAt": "2026-11-24T10:05:00.000Z",
        "fingerprint": shown["fingerprint"],
        "receivers": [{"name": "aureus-bot"}],
        "startsAt": "2026-11-24T10:00:00.000Z",
        "status": {"inhibitedBy": [], "mutedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": "2026-11-24T10:00:00.000Z",
        "labels": {"alertname": "A"},
        "generatorURL": url,
    }


def test_alerts_are_filtered(api: httpx.Client) -> None:
    tell(api, *({"labels": {"alertname": one, "job": "x"}} for one in "ABC"))
    silenced(api)
    assert sorted(names(api)) == ["A", "B", "C"]
    assert sorted(names(api, filter=["job=x", 'alertname!="B"'])) == ["A", "C"]
    assert sorted(names(api, silenced="false")) == ["B", "C"]
    assert names(api, active="false") == ["A"]
    assert names(api, receiver="aureus") == []
    assert len(names(api, receiver="aureus-.*")) == 3
    assert api.get("/api/v2/alerts", params={"filter": "job"}).json() == "bad matcher format: job"
    assert api.get("/api/v2/alerts", params={"receiver": "("}).status_code == 400


def test_an_alert_goes_on_when_it_is_told_of_again_and_is_gone_when_it_is_over(
    api: httpx.Client, clock: StandingClock
) -> None:
    tell(api, {"labels": {"alertname": "A"}})
    clock.move(timedelta(minutes=4))
    tell(api, {"labels": {"alertname": "A"}})
    (shown,) = api.get("/api/v2/alerts").json()
    assert (shown["startsAt"], shown["endsAt"]) == ("2026-11-24T10:00:00.000Z", "2026-11-24T10:09:00.000Z")
    tell(api, {"labels": {"alertname": "A"}, "endsAt": clock.now().isoformat()})
    assert names(api) == []
    clock.move(timedelta(minutes=1))
    tell(api, {"labels": {"alertname": "A"}})
    assert api.get("/api/v2/alerts").json()[0]["startsAt"] == "2026-11-24T10:05:00.000Z"


def test_an_end_that_was_told_is_not_brought_forward_by_one_that_was_not(
    api: httpx.Client, clock: StandingClock
) -> None:
    tell(api, {"labels": {"alertname": "A"}, "startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-24T12:00:00Z"})
    clock.move(timedelta(minutes=1))
    tell(api, {"labels": {"alertname": "A"}})
    assert api.get("/api/v2/alerts").json()[0]["endsAt"] == "2026-11-24T12:00:00.000Z"


def test_valid_alerts_are_kept_even_beside_others(api: httpx.Client) -> None:
    wrong = [{"labels": {}}, {"labels": {"alertname": "B"}, "annotations": {"a-b": "c"}}]
    answer = api.post("/api/v2/alerts", json=[{"labels": {"alertname": "A"}}, *wrong])
    assert answer.status_code == 400
    assert answer.json() == 'at least one label pair required; invalid annotations: invalid name "a-b"'
    assert names(api) == ["A"]


def test_groups_are_shown_with_their_alerts(api: httpx.Client) -> None:
    tell(api, *({"labels": {"alertname": one, "x": x}} for one, x in (("B", "2"), ("A", "1"), ("B", "1"))))
    groups = api.get("/api/v2/alerts/groups").json()
    assert [(one["labels"], [alert["labels"]["x"] for alert in one["alerts"]]) for one in groups] == [
        ({"alertname": "A"}, ["1"]),
        ({"alertname": "B"}, ["1", "2"]),
    ]
    assert groups[0]["receiver"] == {"name": "aureus-bot"}
    assert len(api.get("/api/v2/alerts/groups", params={"filter": "x=2"}).json()) == 1


def test_a_silence_mutes_until_it_ends_and_is_remembered(api: httpx.Client, clock: StandingClock) -> None:
    tell(api, {"labels": {"alertname": "A"}, "startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-25T10:00:00Z"})
    name = silenced(api)
    assert api.get(f"/api/v2/silence/{name}").json() == {
        "id": name,
        "status": {"state": "active"},
        "updatedAt": "2026-11-24T10:00:00.000Z",
        "comment": "why",
        "createdBy": "me",
        "endsAt": "2026-11-24T11:00:00.000Z",
        "matchers": [{"name": "alertname", "value": "A", "isRegex": False, "isEqual": True}],
        "startsAt": "2026-11-24T10:00:00.000Z",
    }
    (shown,) = api.get("/api/v2/alerts").json()
    assert (shown["status"]["state"], shown["status"]["silencedBy"]) == ("suppressed", [name])
    clock.move(timedelta(hours=1))
    assert api.get("/api/v2/alerts").json()[0]["status"]["state"] == "active"
    assert api.get(f"/api/v2/silence/{name}").json()["status"]["state"] == "expired"
    clock.move(timedelta(hours=120))
    assert api.get("/api/v2/silences").json() == []


def test_all_matchers_of_a_silence_have_to_match(api: httpx.Client) -> None:
    tell(api, {"labels": {"alertname": "A", "job": "x"}}, {"labels": {"alertname": "B", "job": "xy"}})
    not_y = {"name": "job", "value": "y", "isRegex": False, "isEqual": False}
    silenced(api, matchers=[{"name": "job", "value": "x", "isRegex": True}, not_y])
    assert names(api, active="false") == ["A"]


def test_a_silence_is_edited_in_place_only_where_the_past_stays_as_it_was(
    api: httpx.Client, clock: StandingClock
) -> None:
    name = silenced(api)
    assert silenced(api, id=name, endsAt="2026-11-24T12:00:00Z", comment="longer") == name
    other = silenced(api, id=name, matchers=[{"name": "alertname", "value": "B", "isRegex": False}])
    assert other != name
    clock.move(timedelta(minutes=1))
    states = {one["id"]: one["status"]["state"] for one in api.get("/api/v2/silences").json()}
    assert states == {other: "active", name: "expired"}
    pending = silenced(api, startsAt="2026-11-24T10:30:00Z")
    assert silenced(api, id=pending, startsAt="2026-11-24T10:40:00Z") == pending
    assert silenced(api, id=pending, startsAt="2026-11-24T10:00:00Z") != pending
    assert silenced(api, id=name) != name


def test_silences_are_listed_active_first_and_by_what_they_match(api: httpx.Client) -> None:
    late, soon = silenced(api, endsAt="2026-11-24T12:00:00Z"), silenced(api)
    next_one, first = (silenced(api, startsAt=f"2026-11-24T10:{one}:00Z") for one in (50, 20))
    gone = silenced(api, matchers=[{"name": "x", "value": "y", "isRegex": True}])
    assert api.delete(f"/api/v2/silence/{gone}").status_code == 200
    listed = [one["id"] for one in api.get("/api/v2/silences").json()]
    assert listed == [soon, late, first, next_one, gone]
    assert [one["id"] for one in api.get("/api/v2/silences", params={"filter": 'x=~"y"'}).json()] == [gone]
    assert api.get("/api/v2/silences", params={"filter": "x=y"}).json() == []


def test_a_silence_is_expired_once_and_for_all(api: httpx.Client) -> None:
    name, pending = silenced(api), silenced(api, startsAt="2026-11-24T10:30:00Z")
    for one in (name, name, pending):
        answer = api.delete(f"/api/v2/silence/{one}")
        assert (answer.status_code, answer.content) == (200, b"")
    assert {one["status"]["state"] for one in api.get("/api/v2/silences").json()} == {"expired"}
    answer = api.delete(f"/api/v2/silence/{NOBODY}")
    assert (answer.status_code, answer.content) == (404, b"")
    assert api.get(f"/api/v2/silence/{NOBODY}").status_code == 404
    assert api.delete("/api/v2/silence/nobody").status_code == 422


@pytest.mark.parametrize(
    ("other", "status", "says"),
    [
        ({"matchers": []}, 422, "at least 1 items"),
        ({"comment": None}, 422, "comment in body is required"),
        ({"endsAt": "2026-11-24T09:00:00Z"}, 400, "start time must be before end time"),
        ({"startsAt": "2026-11-24T08:00:00Z", "endsAt": "2026-11-24T09:00:00Z"}, 400, "in the past"),
        ({"matchers": [{"name": "a", "value": "(?=x)", "isRegex": True}]}, 400, "invalid regular expression"),
        ({"matchers": [{"name": "a", "value": "", "isRegex": False}]}, 400, "must not match the empty string"),
        ({"id": NOBODY}, 404, "silence not found"),
    ],
)
def test_a_bad_silence_is_refused(api: httpx.Client, other: dict[str, Any], status: int, says: str) -> None:
    answer = api.post("/api/v2/silences", json=silence(**other))
    assert answer.status_code == status
    assert says in answer.text
    assert api.get("/api/v2/silences").json() == []


def test_bodies_that_are_no_json_are_refused(api: httpx.Client) -> None:
    for path in ("/api/v2/alerts", "/api/v2/silences"):
        assert api.post(path).status_code == 422
        assert api.post(path, content="x", headers={"Content-Type": "application/json"}).status_code == 400
        assert api.post(path, content="null", headers={"Content-Type": "application/json"}).status_code == 422
        assert api.post(path, content="[]", headers={"Content-Type": "text/plain"}).status_code == 415


def test_what_stands_beside_the_alerts(api: httpx.Client) -> None:
    assert api.get("/-/healthy").text == api.get("/-/ready").text == "OK"
    assert api.post("/-/reload").status_code == 200
    assert api.get("/-/reload").status_code == 405
    assert api.get("/api/v2/receivers").json() == [{"name": "aureus-bot"}]
    status = api.get("/api/v2/status").json()
    assert (status["cluster"]["status"], status["versionInfo"]["version"]) == ("disabled", "0.28.1")
    assert "group_by: [alertname]" in status["config"]["original"]
    assert "secret" not in status["config"]["original"]
    for verb in ("GET", "POST"):
        assert api.request(verb, "/api/v1/alerts").status_code == 410
    assert api.get("/api/v2/nothing").json() == {"code": 404, "message": "path /api/v2/nothing was not found"}
    assert api.delete("/api/v2/alerts").status_code == 405


def test_while_it_is_down_nothing_answers(api: httpx.Client, manager: Alertmanager) -> None:
    manager.faults.switch(Fault.DOWN, on=True)
    with pytest.raises(httpx.TransportError):
        api.get("/-/healthy")
    manager.faults.switch(Fault.DOWN, on=False)
    assert api.get("/-/healthy").text == "OK"
