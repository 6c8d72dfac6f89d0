"""Reports as text for a terminal: signs and words, no colour."""

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from bot.domain.offer import Offer
from bot.domain.report import (
    Bold,
    Code,
    Document,
    Dot,
    Facts,
    Inline,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Moment,
    Note,
    Part,
    Quote,
    Report,
    Table,
    Text,
    Tone,
)

TONES = {
    Tone.PLAIN: "",
    Tone.WAITING: "… Waiting",
    Tone.RUNNING: "▸ Ongoing",
    Tone.GOOD: "✓ Good",
    Tone.WARN: "! Attention",
    Tone.BAD: "✗ Problem",
    Tone.DECLINED: "– Declined",
}
MARKS = {
    Mark.PLAIN: "•",
    Mark.TO_DO: "·",
    Mark.NOW: "▸",
    Mark.GOOD: "✓",
    Mark.WARN: "!",
    Mark.BAD: "✗",
    Mark.BACK: "↩",
}
_WORD = max(len(mark.value) for mark in Mark)

# Control characters would move a terminal's cursor or colour it; the others turn the direction of what follows, so
# that a text reads as another than it is.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

#: A digest is typed by its first digits, which are those that a card shows.
_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")


def plain(report: Report, width: int = 80, zone: tzinfo = UTC) -> str:
    """A report as lines of at most ``width`` columns, where its words allow it; times are of ``zone``."""
    blocks = [[clean(report.title).upper()] if report.title else [], [TONES[report.tone]]]
    if not report.parts and report.summary != report.title:
        blocks.append(_wrapped(clean(report.summary), width))
    blocks += [list(_part(part, width, zone)) for part in report.parts]
    blocks.append([line for offer in report.offers for line in _offer(offer, width)])
    head = "\n".join(line for block in blocks[:2] for line in block if line)
    rest = ["\n".join(block) for block in blocks[2:]]
    return "\n\n".join(each for each in (head, *rest) if each)


def clean(words: str) -> str:
    """Words from outside without control characters and without marks that turn the direction of writing."""
    return _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\t", "    "))


def said(parts: Sequence[Inline], zone: tzinfo = UTC) -> str:
    """Inline parts as plain words."""
    return "".join(_inline(part, zone) for part in parts)


def moment(at: datetime, date: bool, zone: tzinfo = UTC) -> str:
    """``10:30 UTC`` or ``24 Nov 2026 10:30 UTC``."""
    there = at.astimezone(zone)
    return f"{there:%d %b %Y %H:%M %Z}".lstrip("0") if date else f"{there:%H:%M %Z}"


def columns(table: Table, width: int = 80) -> list[str]:
    """A table as lines, its columns aligned; cells are cut until a line fits into ``width``, if they can be."""
    tried = [_columns(table, most) for most in (40, 30, 24, 18, 14, 10)]
    return next((lines for lines in tried if max(map(_columns_of, lines), default=0) <= width), tried[-1])


def _columns(table: Table, most: int) -> list[str]:
    rows = [[_cut(clean(cell).replace("\n", " "), most) for cell in row] for row in (table.header, *table.rows)]
    count = max((len(row) for row in rows), default=0)
    rows = [[*row, *[""] * (count - len(row))] for row in rows]
    wide = [max(_columns_of(row[at]) for row in rows) for at in range(count)]
    lines = ["  ".join(_padded(cell, wide[at]) for at, cell in enumerate(row)).rstrip() for row in rows]
    return [lines[0], "  ".join("─" * each for each in wide), *lines[1:]] if table.header else lines[1:]


def _inline(part: Inline, zone: tzinfo) -> str:
    match part:
        case str():
            return clean(part)
        case Bold(words) | Code(words):
            return clean(words)
        case Link(words, url):
            return clean(f"{words} ({url})" if words and words != url else url)
        case Mention(who):
            return clean(who.name)
        case Moment(at, date):
            return moment(at, date, zone)
        case Dot():
            return part.text


def _part(part: Part, width: int, zone: tzinfo) -> Iterator[str]:
    match part:
        case Text(parts):
            yield from _wrapped(said(parts, zone), width)
        case Note(text):
            yield from _wrapped(said(text.parts, zone), width, "  ")
        case Quote(words):
            yield from (f"│ {line}" for line in clean(words).splitlines())
        case Document(name, title, words):
            yield from _wrapped(f"{clean(title)} ({clean(name)})", width)
            yield from (f"│ {line}" for line in clean(words).splitlines())
        case Table():
            yield from columns(part, width)
        case Items(items):
            word = _WORD if any(item.mark.value for item in items) else 0
            for item in items:
                yield from _item(item, word, width, zone)
        case Facts(pairs):
            label_width = max((_columns_of(clean(label)) for label, _ in pairs), default=0)
            for label, value in pairs:
                words = said(value.parts if isinstance(value, Text) else (value,), zone)
                yield from _hanging(f"{_padded(clean(label), label_width)}  ", words, width)


def _item(item: Item, word: int, width: int, zone: tzinfo) -> Iterator[str]:
    detail = f" – {clean(item.detail)}" if item.detail else ""
    first = f"  {MARKS[item.mark]} {f'{item.mark.value:<{word}}  ' if word else ''}"
    yield from _hanging(first, said(item.text.parts, zone) + detail, width)


def _offer(offer: Offer, width: int) -> Iterator[str]:
    """What can be pressed as what can be typed: its words, and below them what may stand in place of the dots."""
    asks = f"  ({clean(offer.asks)}{' It may be left out.' if offer.optional else ''})" if offer.asks else ""
    words = _DIGEST.sub(r"\1", clean(offer.typed))
    yield f"  [{clean(offer.label)}]  {words}{asks}"
    if offer.choices is None:
        return
    yield from _wrapped(clean(offer.choices.asks), width, "      ")
    longest = max((_columns_of(clean(each.words)) for each in offer.choices.among), default=0)
    for each in offer.choices.among:
        yield from _hanging(f"      {_padded(clean(each.words), longest)}  ", clean(each.label), width)


def _hanging(first: str, words: str, width: int) -> list[str]:
    lines = _wrapped(words, max(width - len(first), 20)) or [""]
    return [(first + lines[0]).rstrip(), *(" " * len(first) + line for line in lines[1:])]


def _wrapped(words: str, width: int, indent: str = "") -> list[str]:
    lines = []
    for line in words.splitlines():
        lines += textwrap.wrap(
            line, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return lines


def _columns_of(words: str) -> int:
    """How many columns of a terminal words take."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in words
    )


def _padded(words: str, width: int) -> str:
    return words + " " * (width - _columns_of(words))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
