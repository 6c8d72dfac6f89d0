"""What Alertmanager and PagerDuty tell by themselves is read, whatever it holds."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alert import NoteTold, PageTold
from bot.domain.record import dump, load
from bot.engine.words import mask
from bot.world.alertmanager import active_of, alert_of, group_of
from bot.world.pagerduty import page_of, told_of
from bot.world.reading import UNTOLD, gist

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
#: Times, and what looks like one; words that the readers know; and anything.
LEAVES = SCALARS | st.sampled_from(
    ["firing", "resolved", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-11-24T10:00:00.123456789Z", "@",
     "incident.acknowledged", "incident.annotated", "incident", "incident_note", "PN1", "user_reference", "triggered",
     "\ud800", 10**4000]
)  # fmt: skip
ALERT_FIELDS = ("status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint")
GROUP_FIELDS = (
    "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "externalURL",
)  # fmt: skip
EVENT_FIELDS = ("event_type", "occurred_at", "agent")
INCIDENT_FIELDS = ("id", "type", "number", "html_url", "status", "title", "incident_key", "created_at", "urgency")
NOTE_FIELDS = ("id", "type", "content", "trimmed")


def anything(leaves: st.SearchStrategy[Any] = LEAVES) -> st.SearchStrategy[Any]:
    names = st.text(max_size=5) | st.sampled_from(["alertname", "@", "id", "type", "summary", "runbook_url"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=6
    )


def near(fields: tuple[str, ...], **own: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with some of these fields, each of any kind."""
    return st.fixed_dictionaries({}, optional={name: anything() for name in fields} | own)


ALERTS = st.lists(near(ALERT_FIELDS) | anything(), max_size=3)
BODIES = anything() | near(GROUP_FIELDS, alerts=ALERTS | anything())
TOLD = near(INCIDENT_FIELDS) | near(NOTE_FIELDS, incident=near(("id",)))
EVENTS = anything() | near(("more",), event=near(EVENT_FIELDS, data=TOLD | anything()))


@given(BODIES)
def test_no_body_at_all_breaks_the_reading_of_a_group_and_what_is_read_can_be_stored(body: Any) -> None:
    try:
        group = group_of(body)
    except ValueError as no:
        told = str(no).startswith("Its alerts neither fire")
        assert told or not isinstance(body, dict) or not isinstance(body.get("alerts"), list)
        return
    assert load(dump(group)) == group
    assert len(group.name) == 64
    assert group_of(body) == group, "the same body told twice must be the same"


@given(EVENTS)
def test_no_body_at_all_breaks_the_reading_of_a_page_and_what_is_read_can_be_stored(body: Any) -> None:
    told = None
    with contextlib.suppress(ValueError):
        told = told_of(body)
    if told is not None:
        assert load(dump(told)) == told
        assert told.id
    match told:
        case PageTold():
            assert told.status in ("triggered", "acknowledged", "resolved")
        case NoteTold():
            assert told.page
            assert told.words


ALERT = {
    "status": "firing",
    "labels": {"alertname": "ServiceDown", "service": "bridge"},
    "annotations": {"summary": "It is down", "description": "d", "runbook_url": "https://runbooks/x"},
    "startsAt": "2026-11-24T12:00:00.1234567+02:00",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus/graph",
    "fingerprint": "703b41c64a3f77c2",
}
BODY = {
    "version": "4",
    "groupKey": '{}:{alertname="ServiceDown"}',
    "truncatedAlerts": 2,
    "status": "firing",
    "receiver": "aureus-bot",
    "groupLabels": {"alertname": "ServiceDown"},
    "commonLabels": {"alertname": "ServiceDown", "service": "bridge"},
    "externalURL": "http://alertmanager",
    "alerts": [ALERT, ALERT | {"status": "resolved", "fingerprint": "2"}],
}


def test_a_webhook_of_alertmanager_is_read_whole() -> None:
    group = group_of(BODY)
    assert (group.key, group.receiver, group.truncated, group.url) == (
        '{}:{alertname="ServiceDown"}', "aureus-bot", 2, "http://alertmanager",
    )  # fmt: skip
    assert group.labels == {"alertname": "ServiceDown"}
    (fires,), (over,) = group.firing, group.ended
    assert (fires.name, fires.summary, fires.description) == ("ServiceDown", "It is down", "d")
    assert (fires.runbook, fires.source) == ("https://runbooks/x", "http://prometheus/graph")
    assert (fires.fingerprint, over.fingerprint) == ("703b41c64a3f77c2", "2")
    assert fires.since == datetime(2026, 11, 24, 10, 0, 0, 123000, tzinfo=UTC)


def test_an_alert_of_unknown_status_is_left_out_and_one_without_has_that_of_its_group() -> None:
    bare = {name: value for name, value in ALERT.items() if name != "status"}
    assert len(group_of(BODY | {"alerts": [ALERT, ALERT | {"status": "pending"}]}).firing) == 1
    assert len(group_of(BODY | {"alerts": [bare], "status": "resolved"}).ended) == 1
    assert len(group_of({"alerts": [bare]}).firing) == 1
    for body in ({"alerts": [ALERT | {"status": "pending"}]}, {"alerts": [bare], "status": "suppressed"}):
        with pytest.raises(ValueError, match="a status that is not known here"):
            group_of(BODY | body)


def test_what_is_missing_or_of_a_wrong_kind_is_left_out() -> None:
    group = group_of({"alerts": [{}, None, 7, {"labels": {"a": 1, "b": True, "c": None, "d": [], "@": "x"}}]})
    bare, odd = group.firing
    assert (bare.name, bare.labels, bare.since) == ("an alert without a name", {}, UNTOLD)
    assert odd.labels == {"a": "1", "b": "true"}
    assert bare.fingerprint != odd.fingerprint
    assert group.key == ":{}"


def test_long_values_are_cut_and_secrets_are_masked_but_the_key_is_as_it_was() -> None:
    def hide(words: str) -> str:
        return words.replace("hunter2", "•••")

    body = BODY | {
        "groupKey": '{}:{p="hunter2"}' + "x" * 10_000,
        "alerts": [ALERT | {"labels": {"p": "hunter2", "long": "x" * 10_000}, "annotations": {"summary": "hunter2!"}}],
    }
    group = group_of(body, hide)
    assert group.key == body["groupKey"]
    alert = group.firing[0]
    assert (alert.labels["p"], alert.summary, len(alert.labels["long"])) == ("•••", "•••!", 4000)


@pytest.mark.parametrize("body", [None, [], "x", {}, {"alerts": None}, {"alerts": {}}])
def test_what_is_no_webhook_is_said_in_a_sentence(body: Any) -> None:
    with pytest.raises(ValueError, match="no webhook of an Alertmanager"):
        group_of(body)


def test_an_alert_of_the_api_is_the_same_firing_as_that_of_the_webhook() -> None:
    of_the_api = ALERT | {"status": {"state": "active"}, "startsAt": "2026-11-24T10:00:00.123Z"}
    assert alert_of(of_the_api) == alert_of(ALERT)


EVENT: dict[str, Any] = {
    "id": "01",
    "event_type": "incident.acknowledged",
    "occurred_at": "2026-11-24T10:05:00.123Z",
    "agent": {"id": "PANA001", "type": "user_reference", "summary": "Ana Silva"},
    "data": {
        "id": "Q1", "type": "incident", "number": 7, "status": "acknowledged", "title": "It burns", "urgency": "high",
        "html_url": "https://p/incidents/Q1", "incident_key": "fire", "created_at": "2026-11-24T10:00:00Z",
    },
}  # fmt: skip


def test_a_webhook_of_pagerduty_is_read_whole() -> None:
    page = page_of({"event": EVENT})
    assert (page.event, page.id, page.number, page.url) == (
        "incident.acknowledged", "Q1", 7, "https://p/incidents/Q1",
    )  # fmt: skip
    assert (page.status, page.title, page.key, page.urgency) == ("acknowledged", "It burns", "fire", "high")
    assert (page.by, page.by_name) == ("PANA001", "Ana Silva")
    assert page.created == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert page.at == datetime(2026, 11, 24, 10, 5, 0, 123000, tzinfo=UTC)


def test_who_is_no_person_did_nothing_as_a_person() -> None:
    for agent in (None, {"id": "PS", "type": "service_reference", "summary": "Sentinel"}):
        page = page_of({"event": EVENT | {"agent": agent}})
        assert (page.by, page.by_name) == ("", "")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pagey.ping", {"message": "Hello from your friend Pagey!", "type": "ping"}),
        ("incident.responder.added", {"incident": {"id": "Q1"}, "type": "incident_responder"}),
        ("service.updated", {"id": "PS", "type": "service"}),
        ("incident.triggered", {"id": "Q1", "type": "incident"}),
        ("incident.triggered", {"id": "Q1", "type": "incident", "status": "simmering"}),
        ("incident.sang", {"id": "Q1", "type": "incident", "status": "resolved"}),
    ],
)
def test_what_tells_nothing_of_a_state_is_said_in_a_sentence(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="nothing of how an incident stands"):
        page_of({"event": {"event_type": kind, "data": data}})


@pytest.mark.parametrize("body", [None, [], {}, {"event": None}, {"event": "x"}])
def test_what_is_no_webhook_of_pagerduty_is_said_in_a_sentence(body: Any) -> None:
    with pytest.raises(ValueError, match="no webhook of PagerDuty"):
        page_of(body)


NOTE: dict[str, Any] = {
    "event_type": "incident.annotated",
    "occurred_at": "2026-11-24T10:05:00.123Z",
    "agent": {"id": "PANA001", "type": "user_reference", "summary": "Ana Silva"},
    "data": {"incident": {"id": "Q1"}, "id": "PN", "content": " It burns\n", "trimmed": False, "type": "incident_note"},
}


def test_a_note_is_read_with_its_author_and_without_secrets() -> None:
    note = told_of({"event": NOTE}, lambda words: words.replace("burns", "•••"))
    at = datetime(2026, 11, 24, 10, 5, 0, 123000, tzinfo=UTC)
    assert note == NoteTold("PN", "Q1", "It •••", at, "PANA001", "Ana Silva")
    service = {"id": "PS", "type": "service_reference", "summary": "Sentinel"}
    for agent, who in ((service, ("", "Sentinel")), (None, ("", ""))):
        note = told_of({"event": NOTE | {"agent": agent}})
        assert isinstance(note, NoteTold)
        assert (note.by, note.by_name) == who
    assert isinstance(told_of({"event": EVENT}), PageTold)


@pytest.mark.parametrize(
    ("data", "because"),
    [
        ({"content": " "}, "without words"), ({"content": None}, "without words"), ({"type": "x"}, "without words"),
        ({"id": None}, "without its id"), ({"incident": None}, "without its id"),
        ({"incident": {"id": "../x"}}, "without its id"),
    ],
)  # fmt: skip
def test_a_note_that_is_none_is_said_in_a_sentence(data: dict[str, Any], because: str) -> None:
    with pytest.raises(ValueError, match=because):
        told_of({"event": NOTE | {"data": NOTE["data"] | data}})


@pytest.mark.parametrize("id_", [None, "", 7, "Q1/../users", "Q\ud8001", "Q" * 65])
def test_an_incident_without_an_id_is_said_in_a_sentence(id_: Any) -> None:
    event = json.loads(json.dumps(EVENT))
    event["data"]["id"] = id_
    with pytest.raises(ValueError, match="without its id"):
        page_of({"event": event})


def test_what_keeps_an_alert_from_being_told_is_counted_and_what_is_missing_is_none() -> None:
    told = {"labels": {"alertname": "A"}, "receivers": [{"name": "bot"}, {}, "x"],
            "status": {"state": "suppressed", "inhibitedBy": ["f1", "f2"], "silencedBy": "no list"}}  # fmt: skip
    active = active_of(told)
    assert (active.inhibited, active.silenced, active.muted, active.receivers) == (2, 0, 0, ("bot",))
    assert active_of({}).alert.name == "an alert without a name"


def test_a_key_that_is_no_name_for_a_table_has_one() -> None:
    def key(told: Any) -> str:
        return page_of({"event": EVENT | {"data": EVENT["data"] | {"incident_key": told}}}).key

    assert (key("fire"), key(None), key(7)) == ("fire", "", "")
    assert "\x00" not in key("\x00fire\ud800")
    key("\x00fire\ud800").encode()
    long = [key("x" * 10_000), key("x" * 10_001), key("\ud800" * 10_000)]
    assert [len(each) for each in long] == [64, 64, 64]
    assert len(set(long)) == 3


def test_no_character_that_a_database_refuses_is_left_in_what_is_read() -> None:
    strange = "\x00\ud800 x"
    alert = ALERT | {"labels": {"alertname": strange, strange: strange}, "fingerprint": strange}
    read = alert_of(alert | {"annotations": {"summary": strange}, "generatorURL": strange})
    for said in (read.name, read.fingerprint, read.summary, read.source, *read.labels, *read.labels.values()):
        assert "\x00" not in said
        said.encode()


@given(anything())
def test_the_gist_of_anything_is_a_line_that_can_be_stored(told: Any) -> None:
    said = gist(told)
    assert len(said) <= 2000
    assert "\n" not in said
    said.encode()


def test_the_gist_has_names_and_values_and_no_password_that_a_name_gives_away() -> None:
    told = {"event": {"id": "01", "data": [None, True, {"password": "hunter2-hunter2"}]}}
    assert gist(told, mask) == "id: 01 data: null data: true password: •••"
    assert gist("x" * 5000) == "x" * 1999 + "…"
    assert gist([[["deep"]]]) == "deep"
