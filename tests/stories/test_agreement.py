"""Who agrees: others, with their roles, once each, in time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stories.stage import ON_CALL, Stage, tell


async def _eight(s: Stage) -> None:
    await s.says("ana", "/aureus scale bridge 8 because the sale begins")


def test_elif_approves_and_nobody_can_for_themselves(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        assert "the sale begins" in card
        assert "more than twice the baseline" in card
        pings = await s.sees("elif", "asks for your agreement")
        assert pings.thread_ts == card.ts
        await s.presses("ana", card, "Approve")
        await s.is_told("ana", "You asked for this, so somebody else must agree to it")
        await s.presses("chen", card, "Approve")
        await s.is_told("chen", "You cannot agree to this")
        assert s.replicas() == 3
        await s.presses("elif", card, "Approve")
        card = await s.sees("ana", "Done in")
        assert "agreed by Elif Kaya" in card
        assert s.replicas() == 8

    tell(tmp_path, story)


def test_the_card_shows_the_reason_however_it_was_given(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 Because: “Friday” sale, more than in production")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        assert '"Friday" sale, more than in production' in card

    tell(tmp_path, story)


def test_those_who_may_agree_are_pinged_once(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.sees("ana", "asks for your agreement")
        await s.passes(minutes=30)
        asking = [one for one in s.person("ana").sees(ON_CALL) if "asks for your agreement" in one]
        assert len(asking) == 1
        assert asking[0].thread_ts == card.ts
        said = str(asking[0].blocks)
        assert all(account in said for account in ("UDANA", "UELIF", "UFEMI"))
        assert not any(account in said for account in ("UANA", "UCHEN", "UHANA"))

    tell(tmp_path, story)


def test_a_second_press_of_the_same_approver_counts_once(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 0 because signatures fail")
        card = await s.sees("ana", "Scale bridge from 3 to 0")
        await s.presses("elif", card, "Approve")
        await s.presses("elif", s.card(card), "Approve")
        await s.is_told("elif", "You have agreed to this already; it counts once")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_a_press_that_comes_after_it_was_agreed_to_says_so(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("elif", card, "Approve")
        await s.sees("ana", "Done in")
        await s.presses_as_it_was("elif", card, "Approve")
        await s.is_told("elif", "This can no longer be agreed to")
        card = s.card(card)
        await s.presses("ana", card, "Undo")
        await s.sees("ana", "since then taken back by Ana Silva")
        await s.presses_as_it_was("ana", card, "Undo")
        await s.is_told("ana", "since then taken back by Ana Silva. Nothing was changed")

    tell(tmp_path, story)


def test_why_judges_the_very_words(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus why scale bridge 5")
        told = await s.is_told("ana", "it would be “Scale bridge from 3 to 5”: low risk")
        assert "your own confirmation, as on-call" in told
        await s.says("ben", "/aureus why scale bridge 0")
        told = await s.is_told("ben", "it would be “Scale bridge from 3 to 0”: high risk")
        assert all(role in told for role in ("engineering manager", "CTO", "CISO"))
        assert "You must say why" in told
        await s.says("ana", "/aureus why scale aureus-os 5")
        told = await s.is_told("ana", "As things are now there would be no plan: The autoscaler aureus-os-hpa")
        assert "high (security)" in told
        await s.says("hana", "/aureus why status")
        await s.is_told("hana", "It only reads, so nobody must agree")
        assert await s.runs() == [run for run in await s.runs() if run.answer is not None]

    tell(tmp_path, story)


def test_two_press_at_once_and_one_of_them_counts(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await asyncio.gather(*(s.person(who).presses(card, "Approve") for who in ("elif", "femi")))
        card = await s.sees("ana", "Done in")
        signers = [name for name in ("Elif Kaya", "Femi Adeyemi") if f"agreed by {name}" in card]
        assert len(signers) == 1
        late = "femi" if signers == ["Elif Kaya"] else "elif"
        told = await s.sees(late, "Nothing was changed")
        assert told.ephemeral
        assert s.replicas() == 8

    tell(tmp_path, story)


def test_dana_declines_and_says_why(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.fills_in("dana", card, "Decline", "the nodes are full\nuntil Monday")
        card = await s.sees("ana", "Declined by Dana Weiss; nothing was changed")
        assert "the nodes are full until Monday" in card
        assert card.buttons == []
        await s.sees("ana", "Dana Weiss declined it: the nodes are full")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_a_reason_of_blanks_is_an_error_of_its_field(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        dana = s.person("dana")
        await dana.presses(card, "Decline")
        assert dana.modal is not None
        field = dana.modal.definition["blocks"][-1]["block_id"]
        for words in ("   ", "…"):
            errors = await dana.submits(dana.modal, {field: words})
            assert "alone say nothing" in errors[field]
            await s.settle()
        assert "Waits for agreement" in s.card(card)

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("ratelimit", "it asks to wait for a moment"),
        ("down", "HTTP 503"),
        ("late", "the press came later"),
    ],
)
def test_a_form_that_slack_does_not_open_is_answered_with_what_can_be_typed(
    tmp_path: Path, what: str, why: str
) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        run = (await s.runs())[0].id
        if what == "late":
            ack = await s.presses_as_it_was("dana", card, "Decline", after=timedelta(seconds=4))
        else:
            s.workspace.break_("down" if what == "down" else "ratelimit", method="views.open")
            ack = await s.presses_as_it_was("dana", card, "Decline")
        assert not ack.problem
        told = await s.is_told("dana", "Slack did not open the form")
        assert why in told
        assert "Nothing was changed. Press again, or type" in told
        assert f"decline {run} because …" in told
        assert s.person("dana").modal is None
        s.workspace.mend()
        await s.fills_in("dana", card, "Decline", "the nodes are full")
        await s.sees("ana", "Declined by Dana Weiss")

    tell(tmp_path, story)


def test_policy_asks_for_a_reason_and_the_form_gives_it(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8")
        card = await s.sees("ana", "Policy asks for a reason")
        await s.fills_in("ana", card, "Say why", "we sell more than in staging")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        assert "we sell more than in staging" in card
        await s.presses("femi", card, "Approve")
        await s.sees("ana", "Done in")
        assert s.replicas() == 8

    tell(tmp_path, story)


def test_it_can_be_agreed_to_and_declined_in_words(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus approve")
        await s.is_told("elif", "No run waits for your agreement")
        await s.says("ana", "/aureus scale bridge 5")
        await s.sees("ana", "Scale bridge from 3 to 5")
        await s.says("ana", "/aureus confirm")
        await s.until(lambda: s.replicas() == 5)
        await s.sees("ana", "Done in")
        await _eight(s)
        await s.sees("ana", "Scale bridge from 5 to 8")
        await s.says("ana", "/aureus agree")
        await s.is_told("ana", "No run waits for your agreement")
        await s.says("ana", "/aureus restart openclaw because it leaks")
        await s.sees("ana", "Restart openclaw")
        eight, restart = sorted((run for run in await s.runs() if not run.over), key=lambda run: "restart" in run.words)
        await s.says("elif", "/aureus approve")
        told = await s.is_told("elif", "2 runs wait for your agreement")
        assert eight.id in told
        assert restart.id in told
        await s.says("elif", f"/aureus Approve {eight.id}")
        await s.until(lambda: s.replicas() == 8)
        await s.says("elif", "/aureus decline because not now")
        await s.sees("ana", "Declined by Elif Kaya")

    tell(tmp_path, story)


def test_nobody_answers_within_an_hour(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.passes(minutes=59)
        assert "Waits for agreement" in s.card(card)
        await s.passes(minutes=2)
        card = await s.sees("ana", "Nobody answered in time")
        assert card.buttons == ["Ask again"]
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_a_stranger_gets_no_answer_about_the_platform(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("olga", "/aureus status")
        told = await s.is_told("olga", "I do not know you")
        assert "config/people.yaml" in told
        await _eight(s)
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("olga", card, "Approve")
        await s.passes(seconds=5)
        assert len([one for one in s.person("olga").sees(ON_CALL) if "I do not know you" in one]) == 2
        assert "Waits for agreement" in s.card(card)

    tell(tmp_path, story)


def test_who_only_reads_may_not_ask_for_a_change(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("hana", "/aureus scale bridge 5")
        await s.is_told("hana", "You may not ask for `scale`")
        await s.says("hana", "/aureus status bridge")
        await s.sees("hana", "3 of 3 ready")

    tell(tmp_path, story)
