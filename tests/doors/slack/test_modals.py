"""The modal that asks for the rest of an offer's words."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Misunderstood
from bot.domain.offer import Choice, Choices, Offer
from bot.domain.report import Report
from bot.domain.request import Place
from bot.doors.slack import modals
from bot.doors.slack.blocks import render
from sandbox.slack.block_kit import check_message, check_view
from tests.doors.slack.reports import CASE

PLACE = Place("CONCALL", "1795516200.000001", "https://hooks.slack.example/actions/T1/2/3")
OFFER = Offer("Decline this plan for good", "decline r-1 because", asks="Why not?")


def view(offer: Offer = OFFER) -> dict[str, object]:
    button = render(Report("", offers=(offer,)), case=CASE).blocks[-1]["elements"][0]
    return modals.ask(button, PLACE, {})


def blocks_of(offer: Offer) -> list[dict[str, Any]]:
    blocks = view(offer)["blocks"]
    assert isinstance(blocks, list)
    return blocks


def submitted(words: str | None) -> dict[str, object]:
    return {**view(), "state": {"values": {"answer": {"words": {"type": "plain_text_input", "value": words}}}}}


def test_the_modal_is_one_that_slack_takes() -> None:
    check_view(view())
    check_view(view(Offer("x" * 100, "words", asks="y" * 3000)))
    check_view(modals.ask({}, Place(), {}))


def test_the_modal_asks_what_the_offer_asks() -> None:
    blocks = view()["blocks"]
    assert isinstance(blocks, list)
    assert blocks[0]["label"]["text"] == "Why not?"


def test_the_form_says_which_card_it_is_of() -> None:
    message = render(Report("", "P0 · RedisDown · <!channel> " + "x" * 200, offers=(OFFER,)), case=CASE)
    form = modals.ask(message.blocks[-1]["elements"][0], PLACE, {"blocks": message.blocks})
    check_view(form)
    assert form["blocks"][0]["type"] == "context"
    assert form["blocks"][0]["elements"][0]["text"].startswith("P0 · RedisDown · ")
    assert form["blocks"][0]["elements"][0]["type"] == "plain_text", "other people's words are no markup"


def test_the_answer_comes_back_with_card_offer_and_place() -> None:
    assert modals.answer(submitted(" too\n\nrisky now ")) == (CASE, OFFER.key, PLACE, "too risky now")


@pytest.mark.parametrize("words", [None, "", "  \n\t ", "…", " - !"])
def test_blanks_and_signs_alone_are_no_answer(words: str | None) -> None:
    with pytest.raises(Misunderstood, match="alone say nothing"):
        modals.answer(submitted(words))


def choices(count: int = 3, chosen: str = "to 1", words: str = "to {}") -> Choices:
    return Choices("Who | is called?", tuple(Choice(f"role {n}", words.format(n)) for n in range(count)), chosen)


HELP = Offer("Escalate", "escalate i-1", "Why?", choices=choices(), before="because")


def filled(offer: Offer, choice: str | None, words: str | None) -> dict[str, object]:
    option = {"type": "static_select", "selected_option": {"value": choice} if choice else None}
    values = {"choice": {"words": option}, "answer": {"words": {"type": "plain_text_input", "value": words}}}
    return {**view(offer), "state": {"values": values}}


def test_a_form_with_choices_has_a_menu_above_the_field() -> None:
    menu, field = blocks_of(HELP)
    assert menu["label"]["text"] == "Who | is called?"
    assert [option["text"]["text"] for option in menu["element"]["options"]] == ["role 0", "role 1", "role 2"]
    assert menu["element"]["initial_option"]["value"] == "to 1"
    assert (field["label"]["text"], field.get("optional", False)) == ("Why?", False)
    check_view(view(HELP))


def test_choices_alone_are_a_menu_alone_and_none_is_chosen_that_is_not_there() -> None:
    (menu,) = blocks_of(Offer("Set", "set", choices=choices(chosen="to 9")))
    assert "initial_option" not in menu["element"]
    assert modals.answer(filled(Offer("Set", "set", choices=choices()), "to 2", None))[3] == "to 2"
    no = modals.refused("The store is full.", view(Offer("Set", "set", choices=choices())))
    assert no["errors"] == {"choice": "The store is full."}


def test_what_is_chosen_and_written_is_what_would_be_typed() -> None:
    assert modals.answer(filled(HELP, "to 2", "it  spreads"))[3] == "to 2 because it spreads"
    loose = replace(HELP, optional=True)
    assert blocks_of(loose)[1]["optional"] is True
    assert modals.answer(filled(loose, "to 2", None))[3] == "to 2"
    with pytest.raises(Misunderstood, match="alone say nothing"):
        modals.answer(filled(loose, "to 2", "…"))


@pytest.mark.parametrize("words", ["to {}", "to {} " + "x" * 140, "to {} " + "x" * 200])
def test_choices_for_which_there_is_no_room_can_be_typed_and_that_is_said(words: str) -> None:
    offer = replace(HELP, choices=choices(120, words=words), asks="y" * 3000)
    check_message(render(Report("", offers=(offer,)), case=CASE).blocks, None)
    check_view(view(offer))
    shown = blocks_of(offer)
    menus = [one for one in shown if one["block_id"] == "choice"]
    for menu in menus:
        left = 120 - len(menu["element"]["options"])
        assert menu["label"]["text"] == f"Who | is called? ({left} more can be typed)"
    assert bool(menus) is (len(words) < 150)


@pytest.mark.parametrize("packed", ["{", "[]", "null", '{"among": 7}', '{"asks": "x", "among": [["a"]]}'])
def test_a_button_that_the_bot_has_not_drawn_has_a_field_alone(packed: str) -> None:
    form = modals.ask({"value": f"i-1|key|Why?|{packed}"}, PLACE, {})
    assert [one["block_id"] for one in form["blocks"]] == ["answer"]


def test_a_form_that_an_older_release_opened_is_taken() -> None:
    now = submitted("too risky")
    carried = str(now["private_metadata"]).rpartition("|")[0]
    assert modals.answer({**now, "private_metadata": carried}) == (CASE, OFFER.key, PLACE, "too risky")


def test_a_form_that_is_not_ours_is_not_understood() -> None:
    with pytest.raises(Misunderstood, match="Nothing was changed"):
        modals.answer({"private_metadata": "made up"})


def test_a_refused_submission_keeps_the_form_and_says_why() -> None:
    answer = modals.refused("The store is full: see `runs`.", view())
    assert answer == {"response_action": "errors", "errors": {"answer": "The store is full: see runs."}}
