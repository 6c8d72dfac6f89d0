"""The card of an incident as it is read on a phone."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.incident_card import tell
from bot.domain.incident_event import Rung
from bot.domain.incident_state import Stage
from bot.domain.person import People
from bot.domain.report import Items, Moment, Note, Report
from tests.domain.test_incident import opened


def test_an_alert_that_says_very_much_leaves_room_for_the_buttons() -> None:
    incident = opened()
    (name, alert), *_ = incident.alerts.items()
    much = replace(alert, name="N" * 10_000, summary="word " * 2_000, labels={"pod": "p" * 10_000})
    report = tell(replace(incident, alerts={name: much}), People([]))
    (item,) = next(part for part in report.parts if isinstance(part, Items)).items
    shown = "".join(str(getattr(part, "text", part)) for part in item.text.parts)
    assert "word word" in shown
    assert len(shown) < 500
    assert len(item.detail) <= 100


def test_alerts_of_one_name_are_told_apart_by_the_label_in_which_they_differ() -> None:
    incident = opened()
    (_, alert), *_ = incident.alerts.items()
    labels = [{"alertname": "Load", "pod": "one", "zone": zone, "severity": zone} for zone in ("a", "b")]
    two = {each["zone"]: replace(alert, fingerprint=each["zone"], labels=each) for each in labels}
    report = tell(replace(incident, alerts=two), People([]))
    (items,) = [part for part in report.parts if isinstance(part, Items)]
    assert [item.detail for item in items.items] == ["a", "b"]


def test_who_is_called_next_is_said_with_the_time_and_the_date_where_it_is_not_soon() -> None:
    incident = opened()
    night = incident.opened + timedelta(hours=10)
    rungs = (
        Rung(incident.opened + timedelta(minutes=5), frozenset({"secondary"}), "", unless_taken=True),
        Rung(night, frozenset({"cto"}), ""),
    )
    told = replace(incident, rungs=rungs)
    assert _noted(tell(told, People([]))) == ("somebody has it", "secondary", Moment(rungs[0].at))
    also = Rung(night, frozenset({"ciso"}), "")
    # A call that comes also when somebody has it is not called one that they can prevent by that.
    assert _noted(tell(replace(told, rungs=(*rungs[1:], also)), People([]))) == (
        "it is over", "CISO and CTO", Moment(night, date=True),
    )  # fmt: skip
    taken = replace(told, stage=Stage.TAKEN)
    assert _noted(tell(taken, People([]))) == ("it is over", "CTO", Moment(night, date=True))
    assert _noted(tell(replace(told, stage=Stage.OVER), People([]))) is None


def _noted(report: Report) -> tuple[str, str, Moment] | None:
    for part in report.parts:
        if isinstance(part, Note) and "Called next" in str(part.text.parts[0]):
            said, at, _ = part.text.parts
            assert isinstance(at, Moment)
            unless, _, who = str(said).removeprefix("Called next, unless ").removesuffix(", ").partition(" by then: ")
            return unless, who, at
    return None
