"""Sentences of cards: as they begin and end, and no longer than somebody reads."""

from bot.domain.report import Inline, Mention, Moment

_SHORT = 200  # characters of a reason on a card
_REASONS = 2  # that a card names; the thread has all of them


def sentence(words: str) -> str:
    """The words with a capital and a full stop."""
    words = words.strip()
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?…" else ".")


def short(because: str) -> str:
    """What a card says of reasons that outsides gave: the first of them, each cut at a word."""
    reasons = because.split("; ")
    more = "; …" if len(reasons) > _REASONS else ""
    return "; ".join(_cut(reason) for reason in reasons[:_REASONS]) + more


def _cut(words: str) -> str:
    if len(words) <= _SHORT:
        return words
    kept = words[: _SHORT - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,:(") + "…"


def flat(parts: tuple[Inline, ...]) -> str:
    """Inline parts as a plain sentence, for what a screen reader says."""
    said = []
    for part in parts:
        match part:
            case str():
                said.append(part)
            case Moment(at):
                said.append(f"{at:%H:%M} UTC")
            case Mention(who):
                said.append(who.name)
            case _:
                said.append(part.text)
    return "".join(said)
