"""Labels: their fingerprint, their order and their text, as the common library of Prometheus makes them."""

import re
from collections.abc import Mapping, Sequence
from functools import cmp_to_key

Labels = Mapping[str, str]

#: Names as Prometheus 2 gives them; since 0.27 Alertmanager takes any UTF-8, which Prometheus 2 never sends.
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# FNV-1a with 64 bits (RFC 9923); the byte between names and values is 255, which no UTF-8 text has.
_OFFSET, _PRIME, _MASK, _BETWEEN = 14695981039346656037, 1099511628211, 2**64 - 1, b"\xff"
# What Go's %q writes for these; the same as JSON's, and two more.
_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def is_name(name: str) -> bool:
    """Whether a label or an annotation may have that name."""
    return _NAME.fullmatch(name) is not None


def fingerprint(labels: Labels) -> str:
    """The 16 hex digits by which an alert is known: prometheus/common model/signature.go, LabelSet.Fingerprint."""
    found = _OFFSET
    for name in sorted(labels):
        for byte in name.encode() + _BETWEEN + labels[name].encode() + _BETWEEN:
            found = ((found ^ byte) * _PRIME) & _MASK
    return f"{found:016x}"


def text_of(labels: Labels) -> str:
    """``{alertname="X", job="y"}``: LabelSet.String."""
    return "{" + ", ".join(f"{name}={_quoted(labels[name])}" for name in sorted(labels)) + "}"


def _quoted(value: str) -> str:
    return '"' + "".join(_escaped(one) for one in value) + '"'


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    if one.isprintable():
        return one
    code = ord(one)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def common(many: Sequence[Labels]) -> dict[str, str]:
    """What all of them have with the same value, by name."""
    if not many:
        return {}
    first, *others = many
    return {name: first[name] for name in sorted(first) if all(one.get(name) == first[name] for one in others)}


def _compare(one: Labels, other: Labels) -> int:
    for name in ("job", "instance"):
        if name not in one and name not in other:
            continue
        if name not in one or name not in other:
            return 1 if name not in one else -1
        if one[name] != other[name]:
            return -1 if one[name] < other[name] else 1
    return _compare_plainly(one, other)


def _compare_plainly(one: Labels, other: Labels) -> int:
    """Fewer labels first; then the first name that differs decides, and who lacks it is first (LabelSet.Before)."""
    if len(one) != len(other):
        return -1 if len(one) < len(other) else 1
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            return -1 if name not in one else 1
        if one[name] != other[name]:
            return -1 if one[name] < other[name] else 1
    return 0


#: Keys for sorting labels: as a notification lists alerts (by job, by instance, then by the rest: AlertSlice.Less) ...
as_told = cmp_to_key(_compare)
#: ... and as groups are listed.
by_labels = cmp_to_key(_compare_plainly)
