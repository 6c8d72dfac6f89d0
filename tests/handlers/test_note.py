"""``note``: into the timeline here, and into PagerDuty where there is something to tell and somewhere to tell it."""

from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.domain.incident_event import Resolved
from bot.runbook import Offers, Plan
from bot.world import incidents, pagerduty
from handlers.note import Note
from tests.handlers.asked import NOW, asked, planned
from tests.handlers.troubled import ID, OPEN, changes, held_by, may_fail, who


def noted(words: str, known: str = "P1", incident: Incident = OPEN) -> tuple[Note, Plan]:
    note = asked(Note, f"note {ID} {words}".strip())
    world: dict[Any, Any] = {incidents.IncidentOf(ID): incident, incidents.KnownAs(ID): known}
    made = planned(note, world)
    assert isinstance(made, Plan)
    return note, made


def test_it_is_written_here_with_whose_and_when_and_in_pagerduty_which_may_fail() -> None:
    note, made = noted("the disk is full")
    there = pagerduty.Note("P1", "", "Ana Silva: the disk is full")
    assert changes(made) == [
        incidents.WriteDown(ID, who("ana"), "the disk is full", note.request.case, NOW), there,
    ]  # fmt: skip
    assert may_fail(made) == [there]


def test_without_words_somebody_is_still_at_it_and_pagerduty_is_told_nothing() -> None:
    (here,) = changes(noted("", incident=held_by("ana"))[1])
    assert str(here) == "Note that they are still at it"


@pytest.mark.parametrize(
    ("incident", "because", "offer"),
    [
        (held_by("ben"), "Ben Okafor has it, so only they can say", [f"acknowledge {ID} over"]),
        (OPEN, "Nobody has", [f"acknowledge {ID}"]),
        (held_by("ana").after(Resolved(NOW, who("ana"))), "is resolved", []),
    ],
)
def test_without_words_only_who_has_it_is_still_at_it(incident: Incident, because: str, offer: list[str]) -> None:
    world: dict[Any, Any] = {incidents.IncidentOf(ID): incident, incidents.KnownAs(ID): "P1"}
    made = planned(asked(Note, f"note {ID}"), world)
    assert isinstance(made, Offers)
    assert because in made.because
    assert [each.words for each in made.offers] == offer


def test_what_pagerduty_does_not_have_is_written_here_alone() -> None:
    assert len(changes(noted("the disk is full", known="")[1])) == 1


def test_a_long_note_is_cut_for_pagerduty_and_whole_here() -> None:
    here, there = changes(noted("x" * 2500)[1])
    assert isinstance(here, incidents.WriteDown)
    assert isinstance(there, pagerduty.Note)
    assert (len(here.words), len(there.words)) == (2500, 2000)
