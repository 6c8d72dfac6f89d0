"""After an incident: its document, its post-mortem, and being reminded of it."""

from datetime import timedelta
from pathlib import Path

from bot.domain.request import Place, Request
from bot.engine.incident_teller import card_keys
from bot.world.incidents import End
from tests.domain.toy import ANA
from tests.stories.alarm import ALERTS, Alarm, alarm


def test_the_document_tells_what_really_happened_and_marks_the_rest_as_open(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.passes(minutes=2)
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.fills_in("ana", s.card(card), "Note", "the <b>new</b> image is *broken*, says <@UBEN>")
        await s.sees("ana", "is *broken*", where=ALERTS)
        await s.passes(minutes=10)
        await s.fills_in("ana", s.card(card), "Resolve", "a bad deploy, rolled back")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        said = await s.document("a bad deploy")
        assert said.startswith(
            "# 2026-11-24 P1 BridgeHighErrorRate · bridge\n\n## Summary\n\nP1, high: BridgeHighErrorRate"
        )
        headings = [line.removeprefix("## ") for line in said.splitlines() if line.startswith("## ")]
        assert headings == [
            "Summary", "Timeline", "Impact", "Root cause", "Resolution", "Action items", "Lessons learned",
        ]  # fmt: skip
        assert "Ana Silva has it" in said
        assert "the \\<b\\>new\\</b\\> image is \\*broken\\*" in said
        assert "says @Ben Okafor" in said
        timeline = said[said.index("## Timeline") : said.index("## Impact")]
        assert timeline.index("root cause was found") < timeline.index("mitigated") < timeline.index("Resolved")
        assert "a bad deploy, rolled back" in said
        assert "- Services: bridge" in said
        assert "- Users: _open_" in said
        assert "Post-mortem (owner: Ana Silva, due: 2026-11-26" in said
        summary = await s.sees("ana", "The incident document is in this thread", where=ALERTS)
        assert summary.thread_ts == card.ts
        assert "P1 · BridgeHighErrorRate · bridge, resolved after 12 min" in summary.text
        assert "by Ana Silva. Ana Silva had it." in summary.text
        assert "a bad deploy, rolled back" in summary

    alarm(tmp_path, story)


def test_the_cause_is_in_the_document_although_pagerduty_tells_first_that_it_is_over(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        # As it is when she says it here, and PagerDuty's webhook is quicker than the last step of her run.
        s.account.life.resolve(s.page, by=s.account.person("ana").agent, channel={"type": "api"})
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        assert "a bad deploy" not in await s.document()
        said = End((await s.incident()).id, ANA, "a bad deploy, rolled back")
        await s.bot.core.ledger.do(said)
        await s.until(lambda: "A bad deploy, rolled back" in s.card(card))
        await s.document("a bad deploy, rolled back (as it was said")
        count = len(s.workspace.files)
        await s.bot.core.ledger.do(said)
        await s.passes(seconds=10)
        assert len(s.workspace.files) == count, "what was said already is no news"
        await s.says("ana", f"/aureus severity {said.id} p0", where=ALERTS)
        await s.is_told("ana", "is resolved, so its severity stays as it is", where=ALERTS)

    alarm(tmp_path, story)


def test_the_post_mortem_of_a_p1_is_reminded_of_and_a_p2_has_none(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.fills_in("ana", s.card(card), "Resolve", "a bad deploy, rolled back")
        await s.sees("ana", "The post-mortem is on", where=ALERTS)
        await s.passes(days=3)
        reminded = await s.sees("ana", "the post-mortem of this is due", where=ALERTS)
        assert "UANA" in str(reminded.blocks)
        assert reminded.thread_ts == card.ts
        count = len([one for one in s.person("ana").sees(ALERTS) if "the post-mortem of this is due" in one])
        await s.passes(days=3)
        assert count == len([one for one in s.person("ana").sees(ALERTS) if "the post-mortem of this is due" in one])

        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        await s.fills_in("ana", card, "Resolve", "it was the backup")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        assert "post-mortem" not in (await s.document()).lower()
        assert (await s.incident()).due is None

    alarm(tmp_path, story)


def test_the_post_mortem_of_what_nobody_had_is_that_of_who_resolved_it_or_else_was_called(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.ends("BridgeHighErrorRate")
        await s.passes(days=3)
        reminded = await s.sees("ana", "the post-mortem of this is due", where=ALERTS)
        assert "UANA" in str(reminded.blocks), "who was on call"
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.fills_in("dana", card, "Resolve", "a bad deploy, rolled back")
        await s.until(lambda: "Resolved by Dana Weiss" in s.card(card))
        await s.document("a bad deploy")
        await s.passes(days=5)
        reminded = await s.sees("ana", "Dana Weiss: the post-mortem of this is due", where=ALERTS)
        assert "UDANA" in str(reminded.blocks)

    alarm(tmp_path, story)


def test_it_is_written_anew_with_what_was_noted_later(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        await s.says("ana", f"/aureus postmortem {(await s.incident()).id}", where=ALERTS)
        await s.is_told("ana", "is not over yet", where=ALERTS)
        await s.fills_in("ana", card, "Resolve", "it was the backup")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        first = await s.document()
        await s.presses("ana", s.card(card), "Document")
        told = await s.is_told("ana", "since its document was written", where=ALERTS)
        await s.fills_in("ana", told, "Write it anew", "its file was lost")
        await s.document("its file was lost")
        await s.until(lambda: "since its document was written" not in s.shows(ALERTS))  # it was answered
        await s.fills_in("ana", s.card(card), "Note", "the backup runs at night from now on")
        await s.sees("ana", "runs at night", where=ALERTS)
        await s.passes(seconds=1)
        await s.presses("ana", s.card(card), "Document")
        await s.document("runs at night")
        assert "runs at night" not in first

    alarm(tmp_path, story)


def test_a_note_that_had_to_wait_has_the_time_at_which_it_was_said(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        case = (await s.incident()).id
        said = Request("left lying", f"note {case} three nodes are hot", ANA, s.clock.now(), place=Place("CALERTS"))
        await s.bot.core.receive(said)  # and the bot dies before it comes to it
        await s.passes(minutes=7)
        line = await s.sees("ana", "three nodes are hot", where=ALERTS)
        assert f"Ana Silva notes (said at {said.at:%Y-%m-%d %H:%M} UTC):" in line.text
        await s.fills_in("ana", s.card(card), "Note", "now it is two")
        assert "said at" not in (await s.sees("ana", "now it is two", where=ALERTS)).text
        await s.fills_in("ana", s.card(card), "Resolve", "it was the backup")
        document = await s.document("it was the backup")
        assert f"Ana Silva notes (said at {said.at:%Y-%m-%d %H:%M} UTC): “three nodes are hot”" in document
        assert "UTC Called Ana Silva: it is P2." in document
        assert " UTC Ana Silva: it is" not in document

    alarm(tmp_path, story)


def test_both_cards_of_an_incident_that_is_open_for_long_stay(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        cards = [await s.sees("ana", "P0 · ServiceDown", where=where) for where in (ALERTS, "#aureus-critical")]
        for _ in range(4):
            s.clock.move(timedelta(days=30))
            await s.bot.core.forget()
        incident = await s.incident()
        kept = await s.bot.core.outbox.deliveries(card_keys(incident))
        assert [one.ts for one in kept] == [card.ts for card in cards], "else each would be posted anew"

    alarm(tmp_path, story)
