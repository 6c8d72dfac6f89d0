"""Who has an incident: acknowledging it, and what may happen at the same moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import Refusal, Unknown
from bot.domain.verb import Broken, Met, NotYet
from bot.world import pagerduty as pd
from tests.clients.pagerduty.stand import ANA, BEN, CHEN, DANA, Stand, email, tell


def test_an_acknowledgement_is_made_by_who_asked_and_is_read_back(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        assert await stand.held() == NotYet("nobody has it")
        assert not await stand.bot.stands(stand.acknowledge())
        await stand.bot.do(stand.acknowledge())
        assert stand.having == [ANA]
        assert await stand.bot.stands(stand.acknowledge())
        assert await stand.held() == Met("Ana Silva has it, read back")
        page = await stand.page()
        assert page.holder == pd.User(ANA, "Ana Silva", "ana@aureus.example")
        assert page.held_since == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    tell(tmp_path, story)


def test_an_acknowledgement_that_is_made_twice_is_sent_once(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await stand.bot.do(stand.acknowledge())
        await stand.bot.do(stand.acknowledge())
        assert stand.sent() == [f"1 PUT /incidents/{stand.incident.id}"]

    tell(tmp_path, story)


def test_what_another_has_is_taken_over_and_only_the_new_one_has_it(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        assert await stand.held(BEN) == NotYet("Ana Silva has it")
        await stand.bot.do(stand.acknowledge(BEN))
        assert (stand.having, stand.assigned) == ([BEN], [BEN])
        assert await stand.held(BEN) == Met("Ben Okafor has it, read back")
        assert await stand.held(ANA) == NotYet("Ben Okafor has it")

    tell(tmp_path, story)


def test_two_who_acknowledged_it_both_have_it(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        stand.passes(60)
        stand.acknowledges(BEN)
        page = await stand.page()
        assert [each.id for each in page.holders] == [ANA, BEN]
        assert page.holder is not None
        assert page.holder.id == BEN
        assert isinstance(await stand.held(ANA), Met)
        assert await stand.bot.stands(stand.acknowledge(ANA))

    tell(tmp_path, story)


def test_what_is_resolved_is_not_acknowledged_and_nothing_is_sent(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.resolves(BEN)
        for attempt in (stand.bot.do, stand.bot.rehearse):
            with pytest.raises(
                Refusal, match=r"resolved already in PagerDuty, .* not acknowledged\. Nothing was changed"
            ):
                await attempt(stand.acknowledge())
        assert stand.sent() == []
        assert await stand.held() == Broken("it was resolved meanwhile, by Ben Okafor, at 10:00 UTC")

    tell(tmp_path, story)


def test_what_is_resolved_between_the_look_and_the_acknowledgement_is_resolved_again(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.passes(180)
        stand.just_before("PUT", lambda: stand.resolves(BEN))
        with pytest.raises(Refusal) as told:
            await stand.bot.do(stand.acknowledge())
        assert told.value.because == (
            "Ben Okafor resolved it at 10:03 UTC, just before it was acknowledged, and an acknowledgement opens what "
            "is resolved. So it was resolved again, and in the end nothing was changed."
        )
        assert stand.incident.status == "resolved"
        assert "reopen it in PagerDuty" in told.value.hint
        assert isinstance(await stand.held(), Broken)

    tell(tmp_path, story)


def test_when_the_monitoring_resolves_it_at_that_moment_that_is_said(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.just_before("PUT", stand.ends)
        with pytest.raises(Refusal, match="Aureus Sentinel resolved it at 10:00 UTC"):
            await stand.bot.do(stand.acknowledge())
        page = await stand.page()
        assert (page.status, page.holder) == (pd.Status.RESOLVED, None)

    tell(tmp_path, story)


def test_when_the_second_resolution_is_lost_the_check_finds_what_the_acknowledgement_did(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        def resolve_and_break() -> None:
            stand.resolves(BEN)
            stand.just_before("PUT", lambda: stand.breaks("errors", "PUT"))

        stand.just_before("PUT", resolve_and_break)
        with pytest.raises(Unknown, match="acknowledging it opened it again; what came of it is not known") as told:
            await stand.bot.do(stand.acknowledge())
        assert "Nothing was changed" not in str(told.value)
        assert await stand.held() == Broken(
            "Ben Okafor resolved it at 10:00 UTC, and the acknowledgement of Ana Silva opened it again: resolve it "
            "again if it is over"
        )

    tell(tmp_path, story)


def test_what_was_reopened_on_purpose_can_be_acknowledged(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.resolves(BEN)
        stand.passes(60)
        stand.reopens(ANA)
        stand.passes(60)
        await stand.bot.do(stand.acknowledge())
        assert await stand.held() == Met("Ana Silva has it, read back")
        assert stand.incident.status == "acknowledged"

    tell(tmp_path, story)


def test_an_acknowledgement_whose_answer_is_lost_is_unknown_and_stands(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("lose-answer", "PUT", times=1)
        with pytest.raises(Unknown, match="It may have been done; it is looked at before it is done again"):
            await stand.bot.do(stand.acknowledge())
        assert await stand.bot.stands(stand.acknowledge())
        await stand.bot.do(stand.acknowledge())
        assert stand.sent() == [f"1 PUT /incidents/{stand.incident.id}"]

    tell(tmp_path, story)


def test_when_the_log_cannot_be_read_afterwards_nothing_says_that_nothing_was_changed(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.just_before("PUT", lambda: stand.breaks("away", "GET"))
        with pytest.raises(Unknown, match="It was acknowledged in PagerDuty; what came of it is not known") as told:
            await stand.bot.do(stand.acknowledge())
        assert "Nothing was changed" not in str(told.value)

    tell(tmp_path, story)


def test_people_are_added_and_who_has_it_keeps_it(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        change = pd.Assign(stand.incident.id, email(DANA), frozenset({BEN, CHEN}))
        assert not await stand.bot.stands(change)
        await stand.bot.do(change)
        assert stand.assigned == [ANA, BEN, CHEN]
        assert (stand.having, stand.incident.status) == ([ANA], "acknowledged")
        assert await stand.bot.stands(change)
        before = stand.sent()
        await stand.bot.do(change)
        assert stand.sent() == before

    tell(tmp_path, story)


def test_all_who_have_it_keep_it_when_people_are_added(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        stand.acknowledges(DANA)
        await stand.bot.do(pd.Assign(stand.incident.id, email(DANA), frozenset({BEN})))
        assert stand.having == [ANA, DANA]

    tell(tmp_path, story)


def test_people_are_added_to_what_nobody_has_and_it_goes_on_paging(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await stand.bot.do(pd.Assign(stand.incident.id, email(DANA), frozenset({BEN})))
        assert (stand.assigned, stand.incident.status) == ([ANA, BEN], "triggered")

    tell(tmp_path, story)


def test_adding_people_that_ended_halfway_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        change = pd.Assign(stand.incident.id, email(DANA), frozenset({BEN}))
        stand.just_before("PUT", lambda: stand.just_before("PUT", lambda: stand.breaks("errors", "PUT")))
        with pytest.raises(Unknown, match="People were added in PagerDuty, and Ana Silva is to keep it; what came"):
            await stand.bot.do(change)
        assert (stand.assigned, stand.having) == ([ANA, BEN], [])
        stand.account.faults.heal()
        assert not await stand.bot.stands(change)
        await stand.bot.do(change)
        assert stand.having == [ANA]
        assert await stand.bot.stands(change)

    tell(tmp_path, story)


def test_what_somebody_handed_on_is_not_given_back_to_them(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        stand.reassigns(DANA, [BEN])
        change = pd.Assign(stand.incident.id, email(DANA), frozenset({BEN}))
        assert await stand.bot.stands(change)
        await stand.bot.do(change)
        assert stand.having == []

    tell(tmp_path, story)


def test_what_is_resolved_while_people_are_added_stays_resolved(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        # Between the reassigning and the second acknowledgement: when the log is read.
        stand.just_before("GET", lambda: stand.resolves(BEN), path="/log_entries")
        await stand.bot.do(pd.Assign(stand.incident.id, email(DANA), frozenset({CHEN})))
        assert stand.incident.status == "resolved"
        assert stand.sent() == [f"1 PUT /incidents/{stand.incident.id}"]

    tell(tmp_path, story)
