"""The reason in what somebody said: what stands behind the first ``because``."""

import re

_BECAUSE = re.compile(r"(?:^|\s)because\b:?\s*(.*)$", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"(?P<sign>[\"'])((?:(?!(?P=sign)).)*)(?P=sign)", re.DOTALL)


def reason(words: str) -> tuple[str, str | None]:
    """The words before ``because``, and the reason; ``None`` without a ``because``, empty when no word is behind it."""
    found = _BECAUSE.search(words)
    if found is None:
        return words, None
    because = unquoted(found[1])
    return words[: found.start()].strip(), because if re.search(r"\w", because) else ""


def unquoted(words: str) -> str:
    """Words without the quotes that are around all of them; quotes within them belong to them."""
    words = words.strip()
    while found := _QUOTED.fullmatch(words):
        words = found[2].strip()
    return words
