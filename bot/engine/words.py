"""What people type, made plain: typographic signs, mentions, capitals and secrets."""

import re

from bot.domain.errors import Misunderstood
from bot.domain.reason import reason

#: What keyboards, phones and word processors make of plain signs.
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‘": "'", "’": "'", "‚": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": None, "\ufeff": None, "…": "...",
    }
)  # fmt: skip

_MENTION = re.compile(r"<([@#!])([^|>]+)(?:\|([^>]*))?>")
_ADDRESS = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>")

#: Names that secrets go by. They begin anywhere: what is before them is a name, too (``PGPASSWORD``, ``clientSecret``).
_NAME = (
    r"(?:passw(?:or)?d|passphrase|(?<=[_-])pass|pwd|secret|token|authorization|bearer"
    r"|(?:api|access|secret|private|signing|encryption|account)[\s_-]?key)s?"
)
_MORE = r"(?:[_-][^\W_]{1,30}){0,3}"  # of a name: ``secret_key_base``
_EDGE = r"(?![^\W_])"
_SCHEME = r"(?:(?:bearer|token|basic)\s+)?"
#: A value to its closing quote, in the text of a program (``\"a b\"``) too; else to the next blank.
_VALUE = r"""(?:\\"[^"]+"?|"(?:[^"\\]|\\.)+"?|'(?:[^'\\]|\\.)+'?|[“”„«][^“”»]+[“”»]?|[‘’‚][^‘’]+[‘’]?|(?!•••)\S{6,})"""

#: Shapes of secrets, by what follows the part that may stay, each with what none of them is without (small letters):
#: to look for that first takes a tenth of the time. What comes before a sign that must follow has a longest length:
#: else words without that sign would take a time that grows with their square.
# None with an "i": where capitals do not matter, a pattern takes letters for one that folding leaves as they are.
_WORDS = ("pass", "pwd", "secret", "token", "key", "author", "bearer")
_SECRETS = (
    (("xox", "xapp-"), re.compile(r"\b(xox[abposer]-|xapp-)[\w-]{8,}")),
    (("gh", "github_pat_"), re.compile(r"\b(gh[opsur]_|github_pat_)\w{16,}")),
    (("akia", "asia"), re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{12,}")),
    (("aiza",), re.compile(r"\b(AIza)[\w-]{20,}")),
    (("hvs.", "hvb.", "hvr."), re.compile(r"\b(hv[sbr]\.)[\w-]{8,}")),
    (("eyj",), re.compile(r"\b(eyJ)[\w-]{8,2000}\.[\w-]{8,}(?:\.[\w-]*)?")),
    (("sk-", "pk-", "rk-", "glpat-"), re.compile(r"\b(sk-|pk-|rk-|glpat-)[\w-]{12,}")),
    (
        ("-----begin",),
        re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"),
    ),
    # To the last "@": a password may have one.
    (("://",), re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@]{0,200}:)\S{1,1000}(?=@)", re.IGNORECASE)),
    (
        _WORDS,
        re.compile(rf"""({_NAME}{_MORE}{_EDGE}[\\"'`’”]{{0,3}}\s*[=:]{{1,2}}>?\s*){_SCHEME}{_VALUE}""", re.IGNORECASE),
    ),
    (_WORDS, re.compile(rf"({_NAME}{_EDGE}\s+is\s+){_SCHEME}{_VALUE}", re.IGNORECASE)),
    # Without a sign between them the next word may be any word ("token rotation failed"): one with a digit is none.
    (_WORDS, re.compile(rf"({_NAME}{_MORE}{_EDGE}\s+)(?=[^\s,;]*\d)[^\s,;]{{8,}}", re.IGNORECASE)),
)


#: Each sign once. Hardly any word has one of them, and a webhook of alerts has a thousand words.
_SIGNS = tuple(dict.fromkeys(sign for signs, _ in _SECRETS for sign in signs))


def mask(words: str) -> str:
    """The words with every secret in them taken out, before they are stored or said anywhere."""
    small = words.casefold()
    for sign in _SIGNS:  # ``any`` would take four times as long
        if sign in small:
            return _masked(words, small)
    return words


def _masked(words: str, small: str) -> str:
    for signs, shape in _SECRETS:
        if any(sign in small for sign in signs):
            words = shape.sub(r"\1•••", words)
    return words


def plain(words: str) -> str:
    """One line of plain signs; mentions become names (``@U1``, ``#general``) and addresses what they point to."""
    words = words.translate(_PLAIN)
    words = _ADDRESS.sub(lambda m: m[2] if m[1].startswith("mailto:") and m[2] else m[1], words)
    words = _MENTION.sub(_name, words)
    words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"\s+", " ", words).strip()


def mentioned(words: str) -> tuple[str, ...]:
    """The accounts of the people whom words mention."""
    return tuple(dict.fromkeys(found[2] for found in _MENTION.finditer(words) if found[1] == "@"))


def named(words: str, account: str, name: str) -> str:
    """The words with a name where an account was mentioned."""
    return re.sub(rf"<@{re.escape(account)}(\|[^>]*)?>", lambda _: f"@{name}", words)


def _name(found: re.Match[str]) -> str:
    sign, id_, label = found.groups()
    return f"#{label or id_}" if sign == "#" else f"@{id_}" if sign == "@" else (label or id_)


def because_of(words: str) -> tuple[str, str]:
    """The command and the reason, as ``reason``.

    Raises ``Misunderstood`` where no word stands behind ``because``: who says it means to give a reason.
    """
    said, because = reason(words)
    if because == "":
        raise Misunderstood(
            "There is no reason behind `because`.", "Nothing was changed. Say it again, with the reason behind it."
        )
    return said, because or ""
