"""The one place where reports become Block Kit.

A report is a header, a line with its tone, its parts in order, and a row of buttons. Whatever it says, the message is
one that Slack takes: what is too long is cut, what is too many is folded, and both are said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.offer import Look, Offer
from bot.domain.report import (
    Bold,
    Code,
    Document,
    Facts,
    Inline,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Note,
    Part,
    Quote,
    Report,
    Table,
    Text,
    Tone,
)
from bot.doors.plain import clean, columns
from bot.doors.slack import limits, modals
from bot.doors.slack.inline import Accounts, Json, fallback, field, plain_text, rich, small

# A sign that has a shape of its own, and a word.
TONES: Final = {
    Tone.PLAIN: ("", ""),
    Tone.WAITING: ("✋", "Waiting"),
    Tone.RUNNING: ("⏳", "Ongoing"),
    Tone.GOOD: ("✅", "Good"),
    Tone.WARN: ("⚠️", "Attention"),
    Tone.BAD: ("❌", "Problem"),
    Tone.DECLINED: ("➖", "Declined"),
}
# Names of emoji: they are what a screen reader says.
MARKS: Final = {
    Mark.PLAIN: "black_small_square",
    Mark.TO_DO: "white_small_square",
    Mark.NOW: "hourglass_flowing_sand",
    Mark.GOOD: "white_check_mark",
    Mark.WARN: "warning",
    Mark.BAD: "x",
    Mark.BACK: "leftwards_arrow_with_hook",
}
STYLES: Final = {Look.GOOD: "primary", Look.DANGER: "danger"}

NOBODY: Final[Accounts] = {}


@dataclass(frozen=True)
class Message:
    """What chat.postMessage takes: one sentence for notifications and screen readers, and the blocks."""

    text: str
    blocks: list[Json]


def render(report: Report, *, case: str, accounts: Accounts = NOBODY, tables: bool = True) -> Message:
    """The report as a message of ``case``, to which its buttons belong.

    ``accounts`` are the Slack accounts of those who are to be pinged, by id; the others are said by name. Where Slack
    has no table block (Home, modals), ``tables`` is false and a table is aligned text.
    """
    head = [*_header(report.title), *_tone(report)]
    foot = list(_buttons(report.offers, case))
    body = _Body(limits.BLOCKS - len(head) - len(foot) - 1, limits.TOGETHER - _weight([*head, *foot]), accounts, tables)
    lead = "" if report.title else TONES[report.tone][0]
    for part in _parts(report):
        body.add(part, f"{lead} " if lead and isinstance(part, Text) else "")
        lead = ""
    said = report.summary or report.title
    return Message(fallback(said, limits.SUMMARY) or "Aureus", [*head, *body.blocks, *body.left_out(), *foot])


def reaches(report: Report) -> Iterator[Mention]:
    """The mentions by which a report pings somebody."""
    for part in report.parts:
        texts = [part] if isinstance(part, Text) else [part.text] if isinstance(part, Note) else []
        texts += [item.text for item in part.items] if isinstance(part, Items) else []
        for text in texts:
            yield from _pings(text)


def _parts(report: Report) -> Sequence[Part]:
    """The parts; the summary where there are none and it is not the title already."""
    if report.parts or not report.summary or report.summary == report.title:
        return report.parts
    return (Text((report.summary,)),)


class _Body:
    """Parts as blocks, as long as there is room. What is too large is left out, and what is after it is not."""

    def __init__(self, blocks: int, weight: int, accounts: Accounts, tables: bool) -> None:
        self.blocks: list[Json] = []
        self._room = blocks
        self._weight = weight - limits.OF_A_BLOCK
        self._accounts = accounts
        self._tables = tables
        self._missing = 0

    def add(self, part: Part, lead: str = "") -> None:
        made = list(_part(part, self._accounts, lead, self._tables))
        weight = _weight(made)
        if len(made) > self._room or weight > self._weight:
            self._missing += 1
            return
        self._room -= len(made)
        self._weight -= weight
        # Slack takes one table block in a message.
        self._tables = self._tables and not (made and isinstance(part, Table))
        self.blocks += made

    def left_out(self) -> list[Json]:
        if not self._missing:
            return []
        parts = "part" if self._missing == 1 else "parts"
        return [_context(plain_text(f"… and {self._missing} {parts} for which there is no room here.", limits.SMALL))]


def _header(title: str) -> Iterator[Json]:
    if clean(title).strip():
        yield {"type": "header", "text": plain_text(title, limits.HEADER)}


def _tone(report: Report) -> Iterator[Json]:
    sign, word = TONES[report.tone]
    if sign and report.title:
        yield _context(plain_text(f"{sign} {word}", limits.SMALL))


def _part(part: Part, accounts: Accounts, lead: str, tables: bool) -> Iterator[Json]:
    match part:
        case Text():
            yield _rich(_section(rich(part, accounts, lead)))
        case Facts(pairs):
            yield from _facts(pairs)
        case Items(items):
            if items:
                yield _rich(_section(_lines(items, accounts)))
        case Table():
            yield from _table(part) if tables else _aligned(part)
        case Quote(words):
            words = limits.cut(clean(words).strip("\n"), limits.PARAGRAPH)
            if words.strip():
                # Lines of a log keep their shape; what somebody said is a quotation.
                kind = "rich_text_preformatted" if "\n" in words else "rich_text_quote"
                yield _rich({"type": kind, "elements": [{"type": "text", "text": words}]})
        case Document(name, title):
            # Its text is a file (``screen``): a message names it only.
            yield _context(plain_text(f"📄 {title} ({name})", limits.SMALL))
        case Note(text):
            # A context cannot tell a ping from data that looks like one, so a note that pings is a line like others.
            yield _rich(_section(rich(text, accounts))) if any(_pings(text)) else _context(small(text))


def _facts(pairs: Sequence[tuple[str, Inline | Text]]) -> Iterator[Json]:
    shown, more = limits.fold(pairs)
    fields = [field(label, value) for label, value in shown]
    for at in range(0, len(fields), limits.FIELDS):
        yield {"type": "section", "fields": fields[at : at + limits.FIELDS]}
    yield from _more(more)


def _lines(items: Sequence[Item], accounts: Accounts) -> list[Json]:
    """All items in one section, a line each: a block for each would tear the list apart."""
    shown, more = limits.fold(items)
    made: list[Json] = []
    for at, item in enumerate(shown):
        made += [{"type": "text", "text": "\n"}] if at else []
        made += [{"type": "emoji", "name": MARKS[item.mark]}, {"type": "text", "text": "  "}]
        made += rich(_one_line(item.text), accounts)
        if detail := " ".join(clean(item.detail).split()):
            made.append({"type": "text", "text": f" – {limits.cut(detail, limits.VALUE)}", "style": {"italic": True}})
    return [*made, {"type": "text", "text": f"\n{more}"}] if more else made


def _one_line(text: Text) -> Text:
    """Data with line breaks in it must not look like further items."""
    parts = (
        replace(part, text=part.text.replace("\n", " ")) if isinstance(part, Bold | Code | Link) else part
        for part in text.parts
    )
    return Text(tuple(part.replace("\n", " ") if isinstance(part, str) else part for part in parts))


def _table(table: Table) -> Iterator[Json]:
    count = min(max(len(row) for row in (table.header, *table.rows)), limits.COLUMNS)
    if not count or not table.rows:
        return
    shown, more = limits.fold(table.rows)
    header = (table.header,) if table.header else ()
    rows = [[_cell(row[at] if at < len(row) else "") for at in range(count)] for row in (*header, *shown)]
    yield {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}] * count}
    yield from _more(more)


def _cell(words: str) -> Json:
    return {"type": "raw_text", "text": limits.cut(clean(words).strip(), limits.CELL) or "–"}


def _aligned(table: Table) -> Iterator[Json]:
    if not table.rows:
        return
    shown, more = limits.fold(table.rows)
    words = "\n".join(columns(Table(table.header[: limits.COLUMNS], tuple(row[: limits.COLUMNS] for row in shown))))
    if words.strip():
        shape = limits.cut(words, limits.PARAGRAPH)
        yield _rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shape}]})
        yield from _more(more)


def _buttons(offers: Sequence[Offer], case: str) -> Iterator[Json]:
    different = list({offer.key: offer for offer in reversed(offers)}.values())[::-1]
    shown, more = limits.fold(different, limits.BUTTONS)
    if shown:
        yield {"type": "actions", "elements": [_button(offer, case) for offer in shown]}
    yield from _more(f"{more}: say it in words" if more else "")


def _button(offer: Offer, case: str) -> Json:
    """Carries card and offer; what it asks for goes along, since a modal has to be opened before anything is read."""
    button = {
        "type": "button",
        "text": plain_text(offer.label, limits.BUTTON),
        "action_id": f"{'ask' if offer.incomplete else 'offer'}:{offer.key}",
        "value": modals.carried(offer, case),
    }
    return {**button, "style": STYLES[offer.look]} if offer.look in STYLES else button


def _more(words: str) -> Iterator[Json]:
    if words:
        yield _context(plain_text(words, limits.SMALL))


def _pings(text: Text) -> Iterator[Mention]:
    yield from (part for part in text.parts if isinstance(part, Mention) and part.ping)


def _context(element: Json) -> Json:
    return {"type": "context", "elements": [element]}


def _rich(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _weight(blocks: Sequence[Json]) -> int:
    return sum(limits.weight(block) for block in blocks)
