"""What pydantic finds, said as people say it."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from bot.config.document import At, Document
from bot.config.mistakes import meant
from bot.config.schema import Shape

_WANTED = {
    "string_type": "text; put it in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [one, two]",
    "dict_type": "a group of `key: value`",
    "model_type": "a group of `key: value`",
}


def note_shape(error: ValidationError, shape: type[Shape], document: Document) -> None:
    """Note every mistake of shape in its document."""
    found = [
        (each["type"], tuple(part for part in each["loc"] if part != "[key]"), dict(each)) for each in error.errors()
    ]
    strange = [at for kind, at, _ in found if kind == "extra_forbidden"]
    for kind, at, each in found:
        if kind == "missing" and any(_near(key, at) for key in strange):
            continue  # missing because it is misspelt: one mistake, not two
        if kind == "too_short" and each["input"]:
            continue  # pydantic counts the right items only, and what is wrong with the others is told already
        document.wrong(at, _sentence(kind, each, at, shape))


def _near(misspelt: At, missing: At) -> bool:
    return misspelt[:-1] == missing[:-1] and "did you mean" in meant(str(misspelt[-1]), [str(missing[-1])])


def _sentence(kind: str, found: dict[str, Any], at: At, shape: type[Shape]) -> str:
    name, value, limits = _name(at), found["input"], found.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{name} is not known here{meant(str(at[-1]), _keys(shape, at[:-1]))}"
    if kind == "missing":
        return f"{name} is missing here."
    if value is None:
        return f"{name} is empty. (After a blank, # begins a comment: put text that begins with # in quotes.)"
    if kind == "too_short":
        return f"{name} is empty; fill it in, or leave it out where it may be left out."
    if kind in _WANTED:
        return f"{name} is {_shown(value)}, and must be {_WANTED[kind]}."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = f"at least {limits['ge']}" if "ge" in limits else f"at most {limits['le']}"
        return f"{name} is {_shown(value)}, and must be {limit}."
    if kind == "literal_error":
        known = re.findall(r"'([^']+)'", str(limits["expected"]))
        return f"{name} is {_shown(value)}, which is none of those that there are{meant(str(value), known)}"
    because = str(limits.get("because", found["msg"]))
    return f"{name} is {_shown(value)}, and {because}."


def _name(at: At) -> str:
    keys = [part for part in at if isinstance(part, str)]
    if not keys:
        return "the file"
    return f"`{keys[-1]}`" if at[-1] == keys[-1] else f"an item of `{keys[-1]}`"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a group of `key: value`"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    said = str(value)
    return f"`{said[:60]}…`" if len(said) > 60 else f"`{said}`"


def _keys(shape: type[Shape], at: At) -> list[str]:
    """The keys that are known at a place."""
    kinds = [shape]
    for part in at:
        if isinstance(part, str):
            inner = [kind.model_fields[part].annotation for kind in kinds if part in kind.model_fields]
            kinds = [each for annotation in inner for each in _shapes(annotation)] or kinds
    return sorted({name for kind in kinds for name in kind.model_fields})


def _shapes(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _shapes(part)
