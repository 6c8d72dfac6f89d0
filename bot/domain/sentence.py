"""Sentences of cards: as they begin and end, and no longer than somebody reads."""

import re
from collections.abc import Sequence

from bot.domain.report import Code, Inline, Mention, Moment, Text

#: What can be given a capital: a word. An id (``i-7hb2k9qd``) and a name with signs in it are written as they are.
_WORD = re.compile(r"[^\W\d_]+(?=[\s,;:.!?…]|$)")
#: Where a sentence ends and another begins.
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`“])")
_TYPED = re.compile(r"`([^`]+)`")

_SHORT = 200  # characters of a reason on a card, without the advice at its end
_REASONS = 2  # that a card names; the thread has all of them


def sentence(words: str) -> str:
    """A clause with a capital and a full stop. What ends as a sentence is one already, and may begin with a name."""
    words = words.strip()
    if not words or words[-1] in ".!?":
        return words
    begun = words[0].upper() + words[1:] if _WORD.match(words) else words
    return begun + ("" if words[-1] == "…" else ".")


def marked(*parts: Inline) -> Text:
    """Our own words, in which what is to be typed stands between backticks, as a report has it."""
    made: list[Inline] = []
    for part in parts:
        if not isinstance(part, str):
            made.append(part)
            continue
        for number, piece in enumerate(_TYPED.split(part)):
            made += [Code(piece) if number % 2 else piece] if piece else []
    return Text(tuple(made))


def short(because: str) -> str:
    """What a card says of reasons that outsides gave: the first of them, each cut at a word.

    What to do about one is its last sentence, and outlives the cut.
    """
    reasons = because.split("; ")
    more = "; …" if len(reasons) > _REASONS else ""
    return "; ".join(_shortened(reason) for reason in reasons[:_REASONS]) + more


def _shortened(reason: str) -> str:
    if len(reason) <= _SHORT:
        return reason
    *said, last = _END.split(reason)
    return f"{cut(' '.join(said))} {cut(last)}".strip()


def cut(words: str, most: int = _SHORT) -> str:
    """At most so many characters, cut behind a word where there is one."""
    if len(words) <= most:
        return words
    kept = words[: most - 1]
    if kept.count("`") % 2:  # what is to be typed is shown whole, or not at all
        kept = kept.rpartition("`")[0]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,:(") + "…"


def flat(parts: Sequence[Inline]) -> str:
    """Inline parts as plain words, for a notification and for what a screen reader says."""
    said = []
    for part in parts:
        match part:
            case str():
                said.append(part)
            case Moment(at, date):
                said.append(f"{at:%Y-%m-%d %H:%M} UTC" if date else f"{at:%H:%M} UTC")
            case Mention(who):
                said.append(who.name)
            case _:
                said.append(part.text)
    return "".join(said)
