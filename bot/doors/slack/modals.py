"""The modal that asks for the rest of an offer's words. It is made of the press alone, before anything is read."""

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.errors import Misunderstood
from bot.domain.request import Place
from bot.doors.slack import limits
from bot.doors.slack.inline import Json, plain_text

#: The callback_id of the modal.
ASK: Final = "ask"
_BLOCK: Final = "answer"
_MOST: Final = 1000  # characters of an answer; the words become part of a request


def ask(action: Mapping[str, Any], place: Place) -> Json:
    """The modal for a press on a button that asks. ``place`` is where it was pressed; it comes back with the answer."""
    case, key, asks = (*str(action.get("value", "")).split("|", 2), "", "", "")[:3]
    label = action.get("text", {}).get("text", "")
    return {
        "type": "modal",
        "callback_id": ASK,
        "private_metadata": "|".join((case, key, place.channel, place.thread, place.reply)),
        "title": plain_text(label, limits.TITLE),
        "submit": plain_text(label, limits.TITLE),
        "close": plain_text("Back", limits.TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": _BLOCK,
                "label": plain_text(asks or "What else is to be said?", limits.INPUT_LABEL),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "words",
                    "multiline": True,
                    "focus_on_load": True,
                    "max_length": _MOST,
                },
            }
        ],
    }


def answer(view: Mapping[str, Any]) -> tuple[str, str, Place, str]:
    """Case, key of the offer, place and words of a submitted modal. Raises ``Misunderstood`` when it is not ours."""
    carried = str(view.get("private_metadata", "")).split("|", 4)
    if len(carried) != 5:
        raise Misunderstood("That form belongs to no card that I know.", "Nothing was changed.")
    case, key, channel, thread, reply = carried
    typed = view.get("state", {}).get("values", {}).get(_BLOCK, {}).get("words", {}).get("value") or ""
    words = " ".join(str(typed).split())
    if not re.search(r"\w", words):
        raise Misunderstood("Blanks and signs alone say nothing.", "Write it in words; nothing was changed.")
    return case, key, Place(channel, thread, reply), words


def refused(because: str) -> Json:
    """The answer to a submission that could not be taken: the form stays, with its words, and says why."""
    # It is plain text, in which nothing is code.
    return {"response_action": "errors", "errors": {_BLOCK: limits.cut(because.replace("`", ""), limits.INPUT_LABEL)}}
