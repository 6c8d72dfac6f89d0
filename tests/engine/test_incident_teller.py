"""What is said of an incident: lines in its thread, and its document."""

from datetime import timedelta

from bot.domain.alert import Alert
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Fired, Nudged, Resolved, Written
from bot.domain.report import Document
from bot.engine.incident_teller import says
from bot.ports import Kind
from tests.domain.toy import ANA, ELIF, NOW, PEOPLE

FIRED = Fired(NOW, key="k", title="Bridge is down", alerts=(Alert("f1", "ServiceDown", NOW, {}),))


def after(*events: Event) -> Incident:
    incident = Incident.born(FIRED)
    for event in events:
        incident = incident.after(event)
    return incident


def test_the_document_tells_who_was_asked_and_not_who_had_it_later() -> None:
    hour = NOW + timedelta(hours=1)
    history = (
        Acknowledged(NOW, ANA),
        Nudged(hour, until=hour + timedelta(minutes=15)),
        Acknowledged(hour + timedelta(minutes=5), ELIF),
        Resolved(hour + timedelta(minutes=9), ELIF),
        Written(hour + timedelta(minutes=10)),
    )
    said = says(after(*history), history[-1:], PEOPLE, history=(FIRED, *history))
    (document,) = next(say.report for say in said if say.kind is Kind.FILE).parts
    assert isinstance(document, Document)
    assert f"{ANA.name} was asked whether they are still at it" in document.text
    assert f"{ELIF.name} was asked" not in document.text
