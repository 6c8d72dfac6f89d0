"""Block Kit's interactive elements and their limits (docs.slack.dev/reference/block-kit/block-elements)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.shapes import (
    Findings,
    Rule,
    anything,
    boolean,
    listed,
    matches,
    number,
    of_type,
    one_of,
    plain,
    record,
    string,
    text,
)

CONFIRM: Final = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30),
     "style": one_of("primary", "danger")},
    "title text confirm deny",
)  # fmt: skip
ID: Final = string(255)
DATE: Final = matches(re.compile(r"\d{4}-\d{2}-\d{2}").fullmatch, "a date in the format YYYY-MM-DD")
TIME: Final = matches(re.compile(r"([01]\d|2[0-3]):[0-5]\d").fullmatch, "a time in the format HH:mm")
DISPATCH: Final = record(
    {"trigger_actions_on": listed(one_of("on_enter_pressed", "on_character_entered"), 2)}, "trigger_actions_on"
)

_OPTION: Final = {"text": plain(75), "value": string(150), "description": plain(75)}
OPTION: Final = record(_OPTION, "text value")
LINKED_OPTION: Final = record({**_OPTION, "url": string(3000)}, "text value")
MARKED_OPTION: Final = record({"text": text(75), "value": string(150), "description": text(75)}, "text value")
GROUP: Final = record({"label": plain(75), "options": listed(OPTION, 100)}, "label options")
FILTER: Final = record(
    {"include": listed(one_of("im", "mpim", "private", "public"), 4), "exclude_external_shared_channels": boolean,
     "exclude_bot_users": boolean}
)  # fmt: skip


def choices(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All options of an element, those in groups too."""
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [option for group in groups for option in group["options"]]


def _initial_among_options(place: str, element: Any, found: Findings) -> None:
    offered = [(option["value"], option["text"]["text"]) for option in choices(element)]
    for name in ("initial_option", "initial_options"):
        chosen = element.get(name) or []
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if (option["value"], option["text"]["text"]) not in offered:
                found.add(f"{place}/{name}", "must be one of the provided options")


def _options_or_groups(place: str, element: Any, found: Findings) -> None:
    if bool(element.get("options")) == bool(element.get("option_groups")):
        found.add(place, "must provide either options or option_groups")
    else:
        _initial_among_options(place, element, found)


def _lengths(place: str, element: Any, found: Findings) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        found.add(f"{place}/min_length", "must not be more than max_length")
    if "initial_value" in element and not least <= len(element["initial_value"]) <= most:
        found.add(f"{place}/initial_value", f"must have {least} to {most} characters")


def _numeric(place: str, value: Any, found: Findings) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        found.add(place, "must be a number, as a string")


def _element(rules: Mapping[str, Rule], required: str = "", also: Rule = anything) -> Rule:
    return record({"type": anything, "action_id": ID, **rules}, required, also)


_SELECT: Final = {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean}
_MULTI: Final = {**_SELECT, "max_selected_items": number(1, 100)}
_OPTIONS: Final = {"options": listed(OPTION, 100, 0), "option_groups": listed(GROUP, 100, 0)}
_BOXES: Final = {"options": listed(MARKED_OPTION, 10), "confirm": CONFIRM, "focus_on_load": boolean}
_INPUT: Final = {
    "placeholder": plain(150), "initial_value": string(3000, 0), "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}  # fmt: skip
_PICKER: Final = {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean}

IMAGE: Final = record(
    {"type": anything, "image_url": string(3000), "slack_file": anything, "alt_text": string(2000)}, "alt_text"
)

BUTTON: Final = {
    "button": _element(
        {"text": plain(75), "value": string(2000, 0), "url": string(3000), "style": one_of("primary", "danger"),
         "confirm": CONFIRM, "accessibility_label": string(75)},
        "text",
    ),
    "overflow": _element({"options": listed(LINKED_OPTION, 5, 2), "confirm": CONFIRM}, "options"),
}  # fmt: skip
SINGLE: Final = {
    "static_select": _element({**_SELECT, **_OPTIONS, "initial_option": OPTION}, also=_options_or_groups),
    "users_select": _element({**_SELECT, "initial_user": string(20)}),
    "channels_select": _element({**_SELECT, "initial_channel": string(20), "response_url_enabled": boolean}),
    "conversations_select": _element(
        {**_SELECT, "initial_conversation": string(20), "default_to_current_conversation": boolean, "filter": FILTER,
         "response_url_enabled": boolean}
    ),
    "checkboxes": _element(
        {**_BOXES, "initial_options": listed(MARKED_OPTION, 10)}, "options", _initial_among_options
    ),
    "radio_buttons": _element({**_BOXES, "initial_option": MARKED_OPTION}, "options", _initial_among_options),
    "datepicker": _element({**_PICKER, "initial_date": DATE}),
    "timepicker": _element({**_PICKER, "initial_time": TIME, "timezone": string(60)}),
}  # fmt: skip
MULTI: Final = {
    "multi_static_select": _element(
        {**_MULTI, **_OPTIONS, "initial_options": listed(OPTION, 100)}, also=_options_or_groups
    ),
    "multi_users_select": _element({**_MULTI, "initial_users": listed(string(20), 100)}),
    "multi_channels_select": _element({**_MULTI, "initial_channels": listed(string(20), 100)}),
    "multi_conversations_select": _element(
        {**_MULTI, "initial_conversations": listed(string(20), 100), "default_to_current_conversation": boolean,
         "filter": FILTER}
    ),
}  # fmt: skip
MOMENT: Final = {
    "datetimepicker": _element(
        {"initial_date_time": number(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, "focus_on_load": boolean}
    )
}
TYPED: Final = {
    "plain_text_input": _element(
        {**_INPUT, "multiline": boolean, "min_length": number(0, 3000), "max_length": number(1, 3000)}, also=_lengths
    ),
    "number_input": _element(
        {**_INPUT, "is_decimal_allowed": boolean, "initial_value": _numeric, "min_value": _numeric,
         "max_value": _numeric},
        "is_decimal_allowed",
    ),
    "email_text_input": _element(_INPUT),
    "url_text_input": _element(_INPUT),
}  # fmt: skip

# Which elements may stand where; the documentation of each element names the blocks that take it.
IN_SECTION: Final = of_type({**BUTTON, **SINGLE, **MULTI, "image": IMAGE})
IN_ACTIONS: Final = of_type({**BUTTON, **SINGLE, **MOMENT})
IN_INPUT: Final = of_type({**SINGLE, **MULTI, **MOMENT, **TYPED})
