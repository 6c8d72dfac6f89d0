"""What is told late, or of something else: of which page, since when, and after how long."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.incident_event import Acknowledged, Cleared, Fired, Paged, Resolved, Retold
from bot.domain.person import BOT
from bot.domain.telling import began_there, from_group, from_page
from tests.domain.test_incident import NOW, alert, group, opened, page, told
from tests.domain.toy import ANA


def test_what_is_told_of_another_page_counts_when_that_was_made_later() -> None:
    incident = told(opened(), *from_page(opened(), page("triggered"), BOT, (), NOW))
    other = replace(page("resolved"), id="P2")
    assert from_page(incident, replace(other, created=NOW - timedelta(seconds=1), number=2), ANA, (), NOW) == []
    assert from_page(incident, replace(other, number=0), ANA, (), NOW) == [], "of one second: by their numbers"
    for later in (replace(other, number=2), replace(other, created=NOW + timedelta(seconds=1), number=0)):
        assert [type(event) for event in from_page(incident, later, ANA, (), NOW)] == [Paged, Resolved]
    older = opened().after(Paged(NOW, id="P1", number=1))
    assert from_page(older, replace(other, number=0), ANA, (), NOW) == [], "as older releases wrote it"
    assert from_page(older, replace(other, number=2), ANA, (), NOW) != []


def test_a_page_that_came_and_went_after_an_incident_was_over_is_not_its_own() -> None:
    over = told(opened(), *from_page(opened(), page("triggered"), BOT, (), NOW), Resolved(NOW, ANA))
    later = NOW + timedelta(minutes=3)
    other = replace(page("resolved", later), id="P2", number=2, created=later)
    assert from_page(over, other, BOT, (), later) == []


def test_an_incident_is_acknowledged_and_resolved_after_no_less_than_nothing() -> None:
    before = NOW - timedelta(minutes=8)
    over = opened().after(Acknowledged(NOW, ANA, since=before)).after(Resolved(before, ANA))
    assert (over.acknowledged_after, over.resolved_after) == (timedelta(), timedelta())


def test_alerts_began_when_they_say_unless_that_cannot_be() -> None:
    first, second = alert(since=NOW - timedelta(hours=1)), alert(fingerprint="f2", since=NOW - timedelta(minutes=5))
    assert began_there(group(second, first), NOW) == first.since
    future = alert(since=NOW + timedelta(seconds=1))
    assert began_there(group(future), NOW) == NOW, "clocks differ"
    assert began_there(group(alert(since=NOW - timedelta(days=31))), NOW) == NOW
    over = opened().after(Resolved(NOW - timedelta(minutes=30), ANA))
    assert began_there(group(first, second), NOW, over) == second.since, "the first was the one before"
    assert began_there(group(first), NOW, over) == NOW


def test_a_telling_that_had_to_wait_does_not_write_over_what_was_told_since() -> None:
    late, now = NOW + timedelta(seconds=10), NOW + timedelta(seconds=20)
    hot, cool = (replace(alert(), summary=f"it is {value}%") for value in (93, 50))
    (said,) = from_group(opened(), group(cool), now, received=now)
    incident = opened().after(said)
    assert from_group(incident, group(hot), now + timedelta(minutes=1), received=late) == []
    assert from_group(incident, group(hot), now + timedelta(minutes=1), received=now) != []
    older = opened().after(replace(said, received=None))  # type: ignore[call-arg]  # a Retold
    assert from_group(older, group(hot), now, received=late) == [], "an older release wrote only when it was taken"


def test_an_alert_that_fires_on_and_says_something_else_is_told_as_that_and_opens_nothing() -> None:
    incident = opened()
    more = replace(alert(), summary="it is 97%")
    assert from_group(incident, group(more), NOW) == [Retold(NOW, alerts=(more,))]
    now = incident.after(Retold(NOW, alerts=(more,)))
    assert now.alerts["f1"].summary == "it is 97%"
    assert now.seen == incident.seen
    assert from_group(now, group(more), NOW) == []
    assert from_group(now, group(replace(more, source="http://other.example")), NOW) == []
    two = alert(fingerprint="f2")
    assert [type(event) for event in from_group(incident, group(two, more), NOW)] == [Fired, Retold]
    ended = [type(event) for event in from_group(incident, group(two, ended=(more,)), NOW)]
    assert ended == [Fired, Cleared]
    later = replace(alert(since=NOW + timedelta(minutes=1)), summary="it is 98%")
    assert [type(event) for event in from_group(incident, group(later), NOW)] == [Fired], "another firing of it"
