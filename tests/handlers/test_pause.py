"""``pause``: the switch is set once, with who and why."""

from bot.runbook import Act, Plan, Undo
from bot.world.bot import Paused, SetPaused
from handlers.pause import Pause
from tests.handlers.asked import asked, planned, refused

STORM = "Dana Weiss: storm"


def test_a_pause_says_whose_it_is_and_why() -> None:
    plan = planned(asked(Pause, "pause because storm", "dana"), {Paused(): ""})
    assert isinstance(plan, Plan)
    (step,) = plan.steps
    assert isinstance(step, Act)
    assert step.changes == (SetPaused(True, f"{STORM}, since 2026-11-24 10:00 UTC"),)
    assert isinstance(step.undo, Undo)
    assert step.undo.changes == (SetPaused(False),)


def test_what_is_paused_is_not_paused_again_and_keeps_its_reason() -> None:
    said = refused(asked(Pause, "pause because I too", "elif"), {Paused(): STORM})
    assert said == f"It is paused already ({STORM}): nothing to do."
