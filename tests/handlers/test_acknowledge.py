"""``acknowledge``: PagerDuty is told as who asks, whoever has it is named, and what is resolved is not opened again."""

from typing import Any

from bot.domain.incident import Incident
from bot.runbook import Offers, OrElse
from bot.world import bot, incidents, pagerduty
from bot.world.pagerduty import Status
from handlers.acknowledge import Acknowledge
from tests.handlers.asked import NOW, asked, planned, refused
from tests.handlers.troubled import ID, OPEN, OVER, acts, changes, held_by, page, person, user, who

WORDS = f"acknowledge {ID}"
TAKE = incidents.Take(ID, who("ana"))
TELL = pagerduty.Acknowledge("P1", "ana@aureus.example", "PANA")


def world(incident: Incident = OPEN, there: pagerduty.Page | None = None) -> dict[Any, Any]:
    return {
        incidents.IncidentOf(ID): incident,
        incidents.PageFor(ID): there,
        bot.Me("ana"): person("ana"),
        pagerduty.UserOf("ana@aureus.example"): user("ana"),
    }


def test_pagerduty_is_told_as_who_asks_and_asked_again_before_it_is_said_here() -> None:
    made = planned(asked(Acknowledge, WORDS), world(there=page()))
    assert changes(made) == [TELL, TAKE]
    told = acts(made)[0]
    assert told.checks == (pagerduty.Held("P1", "PANA", "Ana Silva"),)
    assert told.or_else is OrElse.ASK


def test_what_pagerduty_does_not_have_is_taken_here_alone() -> None:
    assert changes(planned(asked(Acknowledge, WORDS), world())) == [TAKE]


def test_who_has_it_there_already_is_only_noted_here() -> None:
    there = page(Status.ACKNOWLEDGED, holder=user("ana"))
    assert changes(planned(asked(Acknowledge, WORDS), world(there=there))) == [TAKE]


def test_whoever_has_it_is_named_and_it_can_be_taken_over() -> None:
    there = page(Status.ACKNOWLEDGED, holder=user("ben"), held_since=NOW)
    made = planned(asked(Acknowledge, WORDS), world(held_by("ben"), there))
    assert isinstance(made, Offers)
    assert made.because == "Ben Okafor has it. Take over?"
    (offer,) = made.offers
    assert changes(planned(asked(Acknowledge, offer.words), world(held_by("ben"), there))) == [TELL, TAKE]


def test_what_is_mine_already_is_not_taken_again() -> None:
    there = page(Status.ACKNOWLEDGED, holder=user("ana"))
    acknowledge = asked(Acknowledge, WORDS)
    assert refused(acknowledge, world(held_by("ana"), there)) == "You have it already: nothing to do."
    assert refused(acknowledge, world(held_by("ana"))) == f"{ID} is yours already: nothing to do."


def test_what_is_over_here_is_left_alone() -> None:
    assert refused(asked(Acknowledge, WORDS), world(OVER)) == f"{ID} is resolved already: nothing to do."


def test_what_pagerduty_has_resolved_is_ended_here_and_never_opened_again_there() -> None:
    there = page(Status.RESOLVED, resolver=user("ben"))
    (end,) = changes(planned(asked(Acknowledge, WORDS), world(there=there)))
    assert isinstance(end, incidents.End)
    assert end.because.startswith("PagerDuty has it resolved by Ben Okafor. Nothing was sent there")
    said = refused(asked(Acknowledge, WORDS), world(OVER, page(Status.RESOLVED)))
    assert said.startswith("PagerDuty has it resolved by its integration. Nothing was sent there")
