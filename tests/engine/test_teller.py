"""What is said of a run: short on its card, at length once in its thread."""

from bot.domain import event as e
from bot.domain.report import Report
from bot.domain.run import Run
from bot.domain.sentence import short
from bot.doors.plain import plain
from bot.engine.teller import says
from bot.ports import Kind
from tests.domain.test_life import born, planned
from tests.domain.toy import NOW, PEOPLE, plan

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
    assert "its image cannot be pulled" in card
    assert len(card) < 800
    assert "the very end" not in card
    assert card.count("cannot be pulled") == 1
    assert "the very end" in line
    run = run.after(failed).after(e.Started(NOW, step="one", back=True)).after(e.Passed(NOW, step="one", back=True))
    card, line = said(run, e.Ended(NOW, how="put back", because=failed.because))
    assert card.count("cannot be pulled") == 1
    assert "the very end" not in card + line
    assert "put back" in line


def test_a_reason_is_cut_at_a_word_and_says_so() -> None:
    cut = short(WALL)
    assert len(cut) <= 200
    assert cut.endswith("…")
    assert WALL.startswith(cut.removesuffix("…") + " ")
    assert short("x" * 500) == "x" * 199 + "…"
    assert short("a; b; c") == "a; b; …"
    assert short("as it is") == "as it is"
