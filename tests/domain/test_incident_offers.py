"""What is offered on the card of an incident, and what its forms have to choose from."""

from dataclasses import replace

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_event import (
    Acknowledged,
    Assessed,
    Cleared,
    Climbed,
    Escalated,
    Fired,
    Reopened,
    Resolved,
    Rung,
    Unpaged,
)
from bot.domain.incident_offers import offers
from bot.domain.offer import Choices, Offer
from bot.domain.person import People, Person, Who
from tests.domain.test_incident import NOW, alert, opened
from tests.domain.toy import ANA, ELIF

PEOPLE = People(
    [
        Person("ana", "Ana", "ana@aureus.example", frozenset({"on-call"})),
        Person("elif", "Elif", "elif@aureus.example", frozenset({"engineering-manager"})),
        Person("hana", "Hana", "hana@aureus.example", frozenset({"ciso"})),
        Person("ivan", "Ivan", "ivan@aureus.example", frozenset({"cto"})),
    ]
)
LADDER = tuple(
    Rung(NOW, frozenset(roles), "it is bad")
    for roles in ({"on-call"}, {"secondary"}, {"devops-manager"}, {"cto", "ciso"})
)
INCIDENT = opened().after(Assessed(NOW, severity=Severity.P1, rungs=LADDER))


def form(incident: Incident, label: str) -> tuple[Offer, Choices]:
    (offer,) = (each for each in offers(incident, PEOPLE) if each.label == label)
    assert offer.choices is not None
    return offer, offer.choices


def told(*roles: str) -> Escalated:
    return Escalated(NOW, ELIF, roles=frozenset(roles), people=(ANA,), because="b")


def chosen(incident: Incident) -> str:
    return form(incident, "Escalate")[1].chosen


def test_every_other_severity_can_be_chosen_with_its_word_and_a_reason_can_be_left_out() -> None:
    offer, choices = form(INCIDENT, "Severity")
    assert [(each.label, each.words) for each in choices.among] == [
        ("P0, critical", "p0"), ("P2, medium", "p2"), ("P3, low", "p3"),
    ]  # fmt: skip
    assert (offer.before, offer.optional, choices.chosen) == ("because", True, "")
    assert choices.asks == "How bad is it? It is P1, high, now."


def test_those_of_the_ladder_can_be_called_whose_roles_somebody_holds() -> None:
    offer, choices = form(INCIDENT, "Escalate")
    assert {each.words: each.label for each in choices.among} == {
        "to on-call": "on-call: Ana",
        "to secondary": "secondary: who is on duty in PagerDuty",
        "to ciso": "CISO: Hana",
        "to cto": "CTO: Ivan",
        "to ciso,cto": "CISO and CTO: Hana, Ivan",
        "to engineering-manager": "engineering manager: Elif",
    }
    assert (offer.words, offer.before, offer.optional) == (f"escalate {INCIDENT.id}", "because", False)
    alone = form(INCIDENT.after(Unpaged(NOW, because="b")), "Escalate")[1]
    assert "to secondary" not in [each.words for each in alone.among], "nobody holds it"
    assert "PagerDuty" not in alone.asks


def test_the_next_are_chosen_who_were_not_called_whoever_called_the_others() -> None:
    assert chosen(INCIDENT) == "to on-call"
    called = INCIDENT.after(told("on-call"))
    assert chosen(called) == "to secondary"
    # Their time came while somebody had it: they were left out, and not called.
    assert chosen(called.after(Climbed(NOW, rung=1))) == "to secondary"
    called = called.after(told("secondary"))
    assert chosen(called) == "to ciso,cto", "nobody is DevOps manager"
    assert chosen(called.after(told("ciso"))) == "to ciso,cto", "the CTO is missing"
    called = called.after(told("ciso", "cto"))
    assert chosen(called) == "to engineering-manager", "who is called where nobody of the ladder is left"
    everybody = called.after(told("engineering-manager"))
    assert chosen(everybody) == ""
    labels = [each.label for each in form(everybody, "Escalate")[1].among]
    assert "engineering manager: Elif (told already)" in labels
    again = everybody.after(Resolved(NOW, ANA)).after(Reopened(NOW, ANA, because="b"))
    assert chosen(again) == "to on-call", "nobody was told since it is open again"


def test_nobody_is_to_call_themselves() -> None:
    climbed = INCIDENT.after(told("secondary")).after(told("ciso", "cto"))
    theirs = climbed.after(Acknowledged(NOW, Who("ana", "Ana")))
    assert chosen(climbed) == "to on-call"
    assert chosen(theirs) == "to engineering-manager", "Ana alone is on-call, and has it"
    assert "to on-call" in [each.words for each in form(theirs, "Escalate")[1].among], "somebody else may want to"


def test_whoever_ends_it_knows_before_that_it_may_be_too_soon() -> None:
    def asks(incident: Incident) -> str:
        return next(each.asks for each in offers(incident, PEOPLE) if each.words.startswith("resolve"))

    assert asks(INCIDENT).startswith("Its alert still fires: what does not end by itself comes back as a new incident.")
    assert asks(INCIDENT.after(Fired(NOW, key="k", alerts=(alert(fingerprint="f2"),)))).startswith(
        "2 of its alerts still fire:"
    )
    for quiet in (INCIDENT.after(Cleared(NOW, alerts=frozenset({"f1"}))), INCIDENT.after(Resolved(NOW))):
        assert asks(quiet) == "What was the cause, and what was done?"


def test_where_nobody_can_be_called_help_is_asked_for_in_words() -> None:
    nobody = replace(INCIDENT, unpaged="it is not configured")
    (offer,) = (each for each in offers(nobody, People([])) if each.label == "Escalate")
    assert offer.choices is None
    assert offer.incomplete


def test_while_somebody_takes_it_others_can_take_it_over_and_nothing_is_the_green_offer() -> None:
    labels = [each.label for each in offers(INCIDENT, PEOPLE, taking=True)]
    assert "Take over" in labels
    assert "Acknowledge" not in labels
    assert {each.look.value for each in offers(INCIDENT, PEOPLE, taking=True)} == {"plain"}
