"""What comes in by webhook: refused only when it is not proved, no JSON or too large; all else is stored, once."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.alert import Group, PageTold, Vain
from tests.doors.hooks import (
    EVENT,
    GROUP,
    PROVED,
    Hooks,
    alert,
    body,
    event,
    group,
    headers,
    hooks,
    no_trace,
    signature,
)
from tests.world.test_told import BODIES, EVENTS

DOORS = ("alertmanager", "pagerduty")


@pytest.fixture(autouse=True)
def _no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    no_trace(caplog)


NO_JSON = [
    b"", b" ", b"{", b"{'alerts': []}", b"\xff\xfe", b"nonsense", b'{"alerts": [}', b"\x00" * 20, b"\xef\xbb\xbf",
    b'{"alerts": []} and more', b"a" * 100_001, b"\xff" * 200_000, gzip.compress(group()), group()[:-9], event()[:-9],
]  # fmt: skip


def test_what_is_no_json_is_refused_and_nothing_of_it_is_stored(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            for said in NO_JSON:
                answer = await s.sends(door, said)
                assert (answer.status_code, answer.json()) == (400, {"error": "this is no JSON"}), said[:40]
        await s.settle()
        assert set(s.stored().values()) == {0}
        await s.goes_on()

    hooks(tmp_path, story)


WRONG = [
    ("alertmanager", {}),
    ("alertmanager", {"authorization": ""}),
    ("alertmanager", {"authorization": "Bearer"}),
    ("alertmanager", {"authorization": "Bearer none-of-ours"}),
    ("alertmanager", {"authorization": PROVED["authorization"] + "x"}),
    ("alertmanager", {"authorization": PROVED["authorization"].removeprefix("Bearer ")}),
    ("alertmanager", {"authorization": "Bearer \xfc"}),
    ("alertmanager", {"x-pagerduty-signature": signature(group())}),
    ("pagerduty", {}),
    ("pagerduty", {"x-pagerduty-signature": ""}),
    ("pagerduty", {"x-pagerduty-signature": "v1="}),
    ("pagerduty", {"x-pagerduty-signature": signature(event(), "another secret")}),
    ("pagerduty", {"x-pagerduty-signature": signature(event() + b" ")}),
    ("pagerduty", {"x-pagerduty-signature": signature(event()).removeprefix("v1=")}),
    ("pagerduty", {"x-pagerduty-signature": signature(event()).replace("v1=", "v0=")}),
    ("pagerduty", {"x-pagerduty-signature": signature(event())[:-1]}),
    ("pagerduty", {"x-pagerduty-signature": "v1=\xfc," * 500}),
    ("pagerduty", PROVED),
]


def test_who_is_not_proved_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door, said in WRONG:
            answer = await s.sends(door, group() if door == "alertmanager" else event(), said)
            assert answer.status_code == 401, said
            assert "wrong" in answer.json()["error"]
        await s.settle()
        assert set(s.stored().values()) == {0}
        await s.goes_on()

    hooks(tmp_path, story)


def test_of_several_signatures_one_is_enough_and_it_is_over_the_raw_body(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for number, spaces in enumerate((None, 1, 4)):
            said = json.dumps({"event": EVENT | {"id": f"01{number}"}}, indent=spaces).encode()
            several = f"v1={'0' * 64}, v9=strange,{signature(said)} ,v1={'f' * 64}"
            answer = await s.sends("pagerduty", said, {"x-pagerduty-signature": several})
            assert (answer.status_code, answer.json()) == (200, {"taken": True})

    hooks(tmp_path, story)


def test_only_post_is_answered(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        async with httpx.AsyncClient() as client:
            for door in DOORS:
                for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
                    answer = await client.request(method, f"{s.url}/webhooks/{door}", headers=PROVED)
                    assert answer.status_code == 405, method
        assert set(s.stored().values()) == {0}

    hooks(tmp_path, story)


#: What is JSON of any other shape.
SHAPES: list[Any] = [
    [], {}, None, 0, -1, "", "x", True, 1e300, [[]], [GROUP], {"": ""}, {"alerts": None}, {"alerts": {}},
    {"event": None},
    {"event": []}, {"event": {}}, {"event": {"event_type": 7}}, {"event": {"id": 7, "event_type": ["x"], "data": None}},
    {"event": {"id": ["x"], "event_type": "incident.resolved", "data": {"type": "incident", "status": "resolved"}}},
    b"NaN", b'{"event": NaN, "alerts": -Infinity}', b'{"alerts": ' + b"9" * 5000 + b"}", b'"\\ud800"',
    b'{"\\u0000": "\\ud83d", "\\udc00": {"\\ud800": 1}}', b"[" * 200_000 + b"]" * 200_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b'{"alerts": [], "alerts": 7}', b'\xef\xbb\xbf{"alerts": 7}',
    '{"alerts": 7}'.encode("utf-16"), {"password": "hunter2-hunter2", "more": "x" * 10_000},
]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_json_that_tells_nothing_known_is_stored_and_answered_and_has_no_effect(tmp_path: Path, door: str) -> None:
    async def story(s: Hooks) -> None:
        for said in map(body, SHAPES):
            answer = await s.sends(door, said)
            assert answer.status_code == 200, said[:60]
            assert answer.json()["taken"] is True, said[:60]
            assert answer.json()["because"].endswith("."), said[:60]
        await s.settle()
        told = [notice.tells for notice in await s.inbox()]
        assert len(told) == len(SHAPES)
        for each in told:
            assert isinstance(each, Vain)
            assert len(each.words) <= 2000
            assert "hunter2" not in each.words
        assert {table: count for table, count in s.stored().items() if count} == {"inbox": len(SHAPES)}
        await s.goes_on()

    hooks(tmp_path, story)


#: What is a webhook of PagerDuty, and says nothing of how an incident stands.
VAIN_EVENTS = [
    event(id="1", event_type="pagey.ping"), event(id="2", event_type="incident.annotated"),
    event(id="3", event_type="incident.sang"), event(id="4", event_type="service.deleted"),
    event(id="5", event_type=""), event({"status": "simmering"}, id="6"), event({"status": None}, id="7"),
    event({"type": "incident_note"}, id="8"), event({"id": ""}, id="9"), event({"id": 7}, id="10"),
    event({"id": "../users/P1"}, id="11"), event({"id": "Q\ud800"}, id="12"), event({"id": "Q" * 10_000}, id="13"),
]  # fmt: skip


def test_an_unknown_type_or_status_of_pagerduty_has_no_effect(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("pagerduty", event())
        await s.settle()
        before = s.stored()
        caplog.set_level("INFO", "bot.engine.switchboard")
        for said in VAIN_EVENTS:
            answer = await s.sends("pagerduty", said)
            assert (answer.status_code, answer.json()["taken"]) == (200, True), said
        await s.settle()
        assert s.stored() == before | {"inbox": before["inbox"] + len(VAIN_EVENTS)}
        assert all(isinstance(notice.tells, Vain) for notice in (await s.inbox())[1:])
        lines = [line.getMessage() for line in caplog.records if "has no effect" in line.getMessage()]
        assert len(lines) == len(VAIN_EVENTS)
        assert lines[0] == "pagerduty:1 of PagerDuty has no effect: It says nothing of how an incident stands."

    hooks(tmp_path, story)


def test_no_alerts_and_an_unknown_status_of_alertmanager_have_no_effect(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        strange = [
            group(alerts=[]), group(alerts=[], status="resolved"), group(alerts=[], truncatedAlerts=-5),
            group(alerts=[None, 7, "x", []]), group(alerts=[alert(status="pending")]),
            group(alerts=[alert(status=None)], status="suppressed"), group(alerts=[alert(status="resolved")]),
        ]  # fmt: skip
        for said in strange:
            answer = await s.sends("alertmanager", said)
            assert (answer.status_code, answer.json()["taken"]) == (200, True), said
        await s.settle()
        assert {table: count for table, count in s.stored().items() if count} == {"inbox": len(strange)}
        await s.goes_on()

    hooks(tmp_path, story)


def test_an_event_is_stored_once_by_its_id_and_one_without_by_its_body(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        ids = ["01FIRE", "02", None, 7, "", "x" * 10_000, "\x00\ud800", "../x", {"a": 1}]
        for again in (False, True):
            for id_ in ids:
                answer = await s.sends("pagerduty", event(id=id_))
                assert (answer.status_code, answer.json()) == (200, {"taken": not again}), id_
        # The id counts, whatever else is told with it.
        assert (await s.sends("pagerduty", event({"status": "resolved"}))).json() == {"taken": False}
        await s.settle()
        keys = [notice.key for notice in await s.inbox()]
        assert len(set(keys)) == len(keys) == len(ids)
        assert keys[0] == "pagerduty:01FIRE"
        assert max(map(len, keys)) < 250
        assert (await s.incident()).stage.value == "triggered"
        assert len(await s.bot.core.journal.list(kind="incident")) == 1

    hooks(tmp_path, story)


#: When it began, and how it is read there.
TIMES = [
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2026-11-24T10:00:00", "yesterday",
    None, 7, "2026-02-30T00:00:00Z", "\ud800",
]  # fmt: skip


def test_whatever_time_is_told_an_alert_fires_and_ends(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for number, time in enumerate(TIMES):
            await s.passes(seconds=1)
            when = {"startsAt": time, "endsAt": time, "fingerprint": f"{number:016}"}
            for status in ("firing", "resolved"):
                said = group(groupKey=f"{number}", alerts=[alert(status=status, **when)])
                answer = await s.sends("alertmanager", said)
                assert answer.json() == {"taken": True}
                await s.inbox()
                incident = await s.incident()
                assert len(incident.alerts) == (status == "firing"), time
                assert incident.over is (status == "resolved"), time
        rows = await s.bot.core.journal.list(kind="incident")
        assert len(rows) == len(TIMES)

    hooks(tmp_path, story)


def test_a_time_that_has_not_come_makes_nothing_late_that_is_told_after_it(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        core = s.bot.core
        for number, strange in enumerate(TIMES):
            data = {"id": f"Q{number}", "incident_key": f"fire {number}", "created_at": strange}
            # The last is told as of now, and counts: what was told before has not happened later.
            for status in ("triggered", "acknowledged", "resolved"):
                await s.passes(seconds=1)
                when = s.clock.now().isoformat() if status == "resolved" else strange
                told = {"id": f"{number}{status}", "event_type": f"incident.{status}", "occurred_at": when}
                assert (await s.sends("pagerduty", event(data | {"status": status}, **told))).json() == {"taken": True}
                await s.inbox()
                incident = await core.cases.incident(await core.journal.named(f"page Q{number}"))
                assert incident is not None
                assert incident.stage.value == status, strange
        await s.passes(hours=3)

    hooks(tmp_path, story)


def test_any_json_at_all_is_stored_and_answered(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        client = httpx.Client(timeout=30)

        @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
        @given(one=BODIES, other=EVENTS)
        def told(one: Any, other: Any) -> None:
            for door, said in (("alertmanager", body(one)), ("pagerduty", body(other))):
                answer = client.post(f"{s.url}/webhooks/{door}", content=said, headers=headers(door, said))
                assert answer.status_code == 200, answer.text
                assert isinstance(answer.json()["taken"], bool)

        with client:
            await asyncio.to_thread(told)
        await s.settle()
        assert all(isinstance(notice.tells, Group | PageTold | Vain) for notice in await s.inbox())
        s.stored()

    hooks(tmp_path, story)
