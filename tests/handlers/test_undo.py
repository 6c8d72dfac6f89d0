"""``undo``: what a run left is taken back, in reverse, if it is as the run left it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import event as e
from bot.domain.run import Phase, Run
from bot.runbook import Act, Level, Plan, Risk
from bot.runbook import Undo as Way
from bot.world.bot import RunOf, Stands
from handlers.undo import Undo
from tests.domain.test_life import born, in_phase
from tests.domain.test_life import planned as planned_event
from tests.domain.toy import NOW, Set, act, plan
from tests.handlers.asked import asked, planned, refused

WORDS = "undo r-7hb2k9qd"
QUESTION = RunOf("r-7hb2k9qd", "ana")


def done(*steps: Act) -> Run:
    """A run all of whose steps were done."""
    run = born().after(planned_event(plan(*steps))).after(e.Opened(NOW))
    for step in steps:
        for event in (e.Started, e.Made, e.Passed):
            run = run.after(event(NOW, step=step.name))
    return run.after(e.Ended(NOW, how="done"))


def test_the_last_is_taken_back_first_and_each_by_its_own_way() -> None:
    run = done(act("one", "a"), act("two", "b", to=4, before=2))
    made = planned(asked(Undo, WORDS), {QUESTION: run, Stands(Set("a", 1)): True, Stands(Set("b", 4)): True})
    assert isinstance(made, Plan)
    assert [step.changes for step in made.steps if isinstance(step, Act)] == [(Set("b", 2),), (Set("a", 0),)]
    assert [settles.steps for settles in made.settles] == [frozenset({"one", "two"})]
    assert made.covered_by == run.id


def test_what_took_something_back_is_taken_back_by_bringing_that_back() -> None:
    first = done(act("one", "a"))
    world: dict[Any, Any] = {RunOf("r-first"): first, Stands(Set("a", 1)): True}
    titles = []
    for covers in ("", "r-first", "r-second"):
        run = done(act("one", "a"))
        assert run.plan is not None
        run = replace(
            run, plan=replace(run.plan, title=f"not {covers}" if covers else run.plan.title, covered_by=covers)
        )
        world |= {QUESTION: run, RunOf("r-second" if covers == "r-first" else "r-third"): run}
        made = planned(asked(Undo, WORDS), world)
        assert isinstance(made, Plan)
        titles.append(made.title)
    assert titles == ["Take back “Set a switch”", "Bring back “Set a switch”", "Take back “Set a switch”"]


def test_it_bears_the_risk_of_what_it_does_where_that_is_higher_than_that_of_the_run() -> None:
    worse = Risk(Level.HIGH, "nothing is left", frozenset({"infrastructure"}))
    one, two = act("one", "a"), act("two", "b")
    assert isinstance(two.undo, Way)
    for risk, is_ in ((None, plan().risk), (Risk(Level.LOW, "little"), plan().risk), (worse, worse)):
        run = done(one, replace(two, undo=replace(two.undo, risk=risk)))
        made = planned(asked(Undo, WORDS), {QUESTION: run, Stands(Set("a", 1)): True, Stands(Set("b", 1)): True})
        assert isinstance(made, Plan)
        assert made.risk == is_


def test_what_has_no_way_back_stays_and_the_rest_is_taken_back() -> None:
    run = done(act("one", "a"), act("two", "b", forever=True))
    made = planned(asked(Undo, WORDS), {QUESTION: run, Stands(Set("a", 1)): True})
    assert isinstance(made, Plan)
    assert [settles.steps for settles in made.settles] == [frozenset({"one"})]


@pytest.mark.parametrize(
    ("run", "because"),
    [
        (in_phase(Phase.DOING), "is not over, so there is nothing to take back yet. `cancel"),
        (in_phase(Phase.WAITING), "is not over, so there is nothing to take back yet. `cancel"),
        (in_phase(Phase.OVER), "did nothing that could be taken back"),
        (done(act("one", forever=True)), "cannot be taken back: it cannot"),
        (done(), "cannot be taken back: nothing of it stands any more"),
    ],
)
def test_what_cannot_be_taken_back_is_refused_with_its_reason(run: Run, because: str) -> None:
    assert because in refused(asked(Undo, WORDS), {QUESTION: run})


def test_what_somebody_else_changed_since_is_not_taken_back() -> None:
    run = done(act("one", "a"))
    said = refused(asked(Undo, WORDS), {QUESTION: run, Stands(Set("a", 1)): False})
    assert f"Somebody changed switch a after {run.id}" in said
    assert "Nothing was changed" in said
