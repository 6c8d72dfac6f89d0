"""Words within a line, as Slack takes them: rich text where it can be, mrkdwn or plain text where a block wants these.

Strings of a report are data. Rich text and plain text are never parsed by Slack, so in them data stays exactly as it
is. A section's field and a context know no rich text: they are mrkdwn (with ``verbatim``, so that Slack looks for no
names and addresses in them) as long as nothing in the data could be read as markup, and plain text otherwise.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.report import Bold, Code, Colour, Dot, Inline, Link, Mention, Moment, Text
from bot.doors.plain import clean, moment, said
from bot.doors.slack.limits import FIELD, LABEL, SMALL, VALUE, cut, cut_parts

Json = dict[str, Any]
Accounts = Mapping[str, str]  # the Slack account of a person, by the id of a Who

#: Names of emoji, which are what a screen reader says.
DOTS: Final = {
    Colour.RED: "red_circle",
    Colour.ORANGE: "large_orange_circle",
    Colour.YELLOW: "large_yellow_circle",
    Colour.BLUE: "large_blue_circle",
}

# What could format: quoting, code, emoji by name, and marks that do not stand within a word.
_MARKUP: Final = re.compile(r"^\s*>|`|:[\w+'-]+:|(?<!\w)[*_~]|[*_~](?!\w)", re.MULTILINE)
_WEB: Final = re.compile(r"(https?://|mailto:)[^\s<>|]+", re.IGNORECASE)
_URL_MOST: Final = 2000


def rich(text: Text, accounts: Accounts, lead: str = "") -> list[Json]:
    """The elements of a rich text section; never empty."""
    parts = cut_parts((lead, *text.parts) if lead else text.parts)
    return [made for part in parts if (made := _rich(part, accounts))] or [{"type": "text", "text": " "}]


def plain_text(words: str, most: int) -> Json:
    """A plain_text object of at most ``most`` characters; never empty."""
    return {"type": "plain_text", "text": cut(clean(words).strip(), most) or "–", "emoji": False}


def field(label: str, value: Inline | Text) -> Json:
    """A label and its value, one under the other. Nobody is pinged from a field."""
    name = cut(clean(label).strip(), LABEL)
    parts = cut_parts(value.parts if isinstance(value, Text) else (value,), VALUE)
    marked = _marked((Bold(name), "\n", *parts) if name else parts)
    if marked is not None and len(marked) <= FIELD:
        return {"type": "mrkdwn", "text": marked, "verbatim": True}
    return plain_text(f"{name}\n{said(parts)}", FIELD)


def small(text: Text) -> Json:
    """An element of a context: one line of small print. Nobody is pinged from it."""
    parts = cut_parts(text.parts, SMALL)
    marked = _marked(parts)
    if marked is not None and len(marked) <= FIELD:
        return {"type": "mrkdwn", "text": marked, "verbatim": True}
    return plain_text(said(parts), FIELD)


def fallback(words: str, most: int) -> str:
    """Words for a message's ``text``: what notifications show and screen readers say. Nobody is pinged from it."""
    quiet = re.sub(r"@(?=here\b|channel\b|everyone\b)", "@\u2060", cut(clean(words).strip(), most), flags=re.IGNORECASE)
    return _escaped(quiet)


def _rich(part: Inline, accounts: Accounts) -> Json | None:
    match part:
        case str():
            return _text(part)
        case Bold(words):
            return _text(words, bold=True)
        case Code(words):
            return _text(words, code=True)
        case Link(words, url):
            if _may_link(url):
                return {"type": "link", "url": url, "text": clean(words) or url}
            return _text(said((part,)))
        case Mention(who, ping):
            account = accounts.get(who.id, "")
            return {"type": "user", "user_id": account} if ping and account else _text(who.name)
        case Moment(at, date):
            shown = _zoned(date)
            return {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": shown,
                "fallback": moment(at, date),
            }
        case Dot(colour):
            return {"type": "emoji", "name": DOTS[colour]}


def _text(words: str, **style: bool) -> Json | None:
    words = clean(words)
    if not words:
        return None
    return {"type": "text", "text": words, "style": style} if style else {"type": "text", "text": words}


def _marked(parts: Sequence[Inline]) -> str | None:
    """Mrkdwn; ``None`` when it would not show what the parts say."""
    made: list[str] = []
    for at, part in enumerate(parts):
        marked = _mrkdwn(part)
        styled = isinstance(part, Bold | Code) and bool(marked)
        if marked is None or (styled and (_ends_in_word(parts[:at]) or _begins_with_word(parts[at + 1 :]))):
            return None
        made.append(marked)
    whole = "".join(made)
    return whole if whole.strip() else None


def _mrkdwn(part: Inline) -> str | None:
    match part:
        case str():
            return None if _MARKUP.search(clean(part)) else _escaped(clean(part))
        case Bold(words):
            words = clean(words)
            return None if _MARKUP.search(words) or words != words.strip() or "\n" in words else _around("*", words)
        case Code(words):
            words = clean(words)
            return None if "`" in words or words != words.strip() or "\n" in words else _around("`", words)
        case Link(words, url):
            if not _may_link(url) or _MARKUP.search(clean(words)):
                return None
            label = _escaped(clean(words).replace("\n", " "))
            return f"<{_escaped(url)}|{label}>" if label else f"<{_escaped(url)}>"
        case Mention(who):
            return _mrkdwn(who.name)
        case Moment(at, date):
            return f"<!date^{int(at.timestamp())}^{_zoned(date)}|{moment(at, date)}>"
        case Dot(colour):
            return f":{DOTS[colour]}:"


def _around(sign: str, words: str) -> str:
    return f"{sign}{_escaped(words)}{sign}" if words else ""


def _ends_in_word(parts: Sequence[Inline]) -> bool:
    return bool(re.search(r"\w\Z", said(parts)))


def _begins_with_word(parts: Sequence[Inline]) -> bool:
    return bool(re.match(r"\w", said(parts)))


def _may_link(url: str) -> bool:
    return len(url) <= _URL_MOST and bool(_WEB.fullmatch(url)) and clean(url) == url


def _zoned(date: bool) -> str:
    """Slack's words for a time in the reader's own zone (docs.slack.dev/messaging/formatting-message-text)."""
    return "{date_short_pretty} {time}" if date else "{time}"


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
