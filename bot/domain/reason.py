"""The reason in what somebody said: what stands behind the first ``because``."""

import re

_BECAUSE = re.compile(r"(?:^|\s)because\b:?\s*(.*)$", re.IGNORECASE | re.DOTALL)
_AGAIN = re.compile(r"^(?:because\b[\s:]*)+", re.IGNORECASE)
_QUOTED = re.compile(r"(?P<sign>[\"'])((?:(?!(?P=sign)).)*)(?P=sign)", re.DOTALL)


def reason(words: str) -> tuple[str, str | None]:
    """The words before ``because``, and the reason; ``None`` without a ``because``, empty when no word is behind it.

    A form asks why, and who fills it in may begin with ``because`` once more: that word alone is no reason.
    """
    found = _BECAUSE.search(words)
    if found is None:
        return words, None
    because = found[1]
    while (bare := unquoted(_AGAIN.sub("", because))) != because:
        because = bare
    return words[: found.start()].strip(), because if re.search(r"[^\W\d_]", because) else ""


def unquoted(words: str) -> str:
    """Words without the quotes that are around all of them; quotes within them belong to them."""
    words = words.strip()
    while found := _QUOTED.fullmatch(words):
        words = found[2].strip()
    return words
