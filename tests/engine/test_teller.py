"""What is said of a run: short on its card, at length once in its thread."""

import json

import pytest

from bot.clients import kubernetes, pagerduty
from bot.domain import event as e
from bot.domain.card import line_of, tell
from bot.domain.errors import Refusal
from bot.domain.plan import OrElse, Wait
from bot.domain.report import Bold, Code, Items, Mark, Mention, Moment, Report, Text
from bot.domain.run import Phase, Run
from bot.domain.sentence import flat, marked, sentence, short
from bot.domain.verb import Ticked
from bot.doors.plain import TONES, plain
from bot.engine.teller import refusal, says
from bot.ports import Kind
from tests.domain.test_life import born, in_phase, planned
from tests.domain.toy import ANA, ELIF, NOW, PEOPLE, act, plan

WALL = "pod bridge-1: its image cannot be pulled: " + "failed to resolve reference " * 30 + "the very end"


def said(run: Run, event: e.Event) -> tuple[str, str]:
    """The card, and the line of the thread."""
    reports: dict[Kind, Report] = {each.kind: each.report for each in says(run.after(event), (event,), PEOPLE)}
    return plain(reports[Kind.CARD]), plain(reports[Kind.LINE]) if Kind.LINE in reports else ""


def test_a_wall_of_text_is_a_sentence_on_the_card_and_whole_in_the_thread_once() -> None:
    begun = (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one"), e.Made(NOW, step="one"))
    run = born()
    for event in begun:
        run = run.after(event)
    failed = e.Failed(NOW, step="one", because=f"0 of 1 ready; {WALL}")
    card, line = said(run, failed)
    assert "its image cannot be pulled" in " ".join(card.split())
    assert len(card) < 800
    assert "the very end" not in card
    assert card.count("cannot be pulled") == 1
    assert "the very end" in line
    run = run.after(failed).after(e.Started(NOW, step="one", back=True)).after(e.Passed(NOW, step="one", back=True))
    card, line = said(run, e.Ended(NOW, how="put back", because=failed.because))
    assert card.count("cannot be pulled") == 1
    assert "the very end" not in card + line
    assert "put back" in line


@pytest.mark.parametrize("choice", ["", "undo", "keep", "go-on", "again"])
def test_what_has_changed_something_never_says_that_nothing_was_changed(choice: str) -> None:
    """Whatever a single call says of itself, and however it went on."""
    no = "It may not. Nothing was changed. Ask for the key."
    run, seen = born(), [planned(plan(act(), act("two", "b", or_else=OrElse.ASK if choice else OrElse.UNDO)))]
    later: tuple[e.Event, ...] = (e.Failed(NOW, step="two", because=no),)
    if choice:
        later = (*later, e.Stumbled(NOW, token="x"), e.Asked(NOW, because=no), e.Answered(NOW, ANA, choice=choice))
    if choice in ("", "undo"):
        back = [(e.Started(NOW, step=step, back=True), e.Passed(NOW, step=step, back=True)) for step in ("two", "one")]
        failed = e.Failed(NOW, step="two", back=True, because=no)
        later = (*later, back[0][0], failed, e.Answered(NOW, ANA, choice="again"), *back[0], *back[1])
        later = (*later, e.Ended(NOW, how="put back", because=no))
    begun = (e.Opened(NOW), e.Started(NOW, step="one"), e.Passed(NOW, step="one"), e.Started(NOW, step="two"))
    told = ""
    for event in (*seen, *begun, *later):
        run = run.after(event)
        told += "\n".join(plain(each.report) for each in says(run, (event,), PEOPLE))
    assert "It may not. Ask for the key." in told
    assert "Nothing was changed" not in told


@pytest.mark.parametrize(
    ("events", "called"),
    [
        ((e.Asked(NOW, because="it was stopped"), e.Answered(NOW, ANA, choice="undo")), False),
        ((e.Asked(NOW, because="it was stopped"), e.Answered(NOW, ELIF, choice="undo")), True),
        ((e.Asked(NOW, because="away"), e.Answered(NOW, ANA, choice="again"), e.Failed(NOW, step="one")), True),
        ((e.Failed(NOW, step="one"),), True),
    ],
)
def test_nobody_is_called_for_what_they_decided_themselves(events: tuple[e.Event, ...], called: bool) -> None:
    run = born()
    back = (e.Started(NOW, step="one", back=True), e.Passed(NOW, step="one", back=True))
    for event in (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one"), *events, *back):
        run = run.after(event)
    ended = e.Ended(NOW, how="put back")
    lines = [each.report for each in says(run.after(ended), (ended,), PEOPLE) if each.kind is Kind.LINE]
    assert [f"{run.id}: put back." in plain(line) for line in lines] == [True]
    pinged = [part for line in lines for each in line.parts if isinstance(each, Text) for part in each.parts]
    assert any(isinstance(part, Mention) and part.ping for part in pinged) is called


def test_a_reason_is_cut_at_a_word_and_says_so() -> None:
    cut = short(WALL)
    assert len(cut) <= 200
    assert cut.endswith("…")
    assert WALL.startswith(cut.removesuffix("…") + " ")
    assert short("x" * 500) == "x" * 199 + "…"
    assert short("a; b; c") == "a; b; …"
    assert short("as it is") == "as it is"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("it cannot be reached", "It cannot be reached."),
        ("deployment aureus/bridge is no longer as it was", "Deployment aureus/bridge is no longer as it was."),
        ("i-7hb2k9qd is resolved", "i-7hb2k9qd is resolved."),
        ("bridge has no replicas: nothing to do.", "bridge has no replicas: nothing to do."),
        ("aureus-bridge-7c6d is pending …", "aureus-bridge-7c6d is pending …"),
        ("the image cannot …", "The image cannot …"),
        ("", ""),
    ],
)
def test_a_clause_gets_a_capital_and_an_id_or_a_name_stays_as_it_is(words: str, said: str) -> None:
    assert sentence(words) == said


def test_what_can_be_typed_is_code_wherever_a_refusal_is_shown() -> None:
    code = (Code("runs"), " lists the last ones; ", Code("help"), " all.")
    because = "`runs` lists the last ones; `help` all."
    assert refusal(because, because).parts == (Text(code), Text(code))
    refused = born().after(e.Ended(NOW, how="refused", because=f"{because} Nothing was changed."))
    away = born().after(e.Postponed(NOW, because=because, until=NOW))
    for run in (refused, away):
        (first, *_), parent = tell(run, PEOPLE).parts, Items((line_of(run),))
        assert isinstance(first, Text)
        for parts in (first.parts, parent.items[0].text.parts):
            assert {Code("runs"), Code("help")} <= set(parts)
            assert not any("`" in part for part in parts if isinstance(part, str))
    begun = born()
    for event in (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one")):
        begun = begun.after(event)
    failed = e.Failed(NOW, step="one", because=because)
    (line,) = [each.report for each in says(begun.after(failed), (failed,), PEOPLE) if each.kind is Kind.LINE]
    assert "`" not in str(line.parts)


@pytest.mark.parametrize("status", [401, 403])
def test_what_to_do_about_a_refusal_from_outside_outlives_the_cut(status: int) -> None:
    patch = kubernetes.call.Call("patch", kubernetes.call.AUTOSCALERS, "aureus-staging", "aureus-os-autoscaler")
    page = pagerduty.call.Call("PUT", "/incidents/Q1", "acknowledge incident Q1FAKE1NC1DENT", as_="ana@aureus.example")
    says = json.dumps({"error": {"message": "Access Denied " * 30}}).encode()
    for no in (
        kubernetes.errors.answered(patch, status, b"{}", {}),
        pagerduty.errors.answered(page, status, says, {}),
    ):
        assert isinstance(no, Refusal)
        assert len(str(no)) > 200
        assert short(str(no)).endswith(no.hint)


def test_what_was_cut_shows_no_half_of_what_can_be_typed() -> None:
    assert short(f"{'long ' * 36}say `kubectl get pods --all-namespaces` there") == f"{'long ' * 36}say…"
    assert marked("an odd ` stays").parts == ("an odd ` stays",)


def test_the_card_of_a_stopped_run_says_until_when_its_step_may_take() -> None:
    run = born()
    for event in (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one"), e.Cancelled(NOW, ANA)):
        run = run.after(event)
    shown = plain(tell(run, PEOPLE), width=200)
    assert "the step in hand is finished first, by 10:05 UTC at the latest. No further one is begun." in shown
    waits = plan(Wait(Ticked("it hums"), "one"))
    run = born()
    for event in (planned(waits), e.Opened(NOW), e.Started(NOW, step="one"), e.Cancelled(NOW, ANA)):
        run = run.after(event)
    assert "the step in hand is finished first. No further one is begun." in plain(tell(run, PEOPLE))


def test_a_no_is_no_problem_and_neither_is_what_never_began() -> None:
    for ended, word in (("declined", "– Declined"), ("cancelled", ""), ("expired", "")):
        run = in_phase(Phase.WAITING).after(e.Ended(NOW, ANA, how=ended))
        report = tell(run, PEOPLE)
        assert TONES[report.tone] == word
        (line,) = [part for part in tell(born(), PEOPLE, (run,)).parts if isinstance(part, Items)]
        assert line.items[0].mark is Mark.PLAIN


def test_inline_parts_are_plain_words_for_whoever_hears_them() -> None:
    parts = (Mention(ANA), " has ", Bold("it"), " since ", Moment(NOW), ", that is ", Moment(NOW, date=True))
    assert flat(parts) == f"{ANA.name} has it since {NOW:%H:%M} UTC, that is {NOW:%Y-%m-%d %H:%M} UTC"
