"""Resolving, escalating, giving back and noting; and what each is refused for."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refusal, Unknown
from bot.domain.verb import Change
from bot.world import pagerduty as pd
from sandbox.pagerduty.api_changes import API
from sandbox.pagerduty.aureus import BOT_EMAIL
from tests.clients.pagerduty.stand import ANA, BEN, DANA, Stand, email, tell


def test_it_is_resolved_by_who_asked_and_once(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        change = pd.Resolve(stand.incident.id, email(BEN))
        await stand.bot.rehearse(change)
        assert not await stand.bot.stands(change)
        await stand.bot.do(change)
        await stand.bot.do(change)
        await stand.bot.rehearse(change)
        assert await stand.bot.stands(change)
        assert stand.sent() == [f"1 PUT /incidents/{stand.incident.id}"]
        page = await stand.page()
        assert page.resolver is not None
        assert (page.resolver.name, page.resolved_at) == ("Ben Okafor", stand.clock.now())

    tell(tmp_path, story)


def test_when_somebody_resolves_it_at_that_moment_it_is_as_it_should_be(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.just_before("PUT", lambda: stand.resolves(ANA))
        await stand.bot.do(pd.Resolve(stand.incident.id, email(BEN)))
        assert stand.incident.status == "resolved"

    tell(tmp_path, story)


def test_what_was_opened_again_after_it_was_said_to_be_over_is_not_to_be_resolved(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        said = stand.clock.now()
        change = pd.Resolve(stand.incident.id, email(BEN), "i-7hb2k9qd", said)
        assert not await stand.bot.stands(change)
        stand.clock.move(timedelta(minutes=1))
        stand.resolves(ANA)
        stand.account.life.reopen(stand.incident, stand.account.person("ana").agent, API)
        assert await stand.bot.stands(change)
        assert not await stand.bot.stands(pd.Resolve(stand.incident.id, email(BEN), "i-7hb2k9qd", stand.clock.now()))

    tell(tmp_path, story)


def test_it_is_escalated_to_a_level_and_not_again(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        for level in (2, 3):
            change = pd.EscalateTo(stand.incident.id, email(ANA), level)
            await stand.bot.rehearse(change)
            assert not await stand.bot.stands(change)
            await stand.bot.do(change)
            await stand.bot.do(change)
            assert await stand.bot.stands(change)
            assert (await stand.page()).level == level == stand.incident.level
        assert stand.sent() == [f"2 PUT /incidents/{stand.incident.id}"]
        assert await stand.bot.stands(pd.EscalateTo(stand.incident.id, email(ANA), 2)), "it is above"

    tell(tmp_path, story)


def test_the_level_is_read_of_the_log_however_it_came_there(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        assert (await stand.page()).level == 1
        stand.passes(31 * 60)
        assert (await stand.page()).level == stand.incident.level == 2
        stand.escalates(ANA, 4)
        assert (await stand.page()).level == 4
        stand.escalates(ANA, 3)
        stand.acknowledges(DANA)
        assert (await stand.page()).level == 3
        stand.resolves(DANA)
        stand.reopens(DANA)
        assert (await stand.page()).level == stand.incident.level == 1

    tell(tmp_path, story)


def test_the_level_is_right_when_one_person_is_on_call_on_two_of_them(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        secondary = stand.account.schedules["PSECNDR"]
        secondary.users = (stand.account.users[ANA],)
        stand.passes(31 * 60)
        assert stand.assigned == [ANA]
        assert (await stand.page()).level == stand.incident.level == 2

    tell(tmp_path, story)


def test_an_escalation_that_pagerduty_does_not_take_says_why(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        beyond = pd.EscalateTo(stand.incident.id, email(ANA), 9)
        with pytest.raises(
            Refusal, match=r"cannot escalate .* to level 9: Cannot Escalate: There is no escalation level 9"
        ):
            await stand.bot.do(beyond)
        stand.incident.urgency = "low"
        change = pd.EscalateTo(stand.incident.id, email(ANA), 2)
        with pytest.raises(Refusal, match=r"low urgency.*Nothing was changed"):
            await stand.bot.rehearse(change)
        with pytest.raises(Refusal, match="Low-urgency incidents cannot be escalated"):
            await stand.bot.do(change)

    tell(tmp_path, story)


def test_what_is_given_back_pages_again(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.escalates(ANA, 2)
        stand.acknowledges(BEN)
        change = pd.Release(stand.incident.id, email(BEN))
        await stand.bot.rehearse(change)
        assert not await stand.bot.stands(change)
        await stand.bot.do(change)
        assert (stand.incident.status, stand.incident.level, stand.having, stand.assigned) == (
            "triggered",
            2,
            [],
            [BEN],
        )
        assert await stand.bot.stands(change)
        before = stand.sent()
        await stand.bot.do(change)
        assert stand.sent() == before

    tell(tmp_path, story)


def test_what_cannot_be_escalated_is_given_back_by_a_short_snooze_that_is_sent_once(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.incident.urgency = "low"
        stand.acknowledges(ANA)
        change = pd.Release(stand.incident.id, email(ANA))
        await stand.bot.do(change)
        await stand.bot.do(change)
        assert stand.sent() == [f"1 POST /incidents/{stand.incident.id}/snooze"]
        assert not await stand.bot.stands(change)
        stand.passes(120)
        assert await stand.bot.stands(change)

    tell(tmp_path, story)


def test_where_nobody_is_on_call_it_is_given_back_by_a_snooze(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        stand.account.schedules["PPRIMRY"].users = ()
        await stand.bot.do(pd.Release(stand.incident.id, email(ANA)))
        stand.passes(120)
        assert stand.incident.status == "triggered"

    tell(tmp_path, story)


def test_a_long_snooze_of_somebody_does_not_keep_it_from_being_given_back(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.acknowledges(ANA)
        with stand.account.lock:
            stand.account.life.snooze(stand.incident, stand.account.users[ANA].agent, API, timedelta(hours=8))
        await stand.bot.do(pd.Release(stand.incident.id, email(ANA)))
        assert stand.incident.status == "triggered"

    tell(tmp_path, story)


def test_who_has_taken_it_meanwhile_keeps_it(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        began = stand.account.clock.now()
        stand.passes(60)
        stand.acknowledges(BEN)
        late = (pd.Release(stand.incident.id, "", email(ANA)), pd.EscalateTo(stand.incident.id, "", 2, began))
        for change in late:
            await stand.bot.do(change)
            assert await stand.bot.stands(change)
        assert (stand.incident.level, stand.having) == (1, [BEN])
        mine = (
            pd.EscalateTo(stand.incident.id, "", 2, stand.account.clock.now()),
            pd.Release(stand.incident.id, "", BEN),
        )
        for change in mine:
            assert not await stand.bot.stands(change)
        await stand.bot.do(pd.Release(stand.incident.id, email(ANA), email(BEN).upper()))
        assert stand.having == []

    tell(tmp_path, story)


def test_a_note_is_written_once_and_word_for_word(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        change = pd.Note(stand.incident.id, email(ANA), 'Looking, <since> 10:02 & "so"\nsecond line ⚑')
        assert not await stand.bot.stands(change)
        stand.breaks("lose-answer", "POST", times=1)
        with pytest.raises(Unknown, match="add a note to incident"):
            await stand.bot.do(change)
        assert await stand.bot.stands(change)
        await stand.bot.do(change)
        assert [note.content for note in stand.incident.notes] == [change.words]
        assert stand.incident.notes[0].by.id == ANA
        await stand.bot.rehearse(change)

    tell(tmp_path, story)


def _changes(id_: str, as_: str) -> list[Change]:
    return [
        pd.Acknowledge(id_, as_, ANA),
        pd.Resolve(id_, as_),
        pd.EscalateTo(id_, as_, 3),
        pd.Assign(id_, as_, frozenset({BEN})),
        pd.Note(id_, as_, "x"),
    ]


def test_what_no_person_asked_for_is_signed_by_the_bots_own_user(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        change = pd.Resolve(stand.incident.id, "")
        await stand.bot.rehearse(change)
        await stand.bot.do(change)
        page = await stand.page()
        assert page.resolver is not None
        assert page.resolver.id == (await stand.bot.ask(pd.UserOf(email=BOT_EMAIL))).id

    tell(tmp_path, story)


def test_whom_pagerduty_does_not_know_cannot_change_anything(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        for stranger in ("olga@aureus.example", "ölga@aureus.example", "a@b\r\nX: y"):
            for change in _changes(stand.incident.id, stranger):
                for attempt in (stand.bot.do, stand.bot.rehearse):
                    with pytest.raises(Refusal, match=r"PagerDuty knows nobody with .*Nothing was changed") as told:
                        await attempt(change)
                    assert "config/people.yaml" in told.value.hint
        released = pd.Release(stand.incident.id, "olga@aureus.example")
        stand.acknowledges(ANA)
        with pytest.raises(Refusal, match="knows nobody with olga"):
            await stand.bot.do(released)
        assert (stand.incident.status, stand.incident.notes) == ("acknowledged", [])

    tell(tmp_path, story)


@pytest.mark.parametrize("id_", ["QNOTHERE", "../users", "", "..", "Q1/notes"])
def test_an_incident_that_there_is_not_is_refused_by_every_change(id_: str, tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        for change in [*_changes(id_, email(ANA)), pd.Release(id_, email(ANA))]:
            for attempt in (stand.bot.do, stand.bot.rehearse, stand.bot.stands):
                with pytest.raises(Refusal, match=r"404 when asked to read|is no id of PagerDuty") as told:
                    await attempt(change)
                assert "Nothing was changed." in told.value.because
        assert stand.sent() == []

    tell(tmp_path, story)


def test_what_is_resolved_is_neither_escalated_nor_assigned_nor_given_back(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.resolves(ANA)
        id_, as_ = stand.incident.id, email(ANA)
        for change in (pd.EscalateTo(id_, as_, 2), pd.Assign(id_, as_, frozenset({BEN})), pd.Release(id_, as_)):
            for attempt in (stand.bot.do, stand.bot.rehearse):
                with pytest.raises(Refusal, match=r"It is resolved already in PagerDuty, .*Nothing was changed"):
                    await attempt(change)
            # Nobody needs to be called to what is over; but it was not given back.
            assert await stand.bot.stands(change) is not isinstance(change, pd.Release)
        assert stand.sent() == []
        await stand.bot.do(pd.Note(id_, as_, "It was the disk"))
        assert len(stand.incident.notes) == 1

    tell(tmp_path, story)


def test_what_is_resolved_at_that_moment_is_not_escalated(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.just_before("PUT", lambda: stand.resolves(BEN))
        with pytest.raises(
            Refusal, match=r"It is resolved already, so PagerDuty did not escalate .*Nothing was changed"
        ):
            await stand.bot.do(pd.EscalateTo(stand.incident.id, email(ANA), 2))

    tell(tmp_path, story)


def test_only_people_of_pagerduty_can_be_added(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        change = pd.Assign(stand.incident.id, email(DANA), frozenset({"POLGA01"}))
        with pytest.raises(Refusal, match="404 when asked to read user POLGA01"):
            await stand.bot.rehearse(change)
        with pytest.raises(Refusal, match="Assignee not found"):
            await stand.bot.do(change)

    tell(tmp_path, story)
