"""``runs``: the last runs and how they stand."""

from dataclasses import replace

import pytest

from bot.domain.event import Ended, Settled
from bot.domain.run import Phase, Run
from bot.runbook import Items, Mark
from bot.world import bot
from handlers.runs import Runs
from tests.domain.test_life import born, in_phase
from tests.domain.toy import NOW
from tests.handlers.asked import AWAY, asked, seen, shown


def item(run: Run) -> tuple[Mark, str, str]:
    """The sign, the text and the detail of its only line."""
    (part,) = asked(Runs, "runs").tell(seen((bot.Runs(), (run,)))).parts
    assert isinstance(part, Items)
    (line,) = part.items
    return line.mark, str(line.text), line.detail


@pytest.mark.parametrize(
    ("how", "mark"),
    [
        ("done", Mark.GOOD), ("put back", Mark.BACK), ("failed", Mark.BAD), ("declined", Mark.PLAIN),
        ("kept", Mark.WARN), ("cancelled", Mark.PLAIN), ("expired", Mark.PLAIN),
    ],
)  # fmt: skip
def test_what_is_over_is_marked_by_how_it_ended(how: str, mark: Mark) -> None:
    assert item(born().after(Ended(NOW, how=how)))[::2] == (mark, how)


@pytest.mark.parametrize(
    ("phase", "word"),
    [
        (Phase.CHOOSING, "waiting"), (Phase.WAITING, "waiting"), (Phase.DOING, "ongoing"),
        (Phase.ASKING, "waiting for a decision"),
    ],
)  # fmt: skip
def test_what_is_under_way_is_marked_as_such_in_the_words_of_its_card(phase: Phase, word: str) -> None:
    mark, said, detail = item(in_phase(phase))
    assert (mark, detail) == (Mark.NOW, word)
    assert ("Set a switch" in said) == (phase is not Phase.CHOOSING)


@pytest.mark.parametrize(
    ("back", "mark", "how"), [(True, Mark.BACK, "taken back (r-2)"), (False, Mark.GOOD, "taken over (r-2)")]
)
def test_what_was_taken_back_is_not_called_done(back: bool, mark: Mark, how: str) -> None:
    done = born().after(Ended(NOW, how="done"))
    assert item(done.after(Settled(NOW, case="r-2", back=back)))[::2] == (mark, how)


def test_what_has_no_plan_is_shown_by_its_words() -> None:
    assert "set a 1" in item(in_phase(Phase.OVER))[1]


def test_how_many_there_are_is_said() -> None:
    run = in_phase(Phase.OVER)
    two = (run, replace(run, request=replace(run.request, key="another")))
    assert asked(Runs, "runs").tell(seen((bot.Runs(), two))).title == "The last 2 runs"
    assert asked(Runs, "runs").tell(seen((bot.Runs(), (run,)))).title == "The last run"
    assert "no runs yet" in asked(Runs, "runs").tell(seen((bot.Runs(), ()))).summary


def test_what_cannot_be_read_is_no_empty_list() -> None:
    assert "cannot be listed now" in shown(asked(Runs, "runs").tell(seen((bot.Runs(), AWAY))))
