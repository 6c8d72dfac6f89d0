"""What people say to a run that is there already is decided by where it stands and who they are."""

import re
from dataclasses import replace

import pytest

from bot.domain import event as e
from bot.domain.errors import Refusal
from bot.domain.gate import Gate, Seat
from bot.domain.person import BOT
from bot.domain.plan import Wait
from bot.domain.run import Phase, Run, Stand
from bot.domain.verb import Ticked, Told
from bot.engine.reply import REPLIES, Reply, how_it_stands
from tests.domain.test_life import born, in_phase, planned
from tests.domain.toy import NOW, PEOPLE, plan


def say(run: Run, who: str, verb: str, rest: str = "", because: str = "", may: bool = True) -> e.Event:
    person = PEOPLE.get(who)
    assert person is not None
    return REPLIES[verb].decide(Reply(run, person, rest, because, NOW, NOW, may))


@pytest.mark.parametrize("phase", list(Phase))
def test_where_a_run_stands_can_be_said_in_every_phase(phase: Phase) -> None:
    assert in_phase(phase).id in how_it_stands(in_phase(phase))


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.WAITING])
@pytest.mark.parametrize("verb", ["agree", "decline"])
def test_only_what_waits_can_be_agreed_to_or_declined(phase: Phase, verb: str) -> None:
    with pytest.raises(Refusal, match="no longer"):
        say(in_phase(phase), "elif", verb, "0" * 64, "because")


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.ASKING])
@pytest.mark.parametrize("verb", ["put-back", "keep", "go-on", "again"])
def test_only_what_rests_is_decided_on(phase: Phase, verb: str) -> None:
    with pytest.raises(Refusal, match="Nothing is to be decided"):
        say(in_phase(phase), "ana", verb)


def test_to_cancel_what_rests_leaves_it_as_it_is_where_nothing_can_be_put_back() -> None:
    resting = in_phase(Phase.ASKING)
    assert resting.plan is not None
    assert not resting.stands
    kept = say(resting, "ana", "cancel")
    assert isinstance(kept, e.Answered)
    assert kept.choice == "keep"
    stands = replace(resting, stands=(Stand(resting.plan.steps[0].name, NOW),))
    with pytest.raises(Refusal, match=rf"stopped already.*`put-back {resting.id}` or `keep {resting.id}`"):
        say(stands, "ana", "cancel")


@pytest.mark.parametrize("phase", [Phase.OVER, Phase.STANDING, Phase.UNDOING])
def test_what_is_over_or_stopped_is_not_cancelled(phase: Phase) -> None:
    with pytest.raises(Refusal, match=r"nothing to cancel|stopped already"):
        say(in_phase(phase), "ana", "cancel")


def test_the_askers_decline_is_a_cancellation() -> None:
    assert isinstance(say(in_phase(Phase.WAITING), "ana", "decline"), e.Cancelled)


@pytest.mark.parametrize(
    ("may", "then"),
    [
        (True, r"Nothing was changed. To stop it, say `cancel r-\S+ because …`"),
        (False, "Tell Ana, or somebody whom the card names,"),
    ],
)
def test_who_could_not_agree_cannot_decline_and_is_told_what_they_can(may: bool, then: str) -> None:
    with pytest.raises(Refusal, match="Only those who could agree") as no:
        say(in_phase(Phase.WAITING), "ben", "decline", because="no", may=may)
    assert re.search(then, no.value.hint)


def test_who_cannot_agree_is_told_whom_to_ask() -> None:
    run = in_phase(Phase.WAITING)
    with pytest.raises(Refusal, match="You cannot agree to this: it needs") as no:
        say(run, "ben", "agree", run.digest)
    assert "Nothing was changed. The card names who can: ask one of them." in no.value.hint


def test_somebody_without_rights_steers_nothing_and_is_told_whom_to_ask() -> None:
    run = in_phase(Phase.DOING)
    with pytest.raises(Refusal, match="may not steer") as no:
        say(run, "ivan", "cancel", may=False)
    assert "Nothing was changed. Ask Ana to do it." in no.value.hint
    by_itself = replace(run, request=replace(run.request, who=BOT))
    with pytest.raises(Refusal, match="may not steer") as no:
        say(by_itself, "ivan", "cancel", may=False)
    assert "Ask somebody who is on call to do it." in no.value.hint


def test_a_second_manager_is_told_that_the_seat_is_taken() -> None:
    run = in_phase(Phase.WAITING)
    chief = Seat(frozenset({"cto"}), people=frozenset({"ivan"}))
    gate = Gate((*run.gate.seats, chief))
    two = e.Planned(NOW, plan=run.plan, gate=gate, digest=run.digest, command="set")
    run = born().after(two)
    run = run.after(say(run, "elif", "agree", run.digest))
    assert run.phase is Phase.WAITING
    with pytest.raises(Refusal, match="in your place"):
        say(run, "femi", "agree", run.digest)
    with pytest.raises(Refusal, match="already"):
        say(run, "elif", "agree", run.digest)
    run = run.after(say(run, "ivan", "agree", run.digest))
    assert run.phase is Phase.AGREED


def waiting_for_people() -> Run:
    waits = plan(Wait((Ticked("it hums", frozenset({"on-call"})), Told("the ticket")), name="look"))
    return born().after(planned(waits)).after(e.Opened(NOW)).after(e.Started(NOW, step="look"))


@pytest.mark.parametrize(
    ("who", "rest", "because", "no"),
    [
        ("ana", "other 0", "", "not waited for"),
        ("ana", "look x", "", "not waited for"),
        ("ana", "look 9", "", "not for a person"),
        ("elif", "look 0", "", "for on-call"),
        ("ana", "look 1", "", "needs words"),
    ],
)
def test_only_what_is_waited_for_is_ticked_by_those_who_may(who: str, rest: str, because: str, no: str) -> None:
    with pytest.raises(Refusal, match=no):
        say(waiting_for_people(), who, "tick", rest, because)


@pytest.mark.parametrize(
    ("rest", "because", "kept"),
    [
        ("look 1 CHG-12", "", "CHG-12"),
        ("look 1", "none is needed", "none is needed"),
        ("look 1 none", "it is standard", "none because it is standard"),
    ],
)
def test_words_that_are_waited_for_are_kept(rest: str, because: str, kept: str) -> None:
    event = say(waiting_for_people(), "ana", "tick", rest, because)
    assert isinstance(event, e.TickedOff)
    assert event.words == kept
