"""The modal that completes the words of an offer. It is made of the press alone, before anything is read."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.errors import Misunderstood
from bot.domain.offer import Choice, Choices, Offer
from bot.domain.request import Place
from bot.doors.plain import clean
from bot.doors.slack import limits
from bot.doors.slack.inline import Json, plain_text

#: The callback_id of the modal.
ASK: Final = "ask"
_BLOCK: Final = "answer"
_CHOICE: Final = "choice"
_ALONE: Final = "alone"
_MOST: Final = 1000  # characters of an answer; the words become part of a request
_OTHERWISE: Final = "What else is to be said?"


def carried(offer: Offer, case: str) -> str:
    """What a button carries: card, offer, and the form of an offer that asks for more."""
    asks = limits.cut(clean(offer.asks).replace("|", "/"), limits.ASKS)
    parts = [case, offer.key, *([asks] if offer.incomplete else [])]
    if offer.choices is not None or offer.before or offer.optional:
        parts.append(_packed(offer, limits.BUTTON_VALUE - len("|".join(parts)) - 1))
    return "|".join(parts)


def ask(action: Mapping[str, Any], place: Place, card: Mapping[str, Any], alone: bool = False) -> Json:
    """The modal for a press on a button that asks. ``place`` is where it was pressed; it comes back with the answer.

    ``card`` is the message with the button: a form hides it, so its title stands in the form. ``alone``: only who
    pressed sees that message.
    """
    case, key, asks, packed = (*str(action.get("value", "")).split("|", 3), "", "", "", "")[:4]
    label = action.get("text", {}).get("text", "")
    form = _unpacked(packed)
    blocks = [] if form.choices is None else [_select(form.choices)]
    if asks or not blocks:
        blocks.append(_text(asks or _OTHERWISE, form.optional, first=not blocks))
    blocks[:0] = _title_of(card)
    return {
        "type": "modal",
        "callback_id": ASK,
        "private_metadata": "|".join(
            (case, key, place.channel, place.thread, place.reply, form.before, _ALONE if alone else "")
        ),
        "title": plain_text(label, limits.TITLE),
        "submit": plain_text(label, limits.TITLE),
        "close": plain_text("Back", limits.TITLE),
        "blocks": blocks,
    }


def answer(view: Mapping[str, Any]) -> tuple[str, str, Place, str]:
    """Case, key of the offer, place and words of a submitted modal. Raises ``Misunderstood`` when it is not ours."""
    carries = _carries(view)
    if len(carries) < 5:
        raise Misunderstood("That form belongs to no card that I know.", "Nothing was changed.")
    case, key, channel, thread, reply, before = (*carries, "")[:6]
    values = view.get("state", {}).get("values", {})
    option = values.get(_CHOICE, {}).get("words", {}).get("selected_option") or {}
    chosen = str(option.get("value") or "")
    words = " ".join(str(values.get(_BLOCK, {}).get("words", {}).get("value") or "").split())
    # Slack sends no form with an empty field that must be filled: what is empty here may be.
    if not re.search(r"\w", words) and (words or not chosen):
        raise Misunderstood("Blanks and signs alone say nothing.", "Write it in words; nothing was changed.")
    said = f"{before} {words}" if before and words else words
    return case, key, Place(channel, thread, reply), f"{chosen} {said}".strip()


def asked_alone(view: Mapping[str, Any]) -> bool:
    """Whether the message with the button of this form is seen by one person alone."""
    return _carries(view)[6:] == [_ALONE]


def _carries(view: Mapping[str, Any]) -> list[str]:
    """What the form brings back: older releases let it carry five things, or six."""
    return str(view.get("private_metadata", "")).split("|", 6)


def refused(because: str, view: Mapping[str, Any]) -> Json:
    """The answer to a submission that could not be taken: the form stays, with its words, and says why."""
    fields = [block.get("block_id") for block in view.get("blocks", [])]
    name = _CHOICE if _CHOICE in fields and _BLOCK not in fields else _BLOCK
    # It is plain text, in which nothing is code.
    return {"response_action": "errors", "errors": {name: limits.cut(because.replace("`", ""), limits.INPUT_LABEL)}}


def _title_of(card: Mapping[str, Any]) -> list[Json]:
    headers = [block for block in card.get("blocks", []) if block.get("type") == "header"]
    title = str(headers[0].get("text", {}).get("text", "")) if headers else ""
    return [{"type": "context", "elements": [plain_text(title, limits.HEADER)]}] if title else []


def _select(choices: Choices) -> Json:
    options = {each.words: _option(each) for each in choices.among}
    element: Json = {"type": "static_select", "action_id": "words", "options": list(options.values())}
    if choices.chosen in options:
        element["initial_option"] = options[choices.chosen]
    label = plain_text(choices.asks or _OTHERWISE, limits.INPUT_LABEL)
    return {"type": "input", "block_id": _CHOICE, "label": label, "element": element}


def _option(choice: Choice) -> Json:
    return {"text": plain_text(choice.label, limits.OPTION), "value": choice.words}


def _text(asks: str, optional: bool, first: bool) -> Json:
    made: Json = {
        "type": "input",
        "block_id": _BLOCK,
        "label": plain_text(asks, limits.INPUT_LABEL),
        "element": {
            "type": "plain_text_input",
            "action_id": "words",
            "multiline": True,
            "focus_on_load": first,
            "max_length": _MOST,
        },
    }
    return {**made, "optional": True} if optional else made


def _packed(offer: Offer, most: int) -> str:
    """The form of an offer as JSON of at most ``most`` characters; choices for which there is no room are left out."""
    choices = offer.choices or Choices("", ())
    fit = [each for each in choices.among if len(each.words) <= limits.OPTION_VALUE][: limits.OPTIONS]
    for shown in range(len(fit), -1, -1):
        more = len(choices.among) - shown
        asks = f"{choices.asks} ({more} more can be typed)" if more else choices.asks
        packed = json.dumps(
            {
                "asks": limits.cut(clean(asks), limits.ASKS),
                "among": [[each.words, limits.cut(clean(each.label), limits.OPTION)] for each in fit[:shown]],
                "chosen": choices.chosen,
                "before": offer.before,
                "optional": offer.optional,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        if len(packed) <= most:
            return packed
    return ""


def _unpacked(packed: str) -> Offer:
    """The form that a button carries; that of a button without one, as older releases drew them, is a field."""
    if not packed:
        return Offer("", "")
    try:
        form = json.loads(packed)
        among = tuple(Choice(label, words) for words, label in form["among"])
        choices = Choices(form["asks"], among, form["chosen"]) if among else None
        return Offer("", "", choices=choices, before=form["before"], optional=form["optional"])
    except (ValueError, LookupError, TypeError):
        return Offer("", "")  # nothing that the bot has drawn
