"""Verbs are read by people: what was forgotten in one is named, and durations are said as people say them."""

from datetime import timedelta

import pytest

from bot.domain.verb import Change, Check, Told, spell, typed


class Unspoken(Change):
    """A change whose author forgot the rest."""


class Unread(Check):
    """A check whose author forgot the rest."""


def test_a_verb_that_was_left_unfinished_is_named() -> None:
    with pytest.raises(TypeError, match="Unspoken does not say what it touches"):
        _ = Unspoken().touches
    with pytest.raises(TypeError, match="Unspoken cannot be read"):
        str(Unspoken())
    with pytest.raises(TypeError, match="Unread cannot be read"):
        str(Unread())


def test_what_is_waited_for_is_read_as_it_was_written() -> None:
    assert str(Told("the number of the ticket")) == "the number of the ticket"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (45, "45 s"), (5400, "1 h 30 min"), (7200, "2 h"), (90061, "1 d 1 h"), (86400, "1 d")],
)
def test_durations_are_said_as_people_say_them(seconds: int, said: str) -> None:
    assert spell(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(90, "90s"), (120, "2m"), (5400, "90m"), (7200, "2h"), (7260, "121m"), (86400, "1d")]
)
def test_a_duration_is_typed_as_one_word_that_loses_nothing(seconds: int, said: str) -> None:
    assert typed(timedelta(seconds=seconds)) == said
