"""The end of an incident, also of one that was opened again: who had it, what was said of it, its post-mortem."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_card import summary
from bot.domain.incident_event import Acknowledged, Noted, Released, Reopened, Resolved
from bot.domain.incident_state import ending
from bot.domain.report import Text
from bot.domain.sentence import flat
from tests.domain.test_incident import LADDER, NOW, opened
from tests.domain.toy import ANA, ELIF

_HOUR = timedelta(hours=1)


def over(incident: Incident, hours: int) -> Incident:
    return incident.after(Resolved(NOW + hours * _HOUR, via="Alertmanager", because="all of its alerts have ended"))


def told(incident: Incident) -> str:
    return " ".join(flat(part.parts) for part in summary(incident) if isinstance(part, Text))


def test_who_had_it_when_it_was_over_first_had_it_until_then() -> None:
    taken = opened().after(Acknowledged(NOW, ANA)).after(Released(NOW + _HOUR, ANA, because="b"))
    taken = taken.after(Acknowledged(NOW + 2 * _HOUR, ELIF))
    again = over(over(taken, 3).after(Reopened(NOW + 4 * _HOUR)), 5)
    assert again.last_had == (ELIF, NOW + 3 * _HOUR)
    assert again.owner == ELIF
    assert "Elif had it until" in told(again)
    given_back = opened().after(Acknowledged(NOW, ANA)).after(Released(NOW + _HOUR, ANA, because="b"))
    assert "Ana had it until" in told(over(given_back, 2))


def test_what_was_said_of_an_earlier_end_can_be_said_again() -> None:
    why = "the cache was cold"
    said = Noted(NOW + 2 * _HOUR, ELIF, words=why, run=ending(ELIF, why), ends=True, said=NOW + 2 * _HOUR)
    first = over(opened(), 1).after(said)
    assert first.cause == why
    assert first.ended_with(ELIF, why)
    again = over(first.after(Reopened(NOW + 3 * _HOUR)), 4)
    assert again.cause == ""
    assert not again.ended_with(ELIF, why)


def test_what_was_found_out_when_it_was_over_replaces_what_was_said_in_the_end() -> None:
    first = opened().after(Resolved(NOW + 2 * _HOUR, ANA, because="restarted it"))
    later = Noted(NOW + 3 * _HOUR, ANA, words="the disk was full", run="x", ends=True, said=NOW + 3 * _HOUR)
    assert first.after(later).cause == "the disk was full"
    assert first.after(later).resolved == first.resolved, "who resolved it, and with which words, stays"
    # Who resolved it at the same moment, and was second, knew no better.
    second = Noted(NOW + 3 * _HOUR, ELIF, words="it is well", run="y", ends=True, said=NOW + _HOUR)
    assert first.after(second).cause == "restarted it"
    assert first.after(later).after(second).cause == "the disk was full"


def test_the_post_mortem_is_held_so_many_business_hours_after_the_end() -> None:
    # Nine hours a day: the same time two days later, and three.
    assert LADDER.review(Severity.P0, NOW) == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    later = replace(LADDER, review_after=timedelta(hours=27))
    assert later.review(Severity.P1, NOW) == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert LADDER.review(Severity.P2, NOW) is None
