"""What PagerDuty's webhooks tell late, or in another order than it happened; and what it has none of."""

from pathlib import Path

import httpx

from bot.domain.request import incident_id
from sandbox.pagerduty.aureus import SUBSCRIPTION
from sandbox.pagerduty.faults import Fault
from sandbox.pagerduty.outbox import headers_of
from tests.doors.hooks import Hooks, event, hooks
from tests.stories.alarm import Alarm, alarm

API = {"type": "api"}


async def comes(s: Alarm, kind: str, page: str = "") -> None:
    """A webhook that was held comes now."""
    told = s.account.subscriptions[SUBSCRIPTION]
    found = next(one for one in told.queue if one.event_type == f"incident.{kind}" and one.about == (page or s.page.id))
    told.queue.remove(found)
    async with httpx.AsyncClient() as client:
        answer = await client.post(told.url, content=found.body, headers=headers_of(told, found))
    assert answer.json() == {"taken": True}
    await s.passes(seconds=10)  # so long a page may wait for its alerts


async def incidents(s: Alarm) -> int:
    return len(await s.bot.core.journal.list(kind="incident"))


def test_the_end_of_the_page_before_is_not_that_of_the_one_that_it_has(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "#1" in s.card(card))
        before = s.page
        s.account.faults.add(Fault("webhooks-held"))
        s.account.life.resolve(before, by=s.account.person("ben").agent, channel=API)
        await s.passes(seconds=1)
        await s.fires("BridgeHighErrorRate", pod="second")
        await s.passes(seconds=6)
        assert s.page.id != before.id
        await comes(s, "triggered")
        await comes(s, "resolved", before.id)
        incident = await s.incident()
        assert not incident.over
        assert incident.page is not None
        assert incident.page.id == s.page.id
        for _ in range(3):
            await s.passes(minutes=1)
            await s.looks()
        assert await incidents(s) == 1

    alarm(tmp_path, story)


def test_a_page_that_is_told_when_it_is_over_opens_nothing(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(Fault("webhooks-held"))
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(minutes=20)
        await comes(s, "triggered")
        assert await incidents(s) == 1
        await comes(s, "resolved")
        assert await incidents(s) == 1

    alarm(tmp_path, story)


def test_a_page_whose_end_is_told_before_its_beginning_calls_nobody(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(Fault("webhooks-held"))
        ben = s.account.person("ben").agent
        s.account.life.trigger(next(iter(s.account.services.values())), "It burns", "fire", ben, API)
        s.account.life.resolve(s.page, by=ben, channel=API)
        await comes(s, "resolved")
        await comes(s, "triggered")
        assert await incidents(s) == 0

    alarm(tmp_path, story)


def test_whoever_has_a_page_by_the_time_it_is_told_has_its_incident(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(Fault("webhooks-held"))
        ben = s.account.person("ben").agent
        s.account.life.trigger(next(iter(s.account.services.values())), "It burns", "fire", ben, API)
        s.account.life.acknowledge(s.page, by=s.account.person("ana").agent, channel=API)
        await comes(s, "triggered")
        await s.sees_card("Ana Silva has it since")
        await s.passes(minutes=1)
        assert not s.lines("Called Ana Silva"), "the pager of who has it does not ring"

    alarm(tmp_path, story)


def test_while_pagerduty_cannot_be_read_its_page_waits_a_minute_and_no_longer(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        s.account.faults.add(Fault("away"))
        await s.sends("pagerduty", event())
        await s.passes(seconds=30)
        assert await incidents(s) == 0
        await s.passes(seconds=31)
        await s.sees_card("P1 · It burns")

    hooks(tmp_path, story)


def test_what_ended_while_pagerduty_was_away_leaves_the_page_to_what_came_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "#1" in s.card(card))
        first = await s.incident()
        s.account.faults.add(Fault("away"))
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.fires("BridgeHighErrorRate")
        await s.sees_card("Nobody has it yet")
        assert await incidents(s) == 2
        s.account.faults.heal("away")
        for _ in range(4):
            await s.passes(seconds=30)
            await s.looks()
        again = await s.incident()
        assert again.id != first.id
        assert not again.over
        assert again.page is not None
        assert again.page.id == s.page.id, "it is the same one there"
        assert s.page.status == "triggered"
        assert "Resolved in Alertmanager" in s.card(card), "and what is over stays so"

    alarm(tmp_path, story)


def test_the_card_says_that_pagerduty_has_none_of_it_until_it_has(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        none = "PagerDuty has none of it"
        s.account.faults.add(Fault("events-held"))
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.looks()
        assert none not in s.card(card), "its Alertmanager may be about to tell it"
        await s.passes(minutes=2)
        await s.looks()
        await s.until(lambda: none in s.card(card))
        s.account.faults.heal("events-held")
        await s.passes(minutes=1)
        await s.until(lambda: "#1" in s.card(card))
        assert none not in s.card(card)

    alarm(tmp_path, story)


def test_what_is_told_late_began_when_it_began_and_calls_nobody_who_has_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        began = s.clock.now()
        s.holds_back = True
        s.account.faults.add(Fault("webhooks-held"))
        await s.fires("BridgeHighErrorRate")
        await s.passes(minutes=2)
        s.account.life.acknowledge(s.page, by=s.account.person("ana").agent, channel=API)
        await s.passes(minutes=8)
        s.holds_back = False
        await s.passes(seconds=20)
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        assert "acknowledged after 2 min" in s.card(card)
        assert (await s.incident()).opened == began
        await s.passes(minutes=1)
        assert not s.lines("Called Ana Silva")
        await s.ends("BridgeHighErrorRate")
        assert "Acknowledged after 2 min." in await s.document()

    alarm(tmp_path, story)


def test_what_is_told_late_is_climbed_since_it_was_told(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        late = "nobody has acknowledged it within 5 minutes"
        s.holds_back = True
        s.account.faults.add(Fault("webhooks-held"))
        await s.fires("BridgeHighErrorRate")
        await s.passes(minutes=20)
        s.holds_back = False
        await s.passes(seconds=20)
        await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: s.lines("it is P1."))
        assert not s.lines(late)
        await s.passes(minutes=5)
        await s.until(lambda: s.lines(late))

    alarm(tmp_path, story)


def test_the_document_waits_for_who_is_about_to_say_why_it_is_over(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "told: Ana Silva" in s.card(card))
        s.account.faults.add(Fault("events-held"))
        s.account.faults.add(Fault("errors", verb="PUT", status=503))
        await s.fills_in("ana", card, "Resolve", "a full disk")
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(minutes=1)
        assert not s.workspace.files
        s.account.faults.heal("errors")
        await s.document("a full disk (as it was said when it was resolved)")
        assert len(s.workspace.files) == 1

    alarm(tmp_path, story)


def test_who_resolves_it_on_the_card_gets_one_document_with_their_words(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "told: Ana Silva" in s.card(card))
        await s.fills_in("ana", card, "Resolve", "a full disk")
        await s.document("a full disk (as it was said when it was resolved)")
        await s.passes(minutes=2)
        assert len(s.workspace.files) == 1
        assert len(s.lines("The incident document is in this thread")) == 1

    alarm(tmp_path, story)


def test_what_is_still_to_be_resolved_in_pagerduty_is_not_opened_again_because_it_is_open_there(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "told: Ana Silva" in s.card(card))
        s.account.faults.add(Fault("events-held"))
        s.account.faults.add(Fault("errors", verb="PUT", status=503))
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        for _ in range(4):
            await s.passes(minutes=1)
            await s.looks()
        assert s.page.status == "triggered"
        assert "Resolved in Alertmanager" in s.card(card)
        assert not s.lines("Open again")

    alarm(tmp_path, story)


def test_what_comes_again_in_the_moment_in_which_it_came_and_went_is_an_incident_of_its_own(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        now = s.clock.now().isoformat()
        happened = (
            ("Q1", "triggered"),
            ("Q1", "resolved"),
            ("Q2", "triggered"),
            ("Q2", "resolved"),
            ("Q3", "triggered"),
        )
        for number, (page, status) in enumerate(happened):
            data = {"id": page, "number": int(page[1:]), "status": status, "created_at": now}
            kind = f"incident.{status}"
            await s.sends("pagerduty", event(data, id=f"E{number}", event_type=kind, occurred_at=now))
            await s.settle()
        await s.passes(seconds=1)
        rows = await s.bot.core.journal.list(kind="incident")
        cases = [await s.bot.core.cases.incident(row.case) for row in rows]
        pages = sorted((case.page.id, case.over) for case in cases if case is not None and case.page is not None)
        assert pages == [("Q1", True), ("Q2", True), ("Q3", False)]
        assert not await s.bot.core.journal.untaken(until=s.clock.now())

    hooks(tmp_path, story)


def test_two_that_begin_in_one_moment_and_would_have_one_id_are_two_incidents(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        keys = ("fire-951694", "fire-1029036")  # found by trying: with this moment they have one hash of forty bits
        ids = {incident_id(key, s.clock.now()) for key in keys}
        assert len(ids) == 1
        for number, key in enumerate(keys):
            data = {"id": f"Q{number}", "incident_key": key, "created_at": s.clock.now().isoformat()}
            await s.sends("pagerduty", event(data, id=f"E{number}"))
            await s.settle()
        await s.passes(seconds=1)
        rows = await s.bot.core.journal.list(kind="incident")
        cases = [await s.bot.core.cases.incident(row.case) for row in rows]
        assert {case.key for case in cases if case is not None} == set(keys)
        assert ids < {row.case for row in rows}
        # What is told of them is told of them.
        await s.sends("pagerduty", event({"id": "Q1", "incident_key": keys[1], "status": "resolved"}, id="E9"))
        await s.passes(seconds=1)
        over = [await s.bot.core.cases.incident(row.case) for row in rows]
        assert {case.key for case in over if case is not None and case.over} == {keys[1]}

    hooks(tmp_path, story)
