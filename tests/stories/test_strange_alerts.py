"""An alert told twice, by two Alertmanagers, mixed, cut or with labels that look like markup: one incident of words."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.doors.slack.blocks import MARKS
from bot.doors.slack.inline import DOTS
from sandbox.slack.person import Seen
from tests.doors.hooks import Hooks, alert, event, group, hooks, no_trace
from tests.stories.alarm import ALERTS


@pytest.fixture(autouse=True)
def _no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    no_trace(caplog)


#: Words, and how a title shows them.
STRANGE = [
    ("<!channel> <!here> @everyone", "<!channel> <!here> @everyone"), ("<@UOLGA> <#CONCALL>", "<@UOLGA> <#CONCALL>"),
    ("*bold* _it_ ~no~ > quoted", "*bold* _it_ ~no~ > quoted"), ("`", "`"), ("```\nblock\n```", "``` block ```"),
    ("<https://evil.example|click>", "<https://evil.example|click>"), (":fire: :x:", ":fire: :x:"),
    ("a\nb\r\n\n\tc", "a b c"), ("\u202egnp.exe \u05d0\u05d1", "gnp.exe \u05d0\u05d1"),
    ("&lt;!channel&gt;", "&lt;!channel&gt;"), ("\x1b[31mred\x07", "[31mred"), ("{braces} %s \\", "{braces} %s \\"),
    ("👩‍👩‍👧 Ünï", "👩‍👩‍👧 Ünï"),
    ("x" * 10_000, "x" * 100),
    ("", "an alert without a name"), (" \n ", "an alert without a name"), ("\ud800\x00", "\ufffd\ufffd"),
]  # fmt: skip


def test_labels_that_look_like_markup_are_words_on_the_card_and_in_its_thread(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        alerts = [_labelled(words) for words, _ in STRANGE]
        for number, (strange, (words, _)) in enumerate(zip(alerts, STRANGE, strict=True)):
            answer = await s.sends("alertmanager", group(groupKey=f"{number}", alerts=[strange], externalURL=words))
            assert answer.json() == {"taken": True}
        await _all_are_words(s, [shown for _, shown in STRANGE])
        for number, strange in enumerate(alerts):
            await s.sends("alertmanager", group(groupKey=f"{number}", alerts=[strange | {"status": "resolved"}]))
        await _all_are_words(s, [])
        cards = await s.until(lambda: _over(s.person("ana").sees(ALERTS)))
        assert len(cards) == len(STRANGE)
        assert await s.bot.core.journal.list(kind="incident", open_only=True) == []

    hooks(tmp_path, story)


def test_words_of_pagerduty_that_look_like_markup_are_words(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for number, (words, _) in enumerate(STRANGE):
            agent = {"id": words, "type": "user_reference", "summary": words}
            data = {"id": f"Q{number}", "title": words, "incident_key": f"{number}", "html_url": words}
            for status in ("triggered", "acknowledged"):
                told = {"id": f"{number}{status}", "event_type": f"incident.{status}", "agent": agent}
                answer = await s.sends("pagerduty", event(data | {"status": status}, **told))
                assert answer.json() == {"taken": True}
        names = [shown.replace("an alert without a name", "an incident without a title") for _, shown in STRANGE]
        await _all_are_words(s, names)

    hooks(tmp_path, story)


def _over(seen: list[Seen]) -> list[Seen]:
    """The cards, when there is one of each and all say that it is over; none before."""
    cards = [one for one in seen if not one.thread_ts]
    return cards if len(cards) >= len(STRANGE) and all("Resolved" in one for one in cards) else []


def _labelled(words: str) -> dict[str, Any]:
    labels = {"alertname": words, "pod": words, "severity": words, "service": words, words: words} if words else {}
    notes = {"summary": words, "description": words, "runbook_url": words} if words else {}
    return alert(labels=labels, annotations=notes, generatorURL=words)


async def _all_are_words(s: Hooks, titles: list[str]) -> None:
    """There is a card of each of these titles, and nothing that is said in the channel is more than words."""
    await s.inbox()
    for title in titles:
        await s.sees_card(title)
    for message in s.workspace.messages(s.workspace.channel(ALERTS[1:]).id):
        _is_words(message.text, message.blocks)


def _is_words(text: str, blocks: list[dict[str, Any]]) -> None:
    """Nobody is called by it, nothing of it is a link, and nothing of it is set in another face than ours.

    The bot itself calls who is on call, so a mention is looked at by whom it mentions.
    """
    marked = [each["text"] for each in _objects(blocks) if each.get("type") == "mrkdwn"]
    for said in (text, *marked):
        ours = re.sub(r"<!date\^\d+\^[^<>|]*\|[^<>]*>", "", said)
        assert "<" not in ours, said
        assert not re.search(r"@(here|channel|everyone)", ours), said
    for said in marked:
        assert not re.search(r"evil|bold|:fire:|```", said), said
    kinds = {each["type"] for each in _objects(blocks) if "type" in each}
    assert not kinds & {"broadcast", "usergroup", "channel", "link", "image"}, kinds
    assert {each["user_id"] for each in _objects(blocks) if each.get("type") == "user"} <= {"UANA"}
    for each in _objects(blocks):
        assert each.get("type") != "emoji" or each["name"] in {*MARKS.values(), *DOTS.values()}
        assert each.get("type") != "plain_text" or each["emoji"] is False
    assert not re.search("[\\x00\\x07\\x1b\\u202e\\ud800-\\udfff]", text + json.dumps(blocks, ensure_ascii=False))


def _objects(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        yield told
        told = list(told.values())
    if isinstance(told, list):
        for each in told:
            yield from _objects(each)


def test_the_same_alert_by_two_alertmanagers_again_and_at_once_is_one_incident(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        bodies = [group(externalURL=f"http://alertmanager-{number % 2}.example") for number in range(10)]
        answers = await asyncio.gather(*(s.sends("alertmanager", said) for said in bodies))
        assert {answer.status_code for answer in answers} == {200}
        await s.sees_card("P0 · ServiceDown · bridge")
        assert all(notice.tells for notice in await s.inbox())
        ends = [group(alerts=[alert(status="resolved")], status="resolved")] * 2
        await asyncio.gather(*(s.sends("alertmanager", said) for said in ends))
        await s.until(lambda: "Resolved in Alertmanager" in s.shows(ALERTS))
        # What was under way when it ended comes late.
        await s.sends("alertmanager", bodies[0])
        await s.passes(minutes=1)
        assert len(await s.bot.core.journal.list(kind="incident")) == 1
        assert (await s.incident()).over

    hooks(tmp_path, story)


def test_a_group_that_mixes_what_fires_and_what_has_ended_is_one_incident_that_knows_both(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        one, two, three = (
            alert(fingerprint=f"{n:016}", labels={"alertname": "HighDiskUsage", "node": f"node-{n}"}) for n in (1, 2, 3)
        )
        over = {"status": "resolved"}
        for alerts in ([one, two], [one | over, two], [one | over, two, three], [two | over, three, three]):
            await s.sends("alertmanager", group(alerts=alerts))
            await s.passes(seconds=31)
        card = await s.sees_card("1 firing, 2 ended")
        assert "node-3" in card
        # A late telling of the first ends nothing, and opens nothing.
        await s.sends("alertmanager", group(alerts=[one, three], status="firing"))
        await s.passes(seconds=31)
        assert "1 firing, 2 ended" in s.card(card)
        await s.sends("alertmanager", group(alerts=[one | over, two | over, three | over], status="resolved"))
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert len(await s.bot.core.journal.list(kind="incident")) == 1

    hooks(tmp_path, story)


def test_a_worse_alert_that_joins_makes_the_incident_worse(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        low = alert(fingerprint="f1", labels={"alertname": "HighMemoryUsage", "instance": "node-1"})
        await s.sends("alertmanager", group(alerts=[low]))
        card = await s.sees_card("P2 · HighMemoryUsage")
        await s.sends("alertmanager", group(alerts=[low, alert()]))
        await s.until(lambda: "P0" in s.card(card))
        await s.sees("ana", "P0 ·", where="#aureus-critical")
        worse = await s.sees("ana", "Now P0, critical: ServiceDown fires too.", where=ALERTS)
        assert "user_id" not in str(worse.blocks), "the ladder calls"
        shown = s.shows(ALERTS)
        assert shown.index("fires: ServiceDown") < shown.index("ServiceDown fires too"), "what happened first is first"
        leak = alert(fingerprint="f3", labels={"alertname": "SignatureVerificationFailures"})
        await s.sends("alertmanager", group(alerts=[low, alert(), leak]))
        await s.passes(seconds=1)
        incident = await s.incident()
        assert incident.security
        assert "ciso" in {role for rung in incident.rungs for role in rung.roles}
        await s.sees("ana", "Now P0, critical, security: SignatureVerificationFailures fires too.", where=ALERTS)
        ended = [one | {"status": "resolved"} for one in (low, alert(), leak)]
        await s.sends("alertmanager", group(alerts=ended))
        assert "Now P0, critical: ServiceDown fires too." in await s.document()
        assert len(await s.bot.core.journal.list(kind="incident")) == 1

    hooks(tmp_path, story)


def test_an_incident_that_gets_worse_calls_those_who_do_not_know_of_it_and_counts_since_it_began(
    tmp_path: Path,
) -> None:
    async def story(s: Hooks) -> None:
        high = alert(fingerprint="f1", labels={"alertname": "BridgeHighErrorRate", "job": "bridge"})
        await s.sends("alertmanager", group(alerts=[high]))
        card = await s.sees_card("P1 · BridgeHighErrorRate")
        await s.until(lambda: s.lines("it is P1"))
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(minutes=35)
        await s.until(lambda: s.lines("it is P1 and not resolved after 30 minutes"))
        await s.sends("alertmanager", group(alerts=[high, alert()]))
        await s.until(lambda: s.lines("it is P0"))
        called = "".join(str(line.blocks) for line in s.lines("it is P0"))
        assert "UGORAN" in called, "the DevOps Manager, since it is not resolved for 30 minutes"
        assert "UANA" not in called, "she was told when it was P1"
        assert "UELIF" not in called, "she was told after 30 minutes"

    hooks(tmp_path, story)


def test_whatever_is_said_of_those_that_were_left_out_those_that_were_told_count(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        said = (2, -2, 10**30, "many", None, True, 1.5)
        for number, left_out in enumerate(said):
            await s.sends("alertmanager", group(groupKey=f"{number}", truncatedAlerts=left_out))
            await s.inbox()
            await s.passes(seconds=1)
            assert len((await s.incident()).alerts) == 1
        assert len(await s.bot.core.journal.list(kind="incident")) == len(said)

    hooks(tmp_path, story)


def test_a_group_key_of_10000_characters_is_one_key(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        long = "k" * 9_999
        for key in (f"{long}a", f"{long}a", f"{long}b", f"{long}\ud800", "\x00"):
            await s.sends("alertmanager", group(groupKey=key))
            await s.inbox()
            await s.passes(seconds=1)
        assert len(await s.bot.core.journal.list(kind="incident")) == 4

    hooks(tmp_path, story)
