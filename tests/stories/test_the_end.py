"""The end of an incident: what is not well yet, why it is over, and what is written of it."""

from datetime import timedelta
from pathlib import Path

from bot.domain.incident import Incident
from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.stories.alarm import ALERTS, Alarm, alarm

BRIDGE = "P1 · BridgeHighErrorRate · bridge"


async def resolved(s: Alarm, words: str = "because a bad deploy, rolled back") -> Seen:
    """An incident that Ana has resolved with these words; its card."""
    await s.fires("BridgeHighErrorRate")
    card = await s.sees_card(BRIDGE)
    await s.says("ana", f"/aureus resolve {(await s.incident()).id} {words}".strip(), where=ALERTS)
    await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
    return s.card(card)


def test_who_resolves_what_is_still_down_is_told_so_and_not_held_up(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.kubectl("break", what="image", on=True, namespace="aureus", name="aureus-bridge")
        for replicas in (0, 3):
            await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=replicas)
            await s.passes(minutes=2)
        card = await resolved(s)
        said = await s.sees("ana", "bridge is still down: 0 of 3 pods ready", where=ALERTS)
        assert said.thread_ts == card.ts
        assert "cannot be pulled" in said
        assert "If its rule still holds it fires again, as a new incident." in said
        await s.until(lambda: "Seen when it was resolved: bridge is still down" in s.card(card))
        assert "Attention" in s.card(card)
        document = await s.document("Seen when")
        assert "UTC Seen when it was resolved: bridge is still down: 0 of 3" in document
        assert "- Duration: at least 0 s: it was resolved while something was still wrong" in document

    alarm(tmp_path, story)


def test_what_was_wrong_at_an_end_that_was_none_says_nothing_of_how_long_it_took(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=0)
        card = await resolved(s)
        await s.document("- Duration: at least 0 s")
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=3)
        await s.passes(minutes=2)
        s.account.life.reopen(s.page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.until(lambda: "Nobody has it yet" in s.card(card))
        await s.passes(minutes=20)
        await s.says("ben", f"/aureus resolve {(await s.incident()).id} because it is well now", where=ALERTS)
        await s.until(lambda: "Resolved by Ben Okafor after 22 min" in s.card(card))
        document = await s.document("it is well now")
        assert "at least" not in document
        assert "- Duration: 22 min" in document
        assert "- 2026-11-24 10:00:00 UTC Seen when it was resolved: bridge is still in trouble" in document

    alarm(tmp_path, story)


def test_of_a_service_that_is_well_nothing_is_said_at_the_end(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await resolved(s)
        assert "when it was resolved" not in s.card(card)
        await s.document()
        assert s.lines("bridge is still") == []

    alarm(tmp_path, story)


def test_the_cause_can_be_added_after_the_end_and_the_thread_says_how(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await resolved(s, words="")
        case = (await s.incident()).id
        said = await s.sees("ana", "The incident document is in this thread", where=ALERTS)
        assert "Nobody has said yet what the cause was: press “Cause” on the card, or say" in said
        assert f"resolve {case} because …" in said
        first = await s.document()
        assert "## Root cause\n\n_open_" in first
        await s.fills_in("ana", s.card(card), "Cause", "a bad deploy, rolled back")
        await s.until(lambda: "A bad deploy, rolled back" in s.card(card))
        assert s.card(card).buttons == ["Note", "Cause", "Document"]
        again = await s.document("a bad deploy, rolled back (as it was said")
        assert "it replaces the document of " in again
        assert "the cause was told since" in again
        written = [run for run in await s.runs() if run.command == "postmortem"]
        assert len(written) == 2
        await s.fills_in("ben", s.card(card), "Cause", "the registry had lost an image")
        await s.until(lambda: "The registry had lost an image" in s.card(card))
        assert "Resolved by Ana Silva" in s.card(card)
        last = await s.document("the registry had lost an image (said by Ben Okafor at")
        assert "Ana Silva notes: “a bad deploy, rolled back”" in last
        await s.says("ben", f"/aureus where {case}")
        assert "the registry had lost an image" in await s.sees("ben", "The way of")

    alarm(tmp_path, story)


def test_what_comes_to_its_end_by_itself_asks_for_its_cause_too(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(BRIDGE)
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert s.card(card).buttons[0] == "Cause"
        await s.fills_in("ben", s.card(card), "Cause", "the backup took all the disk")
        await s.until(lambda: "The backup took all the disk" in s.card(card))
        assert s.card(card).buttons[0] == "Note"

    alarm(tmp_path, story)


def test_the_document_is_written_as_soon_as_the_run_that_ends_it_is_over(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await resolved(s)
        began = s.clock.now()
        await s.document("a bad deploy")
        assert s.clock.now() - began < timedelta(seconds=5)
        assert "not confirmed" not in s.card(card)
        (written,) = [run for run in await s.runs() if run.command == "postmortem"]
        events = await s.bot.core.journal.events(written.id)
        assert [type(event).__name__ for event in events].count("Postponed") == 0

    alarm(tmp_path, story)


def test_a_document_that_is_written_anew_says_which_one_it_replaces_and_why(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await resolved(s)
        first = await s.document()
        assert "replaces" not in first
        before = (await s.incident()).document
        assert before is not None
        await s.passes(minutes=20)
        await s.says("ben", f"/aureus postmortem {(await s.incident()).id} because the notes came late", where=ALERTS)
        when = f"{before:%Y-%m-%d %H:%M} UTC"
        said = await s.sees("ana", "It replaces the one of", where=ALERTS)
        assert ": the notes came late." in said
        again = await s.document("replaces the document of")
        assert f"Written anew by Ben Okafor; it replaces the document of {when}: the notes came late." in again
        comment = await s.sees("ana", "Written anew by Ben Okafor", where=ALERTS)
        assert when in comment

    alarm(tmp_path, story)


def test_a_document_reads_as_it_was(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        case = (await s.incident()).id
        await s.presses("ben", card, "Acknowledge")
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        await s.says("ben", f"/aureus escalate {case} to ciso because of data", where=ALERTS)
        await s.sees("ana", "asks for help: of data", where=ALERTS)
        await s.passes(hours=1, seconds=1)
        await s.sees("ana", "nothing was heard of this for an hour", where=ALERTS)
        await s.says("ben", f"/aureus severity {case} p2 because one node only", where=ALERTS)
        await s.until(lambda: "P2 · ServiceDown · bridge" in s.card(card))
        await s.says("ben", f"/aureus resolve {case} because a full disk, emptied", where=ALERTS)
        said = await s.document("a full disk")
        assert said.startswith("# 2026-11-24 P0, later P2 ServiceDown · bridge\n\n## Summary\n\nP0, critical (later P2")
        assert "UTC Called Hana Sato: Ben Okafor asks for help: of data." in said
        asked = "Ben Okafor was asked whether they are still at it: nothing was heard for an hour."
        assert f"UTC {asked}" in said
        cause, resolution = said.index("## Root cause"), said.index("## Resolution")
        assert "a full disk, emptied" in said[cause:resolution]
        assert "a full disk" not in said[resolution:]
        assert "Nothing of the platform was changed through the bot." in said[resolution:]
        assert "Post-mortem (owner: Ben Okafor" in said, "it was a P0"
        await s.ends("ServiceDown")
        await s.passes(days=3)
        await s.sees("ana", "the post-mortem of this is due", where=ALERTS)
        await s.says("ben", f"/aureus postmortem {case}", where=ALERTS)
        assert "UTC Ben Okafor was reminded of the post-mortem." in await s.document("Written anew by Ben Okafor")

    alarm(tmp_path, story)


def test_a_severity_that_was_a_mistake_and_was_undone_brings_no_post_mortem(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        case = (await s.incident()).id
        await s.says("ana", f"/aureus severity {case} p0 because the wrong one", where=ALERTS)
        await s.until(lambda: "P0 · BridgeHighCPU · bridge" in s.card(card))
        run = next(run for run in await s.runs() if run.command == "severity")
        await s.says("ana", f"/aureus undo {run.id}", where=ALERTS)
        await s.until(lambda: "P2 · BridgeHighCPU · bridge" in s.card(card))
        await s.says("ana", f"/aureus resolve {case} because a full disk, emptied", where=ALERTS)
        said = await s.document("a full disk")
        assert said.startswith("# 2026-11-24 P2 BridgeHighCPU · bridge\n\n## Summary\n\nP2, medium: BridgeHighCPU")
        assert "set the severity to P0" in said, "what was said stands in the timeline"
        assert "Post-mortem" not in said

    alarm(tmp_path, story)


async def comes_again(s: Alarm, card: Seen) -> Incident:
    """Its alerts end and fire again, while PagerDuty, which is away, keeps the page that it has."""
    s.account.faults.add(Fault("away"))
    await s.ends("BridgeHighErrorRate")
    await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
    await s.passes(minutes=5)
    await s.fires("BridgeHighErrorRate")
    await s.until(lambda: len([one for one in s.lines(BRIDGE) if not one.thread_ts]) == 2)
    return await s.incident()


def test_who_said_that_it_is_over_does_not_close_the_page_of_what_came_again_since(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(BRIDGE)
        first = await s.incident()
        await s.passes(seconds=12)
        # It goes away between the look and the change.
        s.account.faults.add(Fault("away", verb="PUT"))
        await s.says("ana", f"/aureus resolve {first.id} because a bad deploy, rolled back", where=ALERTS)
        await s.until(lambda: "not confirmed yet" in s.card(card))
        again = await comes_again(s, card)
        assert again.id != first.id
        s.account.faults.heal("away")
        await s.until(lambda: "A bad deploy, rolled back" in s.card(card))
        for _ in range(6):
            await s.passes(seconds=30)
        assert len(s.account.incidents) == 1
        assert s.page.status == "triggered"
        assert not (await s.incident()).over
        assert [run.id for run in await s.runs() if run.command == "resolve" and not run.over] == []

    alarm(tmp_path, story)


def test_who_said_so_before_it_could_be_looked_at_is_told_that_it_was_opened_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(BRIDGE)
        first = await s.incident()
        await s.passes(seconds=12)
        s.account.faults.add(Fault("away"))
        await s.says("ana", f"/aureus resolve {first.id} because a bad deploy, rolled back", where=ALERTS)
        ben = s.account.person("ben").agent
        s.account.life.resolve(s.page, by=ben, channel={"type": "api"})
        await s.until(lambda: "Resolved by Ben Okafor" in s.card(card))
        await s.passes(minutes=5)
        s.account.life.reopen(s.page, by=ben, channel={"type": "api"})
        s.account.faults.heal("away")
        await s.sees("ana", f"{first.id} was opened again after this was asked for: nothing was ended.", where=ALERTS)
        await s.passes(minutes=1)
        assert s.page.status == "triggered"
        assert not (await s.incident()).over

    alarm(tmp_path, story)


def test_who_said_that_it_is_over_does_not_close_what_was_opened_again_since(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(BRIDGE)
        first = await s.incident()
        await s.passes(seconds=12)
        s.account.faults.add(Fault("away", verb="PUT"))
        await s.says("ana", f"/aureus resolve {first.id} because a bad deploy, rolled back", where=ALERTS)
        await s.until(lambda: "not confirmed yet" in s.card(card))
        # Only the bot does not reach it.
        s.account.faults.add(Fault("away"))
        ben = s.account.person("ben").agent
        s.account.life.resolve(s.page, by=ben, channel={"type": "api"})
        await s.until(lambda: "Resolved by Ben Okafor" in s.card(card))
        await s.passes(minutes=5)
        s.account.life.reopen(s.page, by=ben, channel={"type": "api"})
        # From here on what was ended there would stay so.
        s.is_silent = True
        s.account.faults.heal("away")
        await s.until(lambda: "Nobody has it yet" in s.card(card))
        said = await s.sees("ana", f"Resolve {first.id}: it came to nothing.", where=ALERTS)
        assert "it was opened again after you asked for this, and was left open." in said
        assert "UANA" in str(said.blocks), "she is told"
        for _ in range(3):
            await s.passes(seconds=30)
        assert s.page.status == "triggered"
        assert not (await s.incident()).over
        assert len((await s.incident()).alerts) == 1
        assert [one.labels["alertname"] for one in s.alerts.firing()] == ["BridgeHighErrorRate"]
        assert len(s.lines("it came to nothing")) == 1, "who only followed it is told nothing"
        assert s.lines("It did not work") == []

    alarm(tmp_path, story)
