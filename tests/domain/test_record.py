"""Records: what is stored comes back, and the same value always gives the same text."""

import dataclasses
import importlib
import json
import pkgutil
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import bot.domain
import bot.world
from bot.domain.person import Who
from bot.domain.plan import Level, Risk
from bot.domain.record import all_records, digest, dump, from_json, load, name_of, record, to_json
from bot.domain.request import Place, Request
from bot.domain.verb import Change, Check, NotYet, Question

for package in (bot.domain, bot.world):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")

#: Those of the product; the tests below make some of their own.
RECORDS = dict(sorted(all_records().items()))

_VERBS = (Change, Check, Question)
TEXT = st.text(max_size=8)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # as hypothesis wants it
)  # fmt: skip
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: MOMENTS,
    timedelta: st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)),
    type(None): st.none(),
    Any: TEXT | st.integers() | st.booleans(),
}


def values_of(kind: Any, depth: int = 2) -> st.SearchStrategy[Any]:
    """Values that a field of this type may have; what nests is cut off below a depth."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values_of(part, depth) for part in parts])
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(values_of(parts[0], depth - 1), max_size=max(depth, 0)).map(tuple)
    if origin is tuple:
        return st.tuples(*(values_of(part, depth) for part in parts))
    if origin is frozenset:
        return st.frozensets(values_of(parts[0], depth), max_size=3)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(TEXT.filter(lambda key: key != "@"), values_of(parts[1], depth), max_size=3)
    if (verb := origin or kind) in _VERBS:
        verbs = [each for each in RECORDS.values() if issubclass(each, verb)]
        simple = [each for each in verbs if not any(map(_has_verbs, typing.get_type_hints(each).values()))]
        return st.sampled_from(verbs if depth > 0 else simple).flatmap(lambda verb: values_of(verb, depth - 1))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return records_of(kind, depth)


def _has_verbs(kind: Any) -> bool:
    """Whether a value of this type holds verbs."""
    return kind in _VERBS or typing.get_origin(kind) in _VERBS or any(map(_has_verbs, typing.get_args(kind)))


def records_of(kind: type, depth: int = 2) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    fields = {field.name: values_of(hints[field.name], depth) for field in dataclasses.fields(kind)}

    def make(values: dict[str, Any]) -> Any:
        try:
            return kind(**values)
        except ValueError:
            return reject()  # a plan that may not be, such as one with two steps of one name

    return st.fixed_dictionaries(fields).map(make)


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_record_comes_back_as_it_was_stored(name: str, data: st.DataObject) -> None:
    value = data.draw(values_of(RECORDS[name]))
    text = dump(value)
    assert load(text) == value
    assert type(load(text)) is RECORDS[name]
    assert dump(load(text)) == text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert name_of(value) == name_of(RECORDS[name]) == name


def test_the_same_set_or_mapping_gives_one_text_however_it_was_made() -> None:
    names = ["engineering-manager", "on-call", "cto", "ciso", "lead"]
    forwards, backwards = frozenset(names), frozenset(reversed(names))
    assert dump(Risk(Level.LOW, "", forwards)) == dump(Risk(Level.LOW, "", backwards))
    assert dump({"a": 1, "b": (2,)}) == dump({"b": [2], "a": 1}) == '{"a":1,"b":[2]}'


def test_one_moment_gives_one_text_in_every_zone() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert dump(noon) == dump(noon.astimezone(timezone(timedelta(hours=5, minutes=30))))


def test_what_has_its_default_is_left_out_so_that_a_new_field_changes_no_old_digest() -> None:
    assert dump(Place()) == '{"@":"place"}'
    assert dump(NotYet("soon", timedelta(seconds=1))) == '{"@":"check.not-yet","says":"soon"}'

    @record("test.grows")
    class Small:
        name: str

    @record("test.grows-later")
    class Large:
        name: str
        added: tuple[str, ...] = ()

    assert dump(Small("a")).replace("test.grows", "test.grows-later") == dump(Large("a"))


def test_a_field_of_another_release_is_ignored_and_a_missing_one_has_its_default() -> None:
    stored = '{"@":"who","id":"ana","name":"Ana","shoe":{"@":"duration","is":42.0}}'
    assert load(stored) == Who("ana", "Ana")
    assert load('{"@":"place","channel":"C1"}') == Place("C1")


def test_a_name_that_nobody_has_says_so() -> None:
    with pytest.raises(LookupError, match="no record is called moon: was it stored by a later release"):
        load('{"@":"moon"}')


def test_two_records_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two records are called who"):

        @record("who")
        class Owl:
            pass


@pytest.mark.parametrize("name", ["time", "duration", "set"])
def test_no_record_takes_the_name_of_something_built_in(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is the name of something built in"):
        record(name)


class Unregistered(Enum):
    ONE = 1


@dataclasses.dataclass(frozen=True)
class Loose:
    """No record."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Loose(),
        Unregistered.ONE,
        b"bytes",
        date(2026, 11, 24),
        datetime(2026, 11, 24),  # noqa: DTZ001  # that is the point
        float("nan"),
        float("inf"),
        {1: "one"},
        {"@": "who"},
        (Place(), object()),
    ],
)
def test_what_cannot_be_stored_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        dump(value)


def test_half_a_character_is_stored_and_comes_back() -> None:
    request = Request("key", "scale \ud83d bridge \udc00", Who("ana", "Ana"), datetime(2026, 11, 24, tzinfo=UTC))
    text = dump(request)
    assert text.encode().decode() == text
    assert load(text) == request
    assert len(digest([request])) == 64


def test_a_digest_is_of_the_value_and_of_its_order() -> None:
    assert digest([Place("C1"), 5]) == digest((Place("C1"), 5))
    assert digest([Place("C1"), 5]) != digest([5, Place("C1")])
    assert digest([Place("C1")]) != digest([Place("C2")])
    # Written down: what people signed under one release must be found under the next.
    assert digest([Who("ana", "Ana"), timedelta(hours=2), frozenset({"b", "a"})]) == (
        "9539f8fd980ef3c0f841d4e42c4295dab6b8deb79d669e6f31aa05203f6d278c"
    )


def test_plain_json_and_back_keeps_what_has_no_name() -> None:
    plain = {"a": (1, 2.5, None, True, "text", {"b": ()})}
    assert from_json(to_json(plain)) == plain
