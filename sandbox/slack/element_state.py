"""What is chosen and typed in interactive elements: `state.values`, and the entry in `actions` when one is used."""

import re
from typing import Any, Final

from sandbox.slack.block_elements import choices
from sandbox.slack.block_kit import elements
from sandbox.slack.records import JSON

# Of each element that keeps something: the property of its state, and the property that says what it begins with.
KEEPS: Final = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
MANY: Final = ("checkboxes", "multi_static_select", "multi_users_select", "multi_channels_select",
               "multi_conversations_select")  # fmt: skip


class NotOffered(ValueError):
    """Somebody chose what the element does not offer; nothing was sent."""


def values_of(blocks: list[JSON], given: JSON) -> JSON:
    """`state.values` of blocks: what is given, by block and action, and elsewhere what the elements begin with."""
    values: JSON = {}
    for block, element in elements(blocks):
        if element["type"] in KEEPS:
            parts = given.get(block["block_id"]) or {}
            told = parts.get(element["action_id"])
            values.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, told)
    return values


def state_of(element: JSON, told: Any) -> JSON:
    """The state of an element: from a state (`{"type": …, "value": …}`), from a bare value, or as it begins (None)."""
    kind = element["type"]
    name, initial = KEEPS[kind]
    empty: Any = [] if kind in MANY else None
    if told is None:
        return {"type": kind, name: element.get(initial, empty)}
    bare = told.get(name) if isinstance(told, dict) and ("type" in told or name in told) else told
    return {"type": kind, name: _chosen(element, bare, empty)}


def action_of(block: JSON, element: JSON, told: Any, action_ts: str) -> JSON:
    """The entry in `actions` when an element is used; `told` is what was chosen or typed."""
    kind = element["type"]
    done: JSON = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    if kind == "button":
        return done | {name: element[name] for name in ("text", "value", "style", "url", "confirm") if name in element}
    if kind == "overflow":
        return done | {"selected_option": _option(element, told)}
    state = state_of(element, told)
    also = {name: element[name] for name in ("placeholder", "initial_option") if name in element}
    return done | also | {name: part for name, part in state.items() if name != "type"}


def wrong_inputs(blocks: list[JSON], values: JSON) -> dict[str, str]:
    """What a person is told before a modal is sent: by block, what is missing or cannot be."""
    wrong = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values[block["block_id"]][element["action_id"]]
        kept = state[KEEPS[element["type"]][0]]
        if kept in (None, "", []):
            if not block.get("optional"):
                wrong[block["block_id"]] = "Please complete this required field."
        elif isinstance(kept, str) and (complaint := _complaint(element, kept)):
            wrong[block["block_id"]] = complaint
    return wrong


def _complaint(element: JSON, text: str) -> str:
    kind = element["type"]
    if kind == "number_input":
        whole = not element.get("is_decimal_allowed")
        if not re.fullmatch(r"-?\d+" if whole else r"-?\d+(\.\d+)?", text):
            return "Please enter a whole number." if whole else "Please enter a number."
        if float(text) < float(element.get("min_value", "-inf")) or float(text) > float(
            element.get("max_value", "inf")
        ):
            return "Please enter a number within the limits."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://\S+$", text):
        return "Please enter a valid URL."
    if not element.get("min_length", 0) <= len(text) <= element.get("max_length", 3000):
        return "Please enter a text of the right length."
    return ""


def _chosen(element: JSON, bare: Any, empty: Any) -> Any:
    if bare in (None, "", []):
        return empty
    if not choices(element):
        if isinstance(bare, list) != (element["type"] in MANY):
            raise NotOffered(f"{element['action_id']} does not take {bare!r}")
        return bare
    if element["type"] in MANY:
        return [_option(element, one) for one in (bare if isinstance(bare, list) else [bare])]
    return _option(element, bare)


def _option(element: JSON, wanted: Any) -> JSON:
    """The option that is meant by its value, by its text, or by itself."""
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    offered = choices(element)
    for option in [one for one in offered if one["value"] == value] + [one for one in offered if label(one) == value]:
        return option
    raise NotOffered(f"{element['action_id']} does not offer {value!r}; it offers {', '.join(map(label, offered))}")


def label(option: JSON) -> str:
    """What an option is called by a person."""
    return str(option["text"]["text"])
