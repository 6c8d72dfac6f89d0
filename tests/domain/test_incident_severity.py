"""How bad an incident is, and how bad it was at its worst."""

from dataclasses import replace

from bot.domain.alert import Alert, Severity
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Assessed, Fired, Reopened, Resolved
from bot.domain.person import BOT, Who
from tests.domain.toy import ANA, NOW

ALERT = Alert("f1", "ServiceDown", NOW, {"job": "bridge"})
KNOWN = Fired(NOW, key="k", title="t", alerts=(ALERT,))


def told(first: Fired, *events: Event) -> Incident:
    incident = Incident.born(first)
    for event in events:
        incident = incident.after(event)
    return incident


def set_to(severity: Severity, by: Who = BOT) -> Assessed:
    return Assessed(NOW, by, severity=severity)


def test_it_is_judged_by_the_worst_that_it_had() -> None:
    lowered = told(KNOWN, set_to(Severity.P0), set_to(Severity.P2, ANA))
    assert (lowered.worst, lowered.severities) == (Severity.P0, "P0, later P2")
    raised = told(KNOWN, set_to(Severity.P2), set_to(Severity.P1, ANA))
    assert (raised.worst, raised.severities) == (Severity.P1, "P1")


def test_what_was_said_by_mistake_and_taken_back_is_no_severity_that_it_had() -> None:
    mistake = Assessed(NOW, ANA, severity=Severity.P0, run="r-1")
    undone = Assessed(NOW, ANA, severity=Severity.P2, because="taken back", takes_back="r-1")
    assert told(KNOWN, set_to(Severity.P2), mistake, undone).severities == "P2"
    between = (set_to(Severity.P1), replace(mistake, run="r-2"))
    assert told(KNOWN, set_to(Severity.P2), mistake, *between, undone).worst is Severity.P0, "others said so, too"
    lowered = told(KNOWN, set_to(Severity.P2), mistake, set_to(Severity.P2, ANA))
    assert lowered.worst is Severity.P0, "set to another one, it was as bad as that"
    older = told(KNOWN, set_to(Severity.P2), set_to(Severity.P0, ANA), replace(undone, takes_back=""))
    assert older.worst is Severity.P0, "an older release did not write what it takes back"


def test_what_is_open_again_was_as_bad_as_it_was() -> None:
    again = told(KNOWN, set_to(Severity.P0), set_to(Severity.P2, ANA), Resolved(NOW, ANA), Reopened(NOW))
    assert again.worst is Severity.P0


def test_what_it_was_taken_for_before_its_alerts_were_known_is_no_severity_that_it_had() -> None:
    page = Fired(NOW, key="k", title="a page")
    assert told(page, set_to(Severity.P0), set_to(Severity.P2), KNOWN).severities == "P2"
    assert told(page, set_to(Severity.P0), set_to(Severity.P2, ANA)).severities == "P0, later P2", "a person knew"
