"""The modal that asks for the rest of an offer's words."""

import pytest

from bot.domain.errors import Misunderstood
from bot.domain.offer import Offer
from bot.domain.report import Report
from bot.domain.request import Place
from bot.doors.slack import modals
from bot.doors.slack.blocks import render
from sandbox.slack.block_kit import check_view
from tests.doors.slack.reports import CASE

PLACE = Place("CONCALL", "1795516200.000001", "https://hooks.slack.example/actions/T1/2/3")
OFFER = Offer("Decline this plan for good", "decline r-1 because", asks="Why not?")


def view(offer: Offer = OFFER) -> dict[str, object]:
    button = render(Report("", offers=(offer,)), case=CASE).blocks[-1]["elements"][0]
    return modals.ask(button, PLACE)


def submitted(words: str | None) -> dict[str, object]:
    return {**view(), "state": {"values": {"answer": {"words": {"type": "plain_text_input", "value": words}}}}}


def test_the_modal_is_one_that_slack_takes() -> None:
    check_view(view())
    check_view(view(Offer("x" * 100, "words", asks="y" * 3000)))
    check_view(modals.ask({}, Place()))


def test_the_modal_asks_what_the_offer_asks() -> None:
    blocks = view()["blocks"]
    assert isinstance(blocks, list)
    assert blocks[0]["label"]["text"] == "Why not?"


def test_the_answer_comes_back_with_card_offer_and_place() -> None:
    assert modals.answer(submitted(" too\n\nrisky now ")) == (CASE, OFFER.key, PLACE, "too risky now")


@pytest.mark.parametrize("words", [None, "", "  \n\t ", "…", " - !"])
def test_blanks_and_signs_alone_are_no_answer(words: str | None) -> None:
    with pytest.raises(Misunderstood, match="alone say nothing"):
        modals.answer(submitted(words))


def test_a_form_that_is_not_ours_is_not_understood() -> None:
    with pytest.raises(Misunderstood, match="Nothing was changed"):
        modals.answer({"private_metadata": "made up"})


def test_a_refused_submission_keeps_the_form_and_says_why() -> None:
    answer = modals.refused("The store is full: see `runs`.")
    assert answer == {"response_action": "errors", "errors": {"answer": "The store is full: see runs."}}
