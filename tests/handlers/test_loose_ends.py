"""``loose-ends``: what stands with an end, whose it is and why."""

from dataclasses import replace

import pytest

from bot.domain.run import Phase
from bot.runbook import Tone
from bot.world import bot
from handlers.loose_ends import LooseEnds
from tests.domain.test_life import in_phase
from tests.handlers.asked import AWAY, asked, seen, shown


def test_each_can_be_put_back_at_once() -> None:
    run = in_phase(Phase.STANDING)
    report = asked(LooseEnds, "loose-ends").tell(seen((bot.LooseEnds(), (run,))))
    assert report.title == "1 loose end"
    assert [offer.words for offer in report.offers] == [f"undo {run.id}"]
    assert "no reason was given" in shown(report)


@pytest.mark.parametrize("because", ["because", "BECAUSE", "Because:"])
def test_the_reason_is_shown_where_one_was_given(because: str) -> None:
    run = replace(in_phase(Phase.STANDING), words=f"set a 1 {because} the sale begins")
    report = asked(LooseEnds, "loose-ends").tell(seen((bot.LooseEnds(), (run, run))))
    assert report.title == "2 loose ends"
    assert "the sale begins" in shown(report)
    assert "no reason" not in shown(report)


def test_a_pause_is_one_with_whose_it_is_and_why() -> None:
    run = in_phase(Phase.STANDING)
    for runs, title in (((), "1 loose end"), ((run,), "2 loose ends")):
        report = asked(LooseEnds, "loose-ends").tell(
            seen((bot.LooseEnds(), runs), (bot.Paused(), "Dana Weiss: storm, since 2026-11-24 10:00 UTC"))
        )
        assert (report.title, report.tone) == (title, Tone.WARN)
        assert "Dana Weiss: storm, since 2026-11-24 10:00 UTC" in shown(report)
        assert "unpause" in shown(report)
    for paused in ("", None, AWAY):
        report = asked(LooseEnds, "loose-ends").tell(seen((bot.LooseEnds(), (run,)), (bot.Paused(), paused)))
        assert (report.title, report.tone) == ("1 loose end", Tone.PLAIN)
    assert set(asked(LooseEnds, "loose-ends").asks(seen())) == {bot.LooseEnds(), bot.Paused()}


def test_none_is_good_and_not_to_know_is_not() -> None:
    assert asked(LooseEnds, "loose-ends").tell(seen((bot.LooseEnds(), ()))).tone is Tone.GOOD
    report = asked(LooseEnds, "loose-ends").tell(seen((bot.LooseEnds(), AWAY)))
    assert "cannot be listed now" in report.summary
    assert report.tone is not Tone.GOOD
