"""Labels: fingerprints, texts, order, matchers."""

import pytest

from sandbox.alertmanager.errors import ApiError
from sandbox.alertmanager.labels import as_told, by_labels, common, fingerprint, text_of
from sandbox.alertmanager.matchers import Matcher, expression, parse_filter


# What the real one answered for these.
@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"ok": "1"}, "8d4653b8b9db0024"),
        ({"x": "1", "job": "b", "alertname": "A"}, "668289e8da47fb9d"),
        ({"alertname": 'B "q" é'}, "0b12598423a4a3e7"),
    ],
)
def test_a_fingerprint_is_that_of_prometheus(labels: dict[str, str], expected: str) -> None:
    assert fingerprint(labels) == expected


def test_a_text_of_labels_is_quoted_as_go_does() -> None:
    assert text_of({"b": '"\\\n', "a": "é\x00\x7f\u2028\U000e0001"}) == (
        '{a="é\\x00\\x7f\\u2028\\U000e0001", b="\\"\\\\\\n"}'
    )
    assert text_of({}) == "{}"


def test_alerts_are_listed_by_job_then_instance_then_the_rest() -> None:
    wanted = [
        {"job": "a", "instance": "1", "x": "2"},
        {"job": "a", "instance": "2", "x": "1"},
        {"job": "a", "x": "0"},
        {"instance": "0"},
        {"ok": "1"},
        {"noname": "1"},
        {"noname": "2"},
        {"noname": "0", "x": "0"},
    ]
    assert sorted(wanted[5:] + wanted[:5], key=as_told) == wanted
    assert sorted([{"b": "1"}, {"a": "1"}, {}], key=by_labels) == [{}, {"b": "1"}, {"a": "1"}]


def test_what_is_common_is_what_all_have_alike() -> None:
    assert common([{"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}]) == {"a": "1"}
    assert common([]) == {}


def test_a_regular_expression_matches_from_end_to_end_and_a_missing_label_is_empty() -> None:
    assert Matcher("a", "x|y", is_regex=True).matches({"a": "y"})
    assert not Matcher("a", "x", is_regex=True).matches({"a": "xx"})
    assert not Matcher("a", "x", is_regex=True).matches({"a": "x\n"})
    assert Matcher("a", "x", is_equal=False).matches({})
    assert Matcher("a", "").matches({})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a="b"', Matcher("a", "b")),
        (" a =~ b.* ", Matcher("a", "b.*", is_regex=True)),
        ("a!=b", Matcher("a", "b", is_equal=False)),
        ('a!~"b|\\"c\\n\\d"', Matcher("a", 'b|"c\n\\d', is_regex=True, is_equal=False)),
    ],
)
def test_a_filter_is_read(text: str, expected: Matcher) -> None:
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    "text", ["a", "=b", "{a=b", 'a="b', 'a=b"c', "a=~(", "a=~x(?=y)", "a=~(x)\\1", "a=~(?<!x)y", "a=~x++y", "a=~x\\Z"]
)
def test_a_filter_that_the_real_one_refuses_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_filter(text)
    assert refused.value.status == 400


@pytest.mark.parametrize("pattern", ["[*+]+", "\\++", "\\\\1", "(?i)x", "(?:x)", "(?P<a>x)", "[]?+]", "\\(?=x"])
def test_an_expression_that_only_looks_like_what_is_refused_is_taken(pattern: str) -> None:
    assert expression(pattern).pattern == pattern
