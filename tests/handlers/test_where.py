"""``where``: how far an alert came, as far as it is known; what was never received is looked for in Alertmanager."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.alert import Alert
from bot.domain.channel import Closed
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired
from bot.domain.incident_state import Stage
from bot.domain.report import Inline
from bot.domain.request import Place
from bot.runbook import Items, Link, Mark, Report, Tone
from bot.world import alertmanager, bot, incidents
from bot.world.incidents import Stop, Way
from handlers.where import Where
from tests.handlers.asked import AWAY, NOW, asked, seen, shown

WAY = incidents.WayOf("ServiceDown")
THERE = alertmanager.ActiveNamed("ServiceDown")
CHANNELS = ("#a", "#b")
HERE = bot.ClosedChannels(CHANNELS)
POSTED = (
    Stop("Began", NOW),
    Stop("Received", NOW),
    Stop("Posted", NOW + timedelta(seconds=2), ("in #a",)),
    Stop("Posted", None, ("not yet, in #b",), trouble=True),
    Stop("PagerDuty", None),
    Stop("Acknowledged", None, ("not yet",)),
)
ALERT = Alert("f", "ServiceDown", NOW, {"alertname": "ServiceDown", "job": "bridge"})
ACTIVE = alertmanager.Active(ALERT, 0, 0, 0, ("on-call",))


def told(*answers: tuple[Any, Any]) -> Report:
    return asked(Where, "where ServiceDown").tell(seen(*answers))


def test_first_its_way_is_asked_for_then_how_its_channels_are() -> None:
    where = asked(Where, "where ServiceDown")
    assert where.asks(seen()) == (WAY,)
    assert where.asks(seen((WAY, AWAY))) == (WAY,)
    assert where.asks(seen((WAY, Way(POSTED, channels=CHANNELS)))) == (WAY, HERE)
    assert where.asks(seen((WAY, Way(POSTED)))) == (WAY,), "what is in the inbox has no channel yet"


def test_what_was_posted_leads_to_its_message_where_slack_says_how() -> None:
    way = Way((Stop("Posted", NOW, ("in #a",), message=("C1", "1.0")),))
    link = bot.LinkTo("C1", "1.0")
    assert asked(Where, "where ServiceDown").asks(seen((WAY, way))) == (WAY, link)
    assert Link("open it", "https://slack.example/C1/1") in leaves(
        told((WAY, way), (link, "https://slack.example/C1/1"))
    )
    assert not any(isinstance(leaf, Link) for leaf in leaves(told((WAY, way), (link, AWAY))))


def leaves(report: Report) -> list[Inline]:
    return [leaf for part in report.parts if isinstance(part, Items) for item in part.items for leaf in item.text.parts]


def test_what_was_never_received_is_asked_of_alertmanager() -> None:
    assert asked(Where, "where ServiceDown").asks(seen((WAY, Way()))) == (WAY, THERE)


def test_a_name_may_have_several_words() -> None:
    assert asked(Where, "where errors of the bridge").alert == "errors of the bridge"


@pytest.mark.parametrize(("answer", "said"), [(None, "Being looked for"), (AWAY, AWAY.because)])
def test_while_nothing_is_known_that_is_said(answer: Any, said: str) -> None:
    assert said in told((WAY, answer)).summary


def test_each_stop_has_a_mark_and_its_time_since_it_was_received() -> None:
    report = told((WAY, Way(POSTED)))
    items = next(part for part in report.parts if isinstance(part, Items)).items
    assert [item.mark for item in items] == [Mark.GOOD, Mark.GOOD, Mark.GOOD, Mark.BAD, Mark.TO_DO, Mark.TO_DO]
    assert [item.detail for item in items] == ["", "", "2 s after it was received", "", "", ""]
    assert report.summary == "ServiceDown: posted, but not acknowledged."
    assert report.tone is Tone.WARN


def test_what_is_over_and_had_no_trouble_is_well() -> None:
    opened = Incident.born(Fired(NOW, key="k", title="t", alerts=(ALERT,), places=(Place("#a"),)))
    over = replace(opened, stage=Stage.OVER)
    report = told((WAY, Way((Stop("Received", NOW), Stop("Resolved", NOW)), over)))
    assert (report.tone, report.summary) == (Tone.GOOD, "ServiceDown: resolved.")


def test_a_channel_that_takes_nothing_now_is_told_with_what_to_do() -> None:
    closed = (Closed("#b", "That channel is archived.", "Unarchive it."),)
    report = told((WAY, Way(POSTED[:3], channels=CHANNELS)), (HERE, closed))
    assert report.tone is Tone.WARN
    assert "That channel is archived." in shown(report)
    assert "Unarchive it." in shown(report)


@pytest.mark.parametrize(
    ("answer", "said"), [(None, "is being asked"), (AWAY, AWAY.because), ((), "#a and #b take what is said")]
)
def test_how_the_channels_are_hides_nothing_else(answer: Any, said: str) -> None:
    report = told((WAY, Way(POSTED[:3], channels=CHANNELS)), (HERE, answer))
    assert said in shown(report)
    assert "in #a" in shown(report)
    assert report.tone is Tone.PLAIN


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Alertmanager is being asked"),
        (AWAY, f"cannot be seen: {AWAY.because}"),
        ((), "Alertmanager does not have it either"),
        ((ACTIVE,), "one alert of that name"),
        ((ACTIVE, ACTIVE), "2 alerts of that name"),
        ((ACTIVE,), "leads to the receiver on-call"),
        ((replace(ACTIVE, receivers=()),), "none that it names"),
        ((replace(ACTIVE, silenced=1),), "It is silenced there"),
        ((replace(ACTIVE, inhibited=1),), "Another alert inhibits it there"),
        ((replace(ACTIVE, muted=1),), "mutes it at this time"),
    ],
)
def test_what_was_never_received_is_told_as_alertmanager_has_it(answer: Any, said: str) -> None:
    report = told((WAY, Way()), (THERE, answer))
    assert report.summary.startswith("I was never told of an alert ServiceDown.")
    assert said in shown(report)
