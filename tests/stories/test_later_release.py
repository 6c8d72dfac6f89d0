"""Two releases run while one is upgraded: what only the later one can read is lost by neither, and stops nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.incident import Incident
from bot.engine.incident_teller import card_keys
from sandbox.pagerduty.faults import Fault
from tests.clients.journal.samples import tamper
from tests.clients.journal.test_later_release import renamed
from tests.stories.alarm import Alarm, alarm
from tests.stories.stage import Stage, tell

CARD = "P1 · BridgeHighErrorRate · bridge"


def written_by_a_later_release(s: Alarm, incident: Incident) -> None:
    assessed = renamed("journal", "event", "incident.assessed", f"case_id = '{incident.id}'")
    tamper(f"sqlite:///{s.folder / 'aureus.db'}", assessed)


def read_again(s: Alarm) -> None:
    tamper(
        f"sqlite:///{s.folder / 'aureus.db'}",
        """UPDATE journal SET event = replace(event, '"@":"later"', '"@":"incident.assessed"'), hash = hash || '~'""",
    )


def test_an_alert_of_what_cannot_be_read_waits_for_the_release_that_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card(CARD)
        first = await s.incident()
        await s.passes(minutes=1)
        written_by_a_later_release(s, first)
        await s.fires("BridgeHighErrorRate", pod="b2")
        for _ in range(3):
            await s.passes(seconds=20)
            await s.looks()
        assert await s.bot.core.journal.untaken()
        assert len([each for each in caplog.messages if f"{first.id} is left to a later release" in each]) == 1
        assert not s.lines("Something unforeseen")
        read_again(s)
        await s.passes(seconds=20)
        assert len((await s.incident()).alerts) == 2
        assert not await s.bot.core.journal.untaken()

    alarm(tmp_path, story)


def test_after_a_roll_back_people_are_told_of_an_alert_that_cannot_be_placed(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card(CARD)
        written_by_a_later_release(s, await s.incident())
        await s.passes(minutes=1)
        await s.fires("BridgeHighErrorRate", pod="b2")
        await s.passes(minutes=11)
        await s.sees("ana", "Something unforeseen happened with what was told from outside")
        assert not await s.bot.core.journal.untaken(until=s.clock.now() - timedelta(minutes=10))

    alarm(tmp_path, story)


def test_all_cards_of_an_incident_that_cannot_be_read_are_kept(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card(CARD)
        incident = await s.incident()
        await s.passes(minutes=1)
        keys = card_keys(incident)
        assert len(keys) > 1
        written_by_a_later_release(s, incident)
        s.clock.move(timedelta(days=100))
        await s.bot.core.forget()
        assert len(await s.bot.core.outbox.deliveries(keys)) == len(keys)

    alarm(tmp_path, story)


def test_the_look_at_all_incidents_goes_on_when_one_of_the_same_alerts_cannot_be_read(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        first, page = await s.incident(), s.page
        await s.passes(minutes=10)
        await s.fires("ServiceDown")
        await s.until(lambda: len(s.account.incidents) == 2)
        await s.passes(seconds=20)
        again = await s.incident()
        assert again.id != first.id
        written_by_a_later_release(s, again)
        s.account.faults.add(Fault("webhooks-held"))
        s.account.life.reopen(page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        assert await s.bot.core.look() == 0, "no other is open"

    alarm(tmp_path, story)


def test_home_shows_what_can_be_read(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for service in ("bridge", "openclaw"):
            await s.says("ana", f"/aureus scale {service} 8 because the sale begins")
            await s.sees("ana", f"Scale {service} from")
        theirs = next(run for run in await s.runs() if "openclaw" in run.words)
        where = f"case_id = '{theirs.id}'"
        tamper(f"sqlite:///{s.folder / 'aureus.db'}", renamed("journal", "event", "planned", where))
        await s.person("elif").opens_home()
        home = await s.until(lambda: s.person("elif").home)
        assert "Scale bridge from 3 to 8" in str(home.definition)
        assert "Scale openclaw" not in str(home.definition)

    tell(tmp_path, story)
