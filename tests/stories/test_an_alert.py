"""An alert becomes an incident: one card, acknowledged with ✅, escalated by the clock, resolved."""

from datetime import timedelta
from pathlib import Path

from sandbox.pagerduty.faults import Fault
from tests.stories.alarm import ALERTS, Alarm, alarm


def test_an_alert_is_one_card_and_is_acknowledged_as_who_reacted(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        assert "Nobody has it yet" in card
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        assert s.page.status == "acknowledged"
        cards = [one for one in s.person("ana").sees(ALERTS) if "ServiceDown" in one and not one.thread_ts]
        assert len(cards) == 1

    alarm(tmp_path, story)


def test_when_the_alert_ends_it_is_resolved_everywhere(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert s.page.status == "resolved"

    alarm(tmp_path, story)


def test_who_has_it_already_is_named_and_it_can_be_taken_over(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        s.account.life.acknowledge(s.page, by=s.account.person("ana").agent, channel={"type": "api"})
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.person("ben").reacts(card, "white_check_mark")
        asked = await s.is_told("ben", "Ana Silva has it. Take over?", where=ALERTS)
        assert "Ana Silva has it since" in s.card(card)
        await s.presses("ben", asked, "Take over")
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        await s.until(lambda: "Take over?" not in s.shows(ALERTS, "ben"))  # it was answered
        line = await s.sees("ana", "taken over from", where=ALERTS)
        assert "UANA" in str(line.blocks), "she is told"

    alarm(tmp_path, story)


def test_what_is_resolved_in_pagerduty_is_not_opened_again_by_a_reaction(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        s.account.faults.add(Fault("webhooks-held"))
        s.account.life.resolve(s.page, by=s.account.person("ben").agent, channel={"type": "api"})
        before = s.account.asked("PUT", "/incidents")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Nothing was sent there, since that would open it again" in s.card(card))
        assert s.page.status == "resolved"
        assert s.account.asked("PUT", "/incidents") == before

    alarm(tmp_path, story)


def test_pagerduty_is_away_and_the_reaction_is_kept(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.passes(seconds=3)
        s.account.faults.add(Fault("away"))
        before = s.clock.now()
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "not confirmed yet: PagerDuty" in s.card(card))
        assert s.clock.now() - before < timedelta(seconds=5), "who reacts must not wait to see that"
        assert "It is tried again by itself" in s.card(card)
        assert "Ana Silva is taking it: not confirmed by PagerDuty yet" in s.card(card)
        s.account.faults.heal("away")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        assert s.page.status == "acknowledged"

    alarm(tmp_path, story)


def test_somebody_whom_pagerduty_does_not_know_is_told_what_to_do(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("goran").reacts(card, "white_check_mark")
        told = await s.is_told("goran", "PagerDuty knows nobody with goran@aureus.example", where=ALERTS)
        assert "config/people.yaml" in told
        assert "Nobody has it yet" in s.card(card)

    alarm(tmp_path, story)


def test_pagerduty_is_quicker_by_seconds_and_the_alert_says_what_it_is_about_and_where_it_is_told(
    tmp_path: Path,
) -> None:
    async def story(s: Alarm) -> None:
        s.holds_back = True
        await s.fires("BridgeHighCPU")
        s.holds_back = False
        await s.passes(seconds=6)
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        assert "*PagerDuty*" in s.card(card), "what it told first is known as soon as there is an incident"
        worse = [one for one in s.person("ana").sees("#aureus-critical") if "BridgeHighCPU" in one]
        assert worse == [], "a page alone is of high urgency: its card would stand where the worst do"

    alarm(tmp_path, story)


def test_the_alert_is_late_and_the_card_says_what_it_is_about_as_soon_as_that_is_known(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.holds_back = True
        await s.fires("ServiceDown")
        await s.passes(seconds=12)
        card = await s.sees_card("ServiceDown")
        assert "none; PagerDuty alone has it" in s.card(card)
        s.holds_back = False
        await s.passes(seconds=6)
        await s.until(lambda: "P0 · ServiceDown · bridge" in s.card(card))
        assert "1 firing" in s.card(card)
        cards = [one for one in s.person("ana").sees(ALERTS) if "Severity" in one and not one.thread_ts]
        assert len(cards) == 1
        await s.sees("ana", "P0 · ServiceDown · bridge", where="#aureus-critical")

    alarm(tmp_path, story)


def test_other_signs_and_other_messages_do_nothing(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        line = await s.sees("ana", "An alert fires", where=ALERTS)
        await s.person("ana").reacts(card, "eyes")
        await s.person("ana").reacts(line, "white_check_mark")
        await s.passes(seconds=30)
        assert "Nobody has it yet" in s.card(card)
        assert s.page.status == "triggered"

    alarm(tmp_path, story)


def test_only_a_person_who_reacts_to_a_card_is_told_that_they_are_not_known(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        line = await s.sees("ana", "An alert fires", where=ALERTS)
        await s.person("olga").reacts(line, "white_check_mark")
        await s.passes(seconds=30)
        assert "I do not know you" not in s.shows(ALERTS, "olga")
        s.workspace.user("olga").is_bot = True
        await s.person("olga").reacts(card, "white_check_mark")
        await s.passes(seconds=30)
        assert "I do not know you" not in s.shows(ALERTS, "olga")
        assert await s.bot.core.journal.untaken() == [], "it is done with"
        s.workspace.user("olga").is_bot = False
        await s.person("olga").reacts(card, "white_check_mark", on=False)
        await s.person("olga").reacts(card, "white_check_mark")
        await s.is_told("olga", "I do not know you", where=ALERTS)
        assert "Nobody has it yet" in s.card(card)

    alarm(tmp_path, story)


def test_it_is_resolved_on_the_card_with_words(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.fills_in("ana", card, "Resolve", "a bad deploy, rolled back")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        assert "A bad deploy, rolled back" in s.card(card)
        assert s.page.status == "resolved"

    alarm(tmp_path, story)


def test_severity_and_notes_are_in_the_timeline(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        id_ = (await s.incident()).id
        example = f"Say it like this: `severity {id_} p1`."
        await s.says("ana", f"/aureus severity {id_} bad", where=ALERTS)
        await s.is_told("ana", f"“bad” is none of p0, p1, p2, p3. {example}", where=ALERTS)
        await s.says("ana", f"/aureus severity {id_} because customers notice", where=ALERTS)
        await s.is_told("ana", f"`severity` needs how bad it is. {example}", where=ALERTS)
        await s.fills_in("ana", card, "Severity", "customers notice", choice="P1, high")
        await s.until(lambda: "P1 · BridgeHighCPU" in s.card(card))
        await s.fills_in("dana", s.card(card), "Note", "“three” nodes are hot because it is hot")
        noted = await s.sees("ana", '"three" nodes are hot because it is hot', where=ALERTS)
        assert noted.thread_ts == card.ts
        await s.sees("ana", "customers notice", where=ALERTS)

    alarm(tmp_path, story)
