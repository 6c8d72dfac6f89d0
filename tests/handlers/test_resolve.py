"""``resolve``: the end in PagerDuty, in Alertmanager and here, each only where it is not over yet."""

from typing import Any

from bot.domain.alert import Alert
from bot.domain.errors import Away, Refusal
from bot.domain.incident import Incident, ending
from bot.domain.incident_event import Fired, Noted
from bot.runbook import OrElse
from bot.world import alertmanager, bot, incidents, pagerduty
from bot.world.pagerduty import Status
from handlers.resolve import Resolve
from tests.handlers.asked import NOW, asked, planned, refused
from tests.handlers.troubled import ID, OPEN, OVER, acts, changes, may_fail, page, person, user, who

ALERT, ENDED, ANOTHERS = (Alert(f"f{n}", "ServiceDown", NOW, {"number": str(n)}) for n in range(3))
FIRING = Incident.born(Fired(NOW, key="k", title="Bridge is down", alerts=(ALERT, ENDED)))
WORDS = f"resolve {ID} because it is well"
END = incidents.End(ID, who("ana"), "it is well")


def world(incident: Incident = OPEN, there: pagerduty.Page | None = None, **answers: Any) -> dict[Any, Any]:
    return {
        incidents.IncidentOf(ID): incident,
        incidents.PageFor(ID): there,
        bot.Me("ana"): person("ana"),
        pagerduty.UserOf("ana@aureus.example"): answers.get("me", user("ana")),
        alertmanager.Firing(): answers.get("firing", ()),
    }


def test_it_is_ended_wherever_it_is_not_over_in_pagerduty_first() -> None:
    made = planned(asked(Resolve, WORDS), world(FIRING, page(), firing=(ALERT, ANOTHERS)))
    there, alerts = pagerduty.Resolve("P1", "ana@aureus.example"), alertmanager.End((ALERT,))
    assert changes(made) == [there, alerts, END]
    assert acts(made)[0].or_else is OrElse.ASK
    assert may_fail(made) == [alerts], "an Alertmanager that takes no end holds nobody up"


def test_whom_pagerduty_does_not_know_resolves_it_as_the_bot() -> None:
    made = planned(asked(Resolve, WORDS), world(there=page(), me=Refusal("Nobody has this address.", "Look.")))
    assert changes(made) == [pagerduty.Resolve("P1", ""), END]


def test_what_is_resolved_in_pagerduty_is_not_told_there_again() -> None:
    assert changes(planned(asked(Resolve, WORDS), world(there=page(Status.RESOLVED)))) == [END]


def test_what_is_over_here_and_open_there_is_ended_there() -> None:
    made = planned(asked(Resolve, f"resolve {ID}"), world(OVER, page(Status.ACKNOWLEDGED)))
    assert changes(made) == [pagerduty.Resolve("P1", "ana@aureus.example")]


def test_an_alertmanager_that_does_not_answer_holds_nobody_up() -> None:
    made = planned(asked(Resolve, WORDS), world(FIRING, firing=Away("Alertmanager does not answer.")))
    assert changes(made) == [END]


def test_what_is_over_everywhere_is_not_ended_again() -> None:
    said = refused(asked(Resolve, f"resolve {ID}"), world(OVER, page(Status.RESOLVED)))
    assert said == f"{ID} is resolved everywhere: nothing to do."


def test_why_it_is_over_is_written_down_also_when_others_were_quicker_and_once() -> None:
    assert changes(planned(asked(Resolve, WORDS), world(OVER, page(Status.RESOLVED)))) == [END]
    noted = OVER.after(Noted(NOW, who("ana"), words="it is well", run=ending(who("ana"), "it is well"), ends=True))
    assert "nothing to do" in refused(asked(Resolve, WORDS), world(noted, page(Status.RESOLVED)))
