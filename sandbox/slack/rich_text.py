"""Rich text: four containers and what stands in them (docs.slack.dev/reference/block-kit/blocks/rich-text-block).

Elements for canvases, lists, files and work objects are not known here and are refused as unsupported.
"""

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
    record,
    string,
)

# Neither has a limit of its own: chat.postMessage limits the text of a whole message.
_LONG: Final = 40_000
_MANY: Final = 1_000

_STYLE: Final = record(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean)
)
_ID: Final = string(20)
_BORDER: Final = number(0, 1)


def _timestamp(place: str, value: Any, found: Findings) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        found.add(place, "must provide a number")


def _element(rules: Mapping[str, Rule], required: str) -> Rule:
    return record({"type": anything, "style": _STYLE, **rules}, required)


_PREFORMATTED: Final[dict[str, Rule]] = {
    "link": _element(
        {"url": string(3000), "text": string(_LONG), "unsafe": boolean, "from_llm": boolean, "is_slack_url": boolean,
         "truncated": boolean},
        "url",
    ),
    "text": _element({"text": string(_LONG)}, "text"),
}  # fmt: skip
_ELEMENTS: Final[dict[str, Rule]] = {
    **_PREFORMATTED,
    "broadcast": _element({"range": one_of("here", "channel", "everyone")}, "range"),
    "channel": _element({"channel_id": _ID}, "channel_id"),
    "color": _element({"value": matches(re.compile(r"#[0-9A-Fa-f]{6}").fullmatch, "a hex colour")}, "value"),
    "date": _element(
        {"timestamp": _timestamp, "format": string(_LONG), "timezone": string(60), "url": string(3000),
         "fallback": string(_LONG)},
        "timestamp format",
    ),
    "emoji": _element({"name": string(255), "unicode": string(255), "skin_tone": number(1, 6)}, "name"),
    "team": _element({"team_id": _ID}, "team_id"),
    "user": _element({"user_id": _ID, "from_llm": boolean}, "user_id"),
    "usergroup": _element({"usergroup_id": _ID}, "usergroup_id"),
}  # fmt: skip


def _container(inside: Mapping[str, Rule], required: str = "", **rules: Rule) -> Rule:
    return record({"type": anything, "elements": listed(of_type(inside), _MANY), **rules}, f"elements {required}")


_SECTION: Final = {"rich_text_section": _container(_ELEMENTS)}
RICH: Final = of_type({
    **_SECTION,
    "rich_text_list": _container(
        _SECTION, "style", style=one_of("bullet", "ordered"), indent=number(0, 8), offset=number(0, _LONG),
        border=_BORDER,
    ),
    "rich_text_preformatted": _container(_PREFORMATTED, border=_BORDER, language=string(255)),
    "rich_text_quote": _container(_ELEMENTS, border=_BORDER),
})  # fmt: skip
