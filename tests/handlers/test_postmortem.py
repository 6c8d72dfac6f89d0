"""``postmortem``: the document of what is over."""

from dataclasses import replace

from bot.runbook import Offers
from bot.world import incidents
from handlers.postmortem import Postmortem
from tests.handlers.asked import asked, planned, refused
from tests.handlers.troubled import ID, OPEN, OVER, changes, who


def test_the_document_of_what_is_over_is_written() -> None:
    postmortem = asked(Postmortem, f"postmortem {ID}")
    made = planned(postmortem, {incidents.IncidentOf(ID, over=True): OVER})
    assert changes(made) == [incidents.WriteUp(ID, who("ana"), postmortem.request.case)]


def test_why_it_is_written_anew_is_kept_with_it() -> None:
    made = planned(
        asked(Postmortem, f"postmortem {ID} because of the notes"), {incidents.IncidentOf(ID, over=True): OVER}
    )
    (write,) = changes(made)
    assert isinstance(write, incidents.WriteUp)
    assert write.because == "of the notes"


def test_a_document_since_which_nothing_was_noted_is_not_written_again_without_a_reason() -> None:
    over = replace(OVER, documented=True)
    made = planned(asked(Postmortem, f"postmortem {ID}"), {incidents.IncidentOf(ID, over=True): over})
    assert isinstance(made, Offers)
    assert made.because == f"Nothing was noted of {ID} since its document was written, in its thread."
    assert [each.typed for each in made.offers] == [f"postmortem {ID} because …"]
    lost = asked(Postmortem, f"postmortem {ID} because it was lost")
    assert len(changes(planned(lost, {incidents.IncidentOf(ID, over=True): over}))) == 1


def test_the_newest_that_is_over_is_meant_where_none_is_named() -> None:
    made = planned(asked(Postmortem, "postmortem"), {incidents.IncidentOf("", over=True): OVER})
    (write,) = changes(made)
    assert isinstance(write, incidents.WriteUp)
    assert write.id == ID


def test_of_what_is_not_over_there_is_no_document_yet() -> None:
    said = refused(asked(Postmortem, f"postmortem {ID}"), {incidents.IncidentOf(ID, over=True): OPEN})
    assert f"{ID} is not over yet" in said
    assert f"`resolve {ID}`" in said
