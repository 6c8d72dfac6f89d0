"""The card of an incident as it is read on a phone."""

from dataclasses import replace

from bot.domain.incident_card import tell
from bot.domain.person import People
from bot.domain.report import Items
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
