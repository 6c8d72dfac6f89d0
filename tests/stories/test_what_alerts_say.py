"""What an alert that fires on says now: on the card at the pace of numbers, and worse where it is worse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident_event import Retold
from sandbox.alertmanager.faults import Fault
from tests.doors.hooks import Hooks, alert, group, hooks, no_trace
from tests.stories.alarm import ALERTS


@pytest.fixture(autouse=True)
def _no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    no_trace(caplog)


def _hot(says: str) -> dict[str, Any]:
    labels = {"alertname": "BridgeHighCPU", "job": "bridge"}
    return alert(
        fingerprint="f1", labels=labels, annotations={"summary": f"CPU {says}", "description": f"It is {says}."}
    )


def test_an_alert_that_becomes_worse_makes_its_incident_worse_and_never_better(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("alertmanager", group(alerts=[_hot("91%")]))
        card = await s.sees_card("P2 · BridgeHighCPU")
        await s.until(lambda: s.lines("it is P2"))
        await s.passes(minutes=5)
        await s.sends("alertmanager", group(alerts=[_hot("97%")]))
        await s.until(lambda: "P1 · BridgeHighCPU" in s.card(card))
        assert "CPU 97%" in s.card(card)
        await s.sees("ana", "Now P1, high: BridgeHighCPU has become worse.", where=ALERTS)
        await s.sees("ana", "P1 · BridgeHighCPU", where="#aureus-critical")
        assert len(s.lines("An alert fires")) == 1
        await s.passes(minutes=5)
        await s.sends("alertmanager", group(alerts=[_hot("80%")]))
        await s.until(lambda: "CPU 80%" in s.card(card))
        assert "P1 · BridgeHighCPU" in s.card(card)
        await s.sends("alertmanager", group(alerts=[_hot("98%")]))
        await s.passes(minutes=1)
        assert len(s.lines("has become worse")) == 1
        called = "".join(str(line.blocks) for line in s.lines("not resolved after 30 minutes") or s.lines("it is P1"))
        assert "UANA" not in called, "she was told when it was P2"

    hooks(tmp_path, story)


def test_what_an_alert_says_now_is_on_the_card_at_the_pace_of_numbers(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("alertmanager", group(alerts=[_hot("91%")]))
        card = await s.sees_card("P2 · BridgeHighCPU")
        await s.passes(minutes=1)
        await s.sends("alertmanager", group(alerts=[_hot("92%")]))
        await s.until(lambda: "CPU 92%" in s.card(card))
        began = s.clock.now()
        await s.passes(seconds=1)
        await s.sends("alertmanager", group(alerts=[_hot("93%")]))
        await s.settle()
        assert "CPU 92%" in s.card(card)
        await s.until(lambda: "CPU 93%" in s.card(card))
        assert 25 <= (s.clock.now() - began).total_seconds() <= 40
        position = (await s.incident()).position
        # Of two Prometheus each has an address of its own: that is nothing new.
        await s.sends("alertmanager", group(alerts=[_hot("93%") | {"generatorURL": "http://other.example/graph"}]))
        await s.passes(minutes=1)
        assert (await s.incident()).position == position

    hooks(tmp_path, story)


def test_a_telling_that_had_to_wait_does_not_write_over_what_an_alert_says_now(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("alertmanager", group(alerts=[_hot("91%")]))
        card = await s.sees_card("P2 · BridgeHighCPU")
        s.alerts.faults.switch(Fault.DOWN, on=True)
        # It counts at once, and is taken again until those that were left out are known.
        await s.sends("alertmanager", group(alerts=[_hot("93%")], truncatedAlerts=1))
        await s.until(lambda: "CPU 93%" in s.card(card))
        await s.passes(seconds=1)
        await s.sends("alertmanager", group(alerts=[_hot("50%")]))
        await s.until(lambda: "CPU 50%" in s.card(card))
        for _ in range(8):
            await s.passes(seconds=20)
            assert "CPU 50%" in s.card(card)
        s.alerts.faults.switch(Fault.DOWN, on=False)
        await s.passes(minutes=1)
        await s.inbox()
        assert "CPU 50%" in s.card(card)

    hooks(tmp_path, story)


def test_of_a_large_group_only_what_is_shown_or_becomes_worse_is_written_down(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        def told(*says: str) -> bytes:
            return group(alerts=[_hot(each) | {"fingerprint": f"f{n:02}"} for n, each in enumerate(says)])

        await s.sends("alertmanager", told(*["91%"] * 12))
        card = await s.sees_card("and 4 more that fire")
        before = (await s.incident()).position
        await s.sends("alertmanager", told(*["91%"] * 8, *["92%"] * 4))
        await s.inbox()
        assert (await s.incident()).position == before
        await s.sends("alertmanager", told(*["91%"] * 8, "97%", *["93%"] * 3))
        await s.until(lambda: "P1 · BridgeHighCPU" in s.card(card))
        events = await s.bot.core.journal.events((await s.incident()).id)
        (retold,) = [event for event in events if isinstance(event, Retold)]
        assert [alert.fingerprint for alert in retold.alerts] == ["f08"]
        ended = [_hot("91%") | {"fingerprint": f"f{n:02}", "status": "resolved"} for n in range(8)]
        left = [_hot("94%") | {"fingerprint": f"f{n:02}"} for n in range(8, 12)]
        await s.sends("alertmanager", group(alerts=[*ended, *left]))
        await s.until(lambda: "CPU 94%" in s.card(card))

    hooks(tmp_path, story)


def test_the_word_of_a_person_on_how_bad_it_is_stands_when_the_same_is_told_again(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("alertmanager", group(alerts=[_hot("97%")]))
        card = await s.sees_card("P1 · BridgeHighCPU")
        await s.says("ana", f"/aureus severity {(await s.incident()).id} p3 because nobody notices", where=ALERTS)
        await s.until(lambda: "P3 · BridgeHighCPU" in s.card(card))
        await s.sends("alertmanager", group(alerts=[_hot("98%")]))
        await s.until(lambda: "CPU 98%" in s.card(card))
        assert "P3 · BridgeHighCPU" in s.card(card)
        await s.says("ana", f"/aureus severity {(await s.incident()).id} p0 because all notice", where=ALERTS)
        await s.until(lambda: "P0 · BridgeHighCPU" in s.card(card))
        await s.sends("alertmanager", group(alerts=[_hot("99%")]))
        await s.until(lambda: "CPU 99%" in s.card(card))
        assert "P0 · BridgeHighCPU" in s.card(card)

    hooks(tmp_path, story)
