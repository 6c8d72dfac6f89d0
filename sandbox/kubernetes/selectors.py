"""Label and field selectors: which objects a list speaks of."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.kubernetes.errors import bad_request
from sandbox.kubernetes.kinds import EVENTS, PODS, Kind
from sandbox.kubernetes.objects import Json, labels_of

Matches = Callable[[Json], bool]

_KEY = r"(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?"
_EXISTS = re.compile(rf"(!?)\s*({_KEY})")
_EQUALS = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})")
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)")


def by_labels(selector: str) -> Matches:
    """Understands ``a=b``, ``a==b``, ``a!=b``, ``a in (b,c)``, ``a notin (b,c)``, ``a`` and ``!a``, joined by commas.

    Raises ``ApiError`` 400 for anything else.
    """
    tests = [_requirement(part) for part in _parts(selector)]
    return lambda obj: all(test(labels_of(obj)) for test in tests)


def matches_selector(selector: Json, labels: Mapping[str, str]) -> bool:
    """Whether labels fit the ``selector`` of a workload (``matchLabels`` and ``matchExpressions``)."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], expression.get("values") or []
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not fits.get(expression["operator"], False):
            return False
    return True


def told_selector(selector: Json) -> str:
    """A workload's selector as text, as the scale sub-resource carries it."""
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(sorted(expression.get("values") or []))
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }[expression["operator"]]
        )
    return ",".join(parts)


def by_fields(kind: Kind, selector: str) -> Matches:
    """Understands ``a=b``, ``a==b`` and ``a!=b`` for the fields that the kind knows.

    Raises ``ApiError`` 400 for a field that the real server does not know for this kind either.
    """
    tests: list[Matches] = []
    for part in filter(None, (part.strip() for part in selector.split(","))):
        match = re.fullmatch(r"([A-Za-z.]+)(==|=|!=)(.*)", part)
        if match is None:
            raise bad_request(f'invalid selector: "{selector}"; can\'t understand "{part}"')
        field, operator, wanted = match.groups()
        if field not in ("metadata.name", "metadata.namespace", *kind.fields):
            raise bad_request(_unsupported(kind, field))
        tests.append(_field_test(field, wanted, equal=operator != "!="))
    return lambda obj: all(test(obj) for test in tests)


def _field_test(field: str, wanted: str, *, equal: bool) -> Matches:
    return lambda obj: (_field_value(obj, field) == wanted) is equal


def _field_value(obj: Json, field: str) -> str:
    if field == "source":
        return str(obj.get("source", {}).get("component") or obj.get("reportingComponent") or "")
    value: Any = obj
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if field in ("spec.unschedulable", "spec.hostNetwork"):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _unsupported(kind: Kind, field: str) -> str:
    if kind in (PODS, EVENTS) or kind.fields:
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _parts(selector: str) -> list[str]:
    """Splits at the commas that are outside of parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", selector)] if selector.strip() else []


def _requirement(part: str) -> Callable[[Mapping[str, str]], bool]:
    if match := _SET.fullmatch(part):
        key, inside = match[1], match[2] == "in"
        values = [value.strip() for value in match[3].split(",")]
        return lambda labels: ((labels[key] in values) is inside) if key in labels else not inside
    if match := _EQUALS.fullmatch(part):
        key, equal, wanted = match[1], match[2] != "!=", match[3]
        return lambda labels: (labels.get(key) == wanted) is equal
    if match := _EXISTS.fullmatch(part):
        absent, key = bool(match[1]), match[2]
        return lambda labels: (key in labels) is not absent
    raise bad_request(f'unable to parse requirement: found "{part}", expected: a label key, an operator and values')
