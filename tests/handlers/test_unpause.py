"""``unpause``: what waited goes on, and who had paused is shown."""

from bot.runbook import Act, Plan, Undo
from bot.world.bot import Paused, SetPaused
from handlers.unpause import Unpause
from tests.handlers.asked import asked, planned, refused

STORM = "Dana Weiss: storm"


def test_to_unpause_shows_who_paused_and_its_way_back_pauses_for_the_same_reason() -> None:
    plan = planned(asked(Unpause, "unpause", "elif"), {Paused(): STORM})
    assert isinstance(plan, Plan)
    (step,) = plan.steps
    assert isinstance(step, Act)
    assert STORM in str(plan.shows)
    assert isinstance(step.undo, Undo)
    assert step.undo.changes == (SetPaused(True, STORM),)


def test_what_is_not_paused_is_not_unpaused() -> None:
    assert refused(asked(Unpause, "unpause", "elif"), {Paused(): ""}) == "It is not paused: nothing to do."
