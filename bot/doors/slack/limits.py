"""Slack's limits, and how what is too long is cut (docs.slack.dev/reference/block-kit)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from bot.domain.report import Bold, Code, Inline, Link, Mention
from bot.doors.plain import clean

T = TypeVar("T")

BLOCKS: Final = 50  # of a message
HEADER: Final = 150
FIELDS: Final = 10  # of a section
FIELD: Final = 2000  # characters
BUTTONS: Final = 25  # of an actions block
BUTTON: Final = 75  # characters
BUTTON_VALUE: Final = 2000
OPTIONS: Final = 100  # of a select
OPTION: Final = 75  # characters of its label, …
OPTION_VALUE: Final = 150  # … and of what it stands for
COLUMNS: Final = 20
TITLE: Final = 24  # of a modal, and its buttons
INPUT_LABEL: Final = 2000

# Documented nowhere: beyond about 13,000 characters in all its blocks together, with something for each block, a
# message is msg_blocks_too_long (slackapi/bolt-js issues 2509 and 2867).
TOGETHER: Final = 11_000
OF_A_BLOCK: Final = 150
_COUNTED: Final = ("text", "url", "fallback")

# Our own measure: a card is read on a phone.
PARAGRAPH: Final = 3000
LABEL: Final = 80
VALUE: Final = 300
SMALL: Final = 400
LIST: Final = 30  # items, facts, rows
CELL: Final = 80
ASKS: Final = 200
FILE: Final = 1_000_000  # bytes: Slack shows what is in a text of up to 1 MB, and offers more only for downloading
FILE_NAME: Final = 200
FILE_TITLE: Final = 200
SUMMARY: Final = 700  # escaped, chat.update still takes it: 4000 characters


def cut(words: str, most: int) -> str:
    """At most ``most`` characters, the last of them an ellipsis when some were taken away."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def cut_parts(parts: Sequence[Inline], most: int = PARAGRAPH) -> tuple[Inline, ...]:
    """Inline parts of at most ``most`` characters together, with a word on how many are not shown."""
    kept: list[Inline] = []
    left = most
    over = 0
    for part in parts:
        match part:
            case str():
                words = clean(part)
            case Bold(words) | Code(words) | Link(words):
                words = clean(words)
            case Mention(who):
                words = clean(who.name)
            case _:
                words = "24 Nov 2026 10:30 UTC"
        if len(words) <= left:
            kept.append(part)
            left -= len(words)
        elif left > 0 and isinstance(part, str):
            kept.append(words[:left])
            over, left = over + len(words) - left, 0
        elif left > 0 and isinstance(part, Bold | Code | Link):
            kept.append(replace(part, text=words[:left]))
            over, left = over + len(words) - left, 0
        else:
            over, left = over + len(words), 0
    return (*kept, f"… ({over:,} more characters)") if over else tuple(kept)


def fold(many: Sequence[T], most: int = LIST) -> tuple[Sequence[T], str]:
    """The first ``most``, and a word on how many are not shown."""
    over = len(many) - most
    return (many, "") if over <= 0 else (many[:most], f"… and {over:,} more")


def weight(part: Any) -> int:
    """What a block counts towards the limit of a message: more rather than less."""
    return OF_A_BLOCK + _characters(part)


def _characters(part: Any) -> int:
    match part:
        case dict():
            own = sum(len(part[name]) for name in _COUNTED if isinstance(part.get(name), str))
            return own + sum(_characters(each) for each in part.values())
        case list():
            return sum(_characters(each) for each in part)
    return 0
