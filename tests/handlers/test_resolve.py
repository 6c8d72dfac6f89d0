"""``resolve``: the end in PagerDuty, in Alertmanager and here, each only where it is not over yet."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.alert import Alert
from bot.domain.errors import Away, Refusal
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired, Noted, Reopened, Resolved
from bot.domain.incident_state import ending
from bot.runbook import OrElse, Plan
from bot.world import alertmanager, bot, incidents, k8s, pagerduty
from bot.world.pagerduty import Status
from handlers.resolve import Resolve
from tests.handlers.asked import AWAY, CONFIG, NOW, answers, asked, health, planned, refused, service, size
from tests.handlers.troubled import ID, OPEN, OVER, acts, changes, may_fail, page, person, user, who

ALERT, ENDED, ANOTHERS = (Alert(f"f{n}", "ServiceDown", NOW, {"number": str(n)}) for n in range(3))
FIRING = Incident.born(Fired(NOW, key="k", title="Bridge is down", alerts=(ALERT, ENDED)))
WORDS = f"resolve {ID} because it is well"
END = incidents.End(ID, who("ana"), "it is well", NOW)
THERE = pagerduty.Resolve("P1", "ana@aureus.example", ID, NOW)
BRIDGE = service("bridge").at("production")


def world(incident: Incident = OPEN, there: pagerduty.Page | None = None, **answers: Any) -> dict[Any, Any]:
    return {
        incidents.IncidentOf(ID): incident,
        incidents.PageFor(ID): there,
        bot.Me("ana"): person("ana"),
        pagerduty.UserOf("ana@aureus.example"): answers.get("me", user("ana")),
        alertmanager.Firing(): answers.get("firing", ()),
        bot.TheCatalogue(): CONFIG.catalogue,
        **{k8s.HealthOf(at): said for at, said in answers.get("health", {}).items()},
    }


def test_it_is_ended_wherever_it_is_not_over_in_pagerduty_first() -> None:
    made = planned(asked(Resolve, WORDS), world(FIRING, page(), firing=(ALERT, ANOTHERS)))
    alerts = alertmanager.End((ALERT,), ID, NOW)
    assert changes(made) == [THERE, alerts, END]
    assert acts(made)[0].or_else is OrElse.ASK
    assert may_fail(made) == [alerts], "an Alertmanager that takes no end holds nobody up"


def test_whom_pagerduty_does_not_know_resolves_it_as_the_bot() -> None:
    made = planned(asked(Resolve, WORDS), world(there=page(), me=Refusal("Nobody has this address.", "Look.")))
    assert changes(made) == [pagerduty.Resolve("P1", "", ID, NOW), END]


def test_what_is_resolved_in_pagerduty_is_not_told_there_again() -> None:
    assert changes(planned(asked(Resolve, WORDS), world(there=page(Status.RESOLVED)))) == [END]


def test_what_is_over_here_and_open_there_is_ended_there() -> None:
    made = planned(asked(Resolve, f"resolve {ID}"), world(OVER, page(Status.ACKNOWLEDGED)))
    assert changes(made) == [THERE]


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


def test_what_was_opened_again_since_somebody_said_so_is_not_ended() -> None:
    over = FIRING.after(Resolved(NOW, who("ben")))
    again = over.after(Reopened(NOW + timedelta(seconds=1), because="it was re-opened there"))
    said = refused(asked(Resolve, WORDS), world(again, page(), firing=(ALERT,)))
    assert (
        said == f"{ID} was opened again after this was asked for: nothing was ended. If it is over now, say so again."
    )
    earlier = over.after(Reopened(NOW, because="it was re-opened there"))
    assert END in changes(planned(asked(Resolve, WORDS), world(earlier, page(), firing=(ALERT,))))


def _warned(incident: Incident, said: object, **answers: Any) -> str:
    """What the plan says besides its steps."""
    made = planned(asked(Resolve, WORDS), world(incident, health={BRIDGE: said}, **answers))
    assert isinstance(made, Plan)
    assert END in changes(made), "it refuses nothing"
    return " ".join(str(part) for part in made.shows)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            health(size(3, ready=0), troubles=("its image cannot be pulled.",)),
            "bridge is still down: 0 of 3 pods ready (its image cannot be pulled). "
            "If its rule still holds it fires again, as a new incident.",
        ),
        (health(size(3, ready=2)), "bridge is still in trouble: 2 of 3 pods ready."),
        (health(size(0)), "bridge is still down: it has no replicas."),
    ],
)
def test_a_service_that_is_still_down_is_told_of(said: k8s.Health, words: str) -> None:
    assert words in _warned(replace(FIRING, service="bridge"), said)
    labelled = replace(ALERT, labels={"service": "bridge"})
    assert words in _warned(replace(FIRING, alerts={"f0": labelled}), said), "it is known by its alerts"


@pytest.mark.parametrize("said", [health(), AWAY, Refusal("There is no such Deployment.")])
def test_of_what_is_well_or_cannot_be_seen_nothing_is_said(said: object) -> None:
    assert _warned(replace(FIRING, service="bridge"), said) == ""


def test_its_services_are_looked_at_at_once_and_for_a_short_time() -> None:
    alerts = {each: replace(ALERT, fingerprint=each, labels={"service": each}) for each in ("bridge", "openclaw")}
    there = world(replace(FIRING, alerts=alerts), health={BRIDGE: AWAY, service("openclaw").at("production"): AWAY})
    together: list[bot.Each[Any]] = []

    async def ask(question: Any) -> Any:
        assert not isinstance(question, k8s.HealthOf), "one after the other they may take minutes"
        together.extend([question] if isinstance(question, bot.Each) else [])
        return await answers(there)(question)

    asyncio.run(asked(Resolve, WORDS).look(ask))
    (each,) = together
    assert len(each.questions) == len(alerts)
    assert each.within <= timedelta(seconds=3)


def test_what_runs_elsewhere_is_looked_at_there() -> None:
    there = service("bridge").at("staging")
    labelled = replace(ALERT, labels={"namespace": there.namespace})
    incident = replace(FIRING, service="bridge", alerts={"f0": labelled})
    made = planned(asked(Resolve, WORDS), world(incident, health={there: health(size(3, ready=0))}))
    assert isinstance(made, Plan)
    assert "bridge in staging is still down" in str(made.shows)


def test_who_only_adds_the_cause_is_told_of_no_service() -> None:
    assert planned(asked(Resolve, WORDS), world(replace(OVER, service="bridge"))) == planned(
        asked(Resolve, WORDS), world(OVER)
    )
