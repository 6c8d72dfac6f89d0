"""``severity``: how bad it is, and the way back to how bad it was."""

from bot.runbook import Plan, Undo
from bot.world import incidents
from bot.world.incidents import Severity as How
from handlers.severity import Severity
from tests.handlers.asked import asked, planned, refused
from tests.handlers.troubled import ID, OPEN, OVER, acts, who

WORDS = f"severity {ID} p1"


def test_it_is_set_with_whose_and_why_and_can_be_put_back() -> None:
    made = planned(asked(Severity, f"{WORDS} because it spreads"), {incidents.IncidentOf(ID): OPEN})
    assert isinstance(made, Plan)
    assert made.title == f"{ID}: P3 → P1"
    (step,) = acts(made)
    run = asked(Severity, f"{WORDS} because it spreads").request.case
    assert step.changes == (incidents.Assess(ID, How.P1, who("ana"), "it spreads", run=run),)
    assert isinstance(step.undo, Undo)
    assert step.undo.changes == (incidents.Assess(ID, How.P3, who("ana"), "taken back", takes_back=run),)


def test_what_is_so_bad_already_is_left_so() -> None:
    said = refused(asked(Severity, f"severity {ID} p3"), {incidents.IncidentOf(ID): OPEN})
    assert said == f"{ID} is P3 already: nothing to do."


def test_what_is_over_keeps_its_severity() -> None:
    said = refused(asked(Severity, WORDS), {incidents.IncidentOf(ID): OVER})
    assert f"{ID} is resolved, so its severity stays as it is." in said
    assert "Nothing was changed" in said
