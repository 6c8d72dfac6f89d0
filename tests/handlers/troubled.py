"""An incident as a test says that it is, what PagerDuty says of it, and what a plan does about it."""

from dataclasses import replace
from typing import Any

from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Fired, Resolved
from bot.domain.person import Person, Who
from bot.domain.verb import Change
from bot.runbook import Act, Offers, OrElse, Plan
from bot.world import pagerduty
from tests.handlers.asked import CONFIG, NOW

OPEN = Incident.born(Fired(NOW, key="k", title="Bridge is down"))
ID = OPEN.id


def person(id_: str) -> Person:
    found = CONFIG.people.get(id_)
    assert found is not None
    return found


def who(id_: str) -> Who:
    return person(id_).who


def user(id_: str) -> pagerduty.User:
    """Somebody as PagerDuty knows them."""
    known = person(id_)
    return pagerduty.User(f"P{id_.upper()}", known.name, known.email)


def held_by(id_: str) -> Incident:
    return OPEN.after(Acknowledged(NOW, who(id_)))


OVER = OPEN.after(Resolved(NOW, who("ben"), because="it is well"))


def page(status: pagerduty.Status = pagerduty.Status.TRIGGERED, **changed: Any) -> pagerduty.Page:
    plain = pagerduty.Page("P1", 1, "https://pagerduty.example/P1", status, "Bridge is down", "k", NOW)
    return replace(plain, **changed)


def acts(made: Plan | Offers) -> list[Act]:
    assert isinstance(made, Plan), made
    return [step for step in made.steps if isinstance(step, Act)]


def changes(made: Plan | Offers) -> list[Change]:
    """What it changes, in this order."""
    return [change for act in acts(made) for change in act.changes]


def may_fail(made: Plan | Offers) -> list[Change]:
    """What may fail while the rest goes on."""
    return [change for act in acts(made) if act.or_else is OrElse.GO_ON for change in act.changes]
