"""Block Kit as Slack takes it: blocks, modals and home views with every limit (docs.slack.dev/reference/block-kit).

Block types younger than the table block (cards, alerts, plans) and elements that load their options from the app
are not known here and are refused as unsupported.
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any, Final, Literal

from sandbox.slack.block_elements import ID, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.slack.errors import SlackError, invalid_arguments, invalid_blocks
from sandbox.slack.records import JSON
from sandbox.slack.rich_text import RICH
from sandbox.slack.shapes import (
    Findings,
    Rule,
    anything,
    boolean,
    listed,
    number,
    of_type,
    one_of,
    plain,
    record,
    string,
    text,
)

Surface = Literal["message", "modal", "home"]
MOST: Final[dict[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_TOGETHER: Final = 12_000
VIEW_BYTES: Final = 250_000

# chat.postMessage counts the text of all blocks, and something for each block; measured by others in
# slackapi/bolt-js issues 2509 and 2867, documented nowhere.
TEXT_TOGETHER: Final = 13_422
TEXT_OF_A_BLOCK: Final = 125


def _section(place: str, block: Any, found: Findings) -> None:
    if not block.get("text") and not block.get("fields"):
        found.add(place, "missing required field: text")


def _image(place: str, block: Any, found: Findings) -> None:
    if bool(block.get("image_url")) == bool(block.get("slack_file")):
        found.add(place, "must provide either image_url or slack_file")


def _block(rules: dict[str, Rule], required: str = "", also: Rule = anything) -> Rule:
    return record({"type": anything, "block_id": ID, **rules}, required, also)


_RICH_TEXT: Final = _block({"elements": listed(RICH, 100)}, "elements")
_CELL: Final = of_type({
    "raw_text": record({"type": anything, "text": string(3000)}, "text"),
    "rich_text": _RICH_TEXT,
})  # fmt: skip
_COLUMN: Final = record({"align": one_of("left", "center", "right"), "is_wrapped": boolean})

EVERYWHERE: Final[dict[str, Rule]] = {
    "actions": _block({"elements": listed(IN_ACTIONS, 25)}, "elements"),
    "context": _block(
        {"elements": listed(of_type({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10)}, "elements"
    ),
    "divider": _block({}),
    "header": _block({"text": plain(150), "level": number(1, 4)}, "text"),
    "image": _block(
        {"image_url": string(3000), "slack_file": anything, "alt_text": string(2000), "title": plain(2000)},
        "alt_text", _image,
    ),
    "input": _block(
        {"label": plain(2000), "element": IN_INPUT, "hint": plain(2000), "optional": boolean,
         "dispatch_action": boolean},
        "label element",
    ),
    "rich_text": _RICH_TEXT,
    "section": _block(
        {"text": text(3000), "fields": listed(text(2000), 10), "accessory": IN_SECTION, "expand": boolean},
        also=_section,
    ),
}  # fmt: skip
IN_MESSAGES: Final[dict[str, Rule]] = {
    "markdown": _block({"text": string(12_000)}, "text"),
    "table": _block(
        {"rows": listed(listed(_CELL, 20), 100), "column_settings": listed(_COLUMN, 20)}, "rows"
    ),
}  # fmt: skip
BLOCKS: Final[dict[Surface, Rule]] = {
    "message": of_type({**EVERYWHERE, **IN_MESSAGES}), "modal": of_type(EVERYWHERE), "home": of_type(EVERYWHERE),
}  # fmt: skip

_VIEW: Final[dict[str, Rule]] = {
    "type": anything, "blocks": anything, "private_metadata": string(3000, 0), "callback_id": string(255, 0),
    "external_id": string(255, 0),
}  # fmt: skip
MODAL: Final = record(
    {**_VIEW, "title": plain(24), "submit": plain(24), "close": plain(24), "clear_on_close": boolean,
     "notify_on_close": boolean},
    "title blocks",
)  # fmt: skip
HOME: Final = record(_VIEW, "blocks")


def elements(blocks: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Every interactive element with the block that it stands in."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for one in inside:
            if one and "action_id" in one:
                yield block, one


def check_message(blocks: Any, attachments: Any) -> None:
    """Raise what chat.postMessage answers to blocks and attachments that are not right."""
    found = Findings()
    if blocks is not None and not _is_list_of_objects(blocks):
        raise SlackError("invalid_blocks_format")
    if attachments is not None and not _is_list_of_objects(attachments):
        raise SlackError("invalid_attachments")
    if len(attachments or []) > 100:
        raise SlackError("too_many_attachments")
    _check_blocks("/blocks", blocks or [], "message", found)
    for at, attachment in enumerate(attachments or []):
        _check_blocks(f"/attachments/{at}/blocks", attachment.get("blocks") or [], "message", found)
    if found.messages:
        raise invalid_blocks(found.messages)
    everything = [*(blocks or []), *(block for one in attachments or [] for block in one.get("blocks") or [])]
    if sum(1 for block in everything if block["type"] == "table") > 1:
        raise SlackError("invalid_attachments", response_metadata={"messages": ["[ERROR] only_one_table_allowed"]})
    markdown = sum(len(block["text"]) for block in everything if block["type"] == "markdown")
    if markdown > MARKDOWN_TOGETHER or weight(everything) > TEXT_TOGETHER:
        raise SlackError("msg_blocks_too_long")


def weight(blocks: list[JSON]) -> int:
    """What blocks count towards the limit of a message: the characters of their texts, and 125 for each block."""
    return sum(_characters(block) + TEXT_OF_A_BLOCK for block in blocks)


def check_view(view: Any, kinds: tuple[str, ...] = ("modal",)) -> None:
    """Raise what views.open, views.update and views.publish answer to a view that is not right."""
    found = Findings()
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    if view.get("type") not in kinds:
        raise invalid_arguments(f"must be a valid enum value ({', '.join(kinds)}) [json-pointer:/view/type]")
    surface: Surface = "modal" if view["type"] == "modal" else "home"
    (MODAL if surface == "modal" else HOME)("/view", view, found)
    blocks: Any = view.get("blocks")
    if not _is_list_of_objects(blocks):
        found.add("/view/blocks", "must provide an array")
    else:
        _check_blocks("/view/blocks", blocks, surface, found)
        has_input = any(block.get("type") == "input" for block in blocks)
        if surface == "modal" and has_input and not view.get("submit"):
            found.add("/view", "missing required field: submit (there is an input block)")
    if found.messages:
        raise invalid_arguments(*found.messages)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """The blocks as Slack keeps them: each with a block_id, each interactive element with an action_id."""
    taken = {block.get("block_id") for block in blocks}
    free = (name for name in (f"b{number:04d}" for number in count(1)) if name not in taken)
    kept: list[JSON] = json.loads(json.dumps(blocks))
    for block in kept:
        block["block_id"] = block.get("block_id") or next(free)
        acting = block["elements"] if block["type"] == "actions" else [block.get("accessory"), block.get("element")]
        for at, one in enumerate(acting):
            if one and one["type"] != "image" and not one.get("action_id"):
                one["action_id"] = f"{block['block_id']}a{at}"
    return kept


def _check_blocks(place: str, blocks: list[JSON], surface: Surface, found: Findings) -> None:
    listed(BLOCKS[surface], MOST[surface], 0)(place, blocks, found)
    seen: set[str] = set()
    for at, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str):
            if name in seen:
                found.add(f"{place}/{at}/block_id", f'`block_id` "{name}" already exists')
            seen.add(name)
        _unique_actions(f"{place}/{at}", block, found)


def _unique_actions(place: str, block: JSON, found: Findings) -> None:
    parts = block.get("elements")
    names = [one.get("action_id") for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
    for at, name in enumerate(names):
        if name is not None and name in names[:at]:
            found.add(f"{place}/elements/{at}/action_id", f'`action_id` "{name}" already exists for this block')


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _characters(part: Any) -> int:
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_characters(one) for one in part.values())
    return sum(_characters(one) for one in part) if isinstance(part, list) else 0
