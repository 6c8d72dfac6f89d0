"""``escalate``: the next rung on which there is somebody else, told here always and in PagerDuty where it can be."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Away, Misunderstood, Refusal
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Assessed, Released, Rung
from bot.domain.person import BOT
from bot.world import incidents, pagerduty
from bot.world.incidents import Severity
from handlers.escalate import Escalate
from tests.handlers.asked import NOW, asked, planned, refused
from tests.handlers.troubled import ID, OPEN, OVER, changes, may_fail, page, person, user, who

WORDS = f"escalate {ID}"
ON_CALL, SECONDARY = frozenset({"on-call"}), frozenset({"secondary"})
MANAGER = frozenset({"engineering-manager"})
LADDER = tuple(Rung(NOW, roles, "it is bad") for roles in (ON_CALL, SECONDARY))


def world(incident: Incident, known: str = "P1", **answers: Any) -> dict[Any, Any]:
    return {
        incidents.IncidentOf(ID): incident,
        incidents.KnownAs(ID): known,
        incidents.PageFor(ID): answers.get("page"),
        incidents.HoldersOf(ON_CALL): (person("ana"),),
        incidents.HoldersOf(SECONDARY): (person("ben"),),
        incidents.HoldersOf(MANAGER): answers.get("managers", (person("elif"),)),
        incidents.HoldersOf(ON_CALL | SECONDARY): (person("ana"), person("ben")),
        pagerduty.UserOf("ben@aureus.example"): answers.get("ben", user("ben")),
        pagerduty.UserOf("elif@aureus.example"): user("elif"),
        pagerduty.UserOf("ana@aureus.example"): user("ana"),
    }


CLIMBING = OPEN.after(Assessed(NOW, severity=Severity.P1, rungs=LADDER))


def called(words: str, *args: Any, **answers: Any) -> incidents.Call:
    call = changes(planned(asked(Escalate, words), world(*args, **answers)))[0]
    assert isinstance(call, incidents.Call)
    return call


def test_the_next_rung_is_called_on_which_there_is_somebody_else() -> None:
    call = called(f"{WORDS} because it spreads", CLIMBING)
    assert (call.roles, call.people) == (SECONDARY, (who("ben"),))
    assert call.because == "Ana Silva asks for help: it spreads"
    assert call.who == who("ana")


def test_where_the_ladder_is_at_its_end_the_manager_is_called() -> None:
    call = called(WORDS, OPEN)
    assert (call.people, call.because) == ((who("elif"),), "Ana Silva asks for help")


def test_where_nobody_holds_the_role_who_asks_for_help_is_told_so() -> None:
    said = refused(asked(Escalate, WORDS), world(OPEN, managers=()))
    assert "Nobody else is engineering manager, so nobody is called. Name another role" in said


@pytest.mark.parametrize(
    "to",
    ["on-call,secondary", "On-Call, SECONDARY", "on call and secondary", "secondary on-call", "secondary, on_call"],
)
def test_roles_are_understood_as_people_say_them(to: str) -> None:
    assert called(f"{WORDS} to {to} level 2 because it spreads", CLIMBING).roles == ON_CALL | SECONDARY
    assert called(f"{WORDS} to Engineering Manager", CLIMBING).roles == MANAGER


def test_a_role_that_there_is_not_is_asked_back_about() -> None:
    with pytest.raises(Misunderstood, match="No role is called “secondry”") as no:
        asked(Escalate, f"{WORDS} to CTO and secondry because it spreads")
    assert "Did you mean `secondary`?" in no.value.hint


def test_whom_pagerduty_knows_is_added_there_which_may_fail() -> None:
    made = planned(asked(Escalate, WORDS), world(CLIMBING))
    assign = pagerduty.Assign("P1", "", frozenset({"PBEN"}))
    assert changes(made)[1:] == [assign]
    assert may_fail(made) == [assign]


@pytest.mark.parametrize("ben", [Away("PagerDuty does not answer."), Refusal("Nobody has this address.", "Look.")])
def test_whom_pagerduty_does_not_know_is_told_here_alone(ben: Exception) -> None:
    assert len(changes(planned(asked(Escalate, WORDS), world(CLIMBING, ben=ben)))) == 1


def test_a_page_that_pagerduty_has_not_told_of_is_asked_for() -> None:
    made = planned(asked(Escalate, WORDS), world(CLIMBING, "", page=page()))
    assert changes(made)[1:] == [pagerduty.Assign("P1", "", frozenset({"PBEN"}))]
    for none in (None, Away("PagerDuty does not answer.")):
        assert len(changes(planned(asked(Escalate, WORDS), world(CLIMBING, "", page=none)))) == 1


def test_pagerdutys_own_policy_calls_those_of_one_level() -> None:
    made = planned(asked(Escalate, f"{WORDS} to secondary level 2"), world(CLIMBING))
    assert changes(made)[1:] == [pagerduty.EscalateTo("P1", "", 2, OPEN.opened)]
    several = planned(asked(Escalate, f"{WORDS} to on-call,secondary level 2"), world(CLIMBING))
    assert changes(several)[1:] == [
        pagerduty.EscalateTo("P1", "", 2, OPEN.opened), pagerduty.Assign("P1", "", frozenset({"PBEN"})),
    ]  # fmt: skip


def test_who_alone_holds_the_role_calls_nobody() -> None:
    said = refused(asked(Escalate, f"{WORDS} to on-call"), world(CLIMBING))
    assert "You alone are on-call, so nobody else is called." in said
    assert "Name another role" in said


def test_the_clock_calls_nobody_at_all_where_who_has_it_is_alone_there() -> None:
    taken = CLIMBING.after(Acknowledged(NOW, who("ana")))
    words = f"{WORDS} to on-call"
    said = refused(asked(Escalate, words, ""), world(taken))
    assert f"Ana Silva has {ID} already: nobody is called." in said
    others = planned(asked(Escalate, f"{words},secondary", ""), world(taken))
    assert str(changes(others)[0]) == "Tell Ben Okafor"
    named = planned(asked(Escalate, words, "ben"), world(taken))
    assert str(changes(named)[0]) == "Tell Ana Silva", "who asks for them means them"


def test_what_is_over_calls_nobody() -> None:
    said = refused(asked(Escalate, WORDS), world(OVER))
    assert f"{ID} is resolved, so nobody is called." in said
    assert "Nothing was changed" in said


def by_the_clock(words: str) -> Escalate:
    made = asked(Escalate, f"{WORDS} {words} because it is bad")
    made.request = replace(made.request, who=BOT)
    return made


def test_the_clock_calls_nobody_to_what_they_have() -> None:
    has = CLIMBING.after(Acknowledged(NOW, who("ana")))
    call = changes(planned(by_the_clock("to on-call,secondary"), world(has)))[0]
    assert isinstance(call, incidents.Call)
    assert call.people == (who("ben"),)
    assert "Ana Silva has i-" in refused(by_the_clock("to on-call"), world(has))


def test_who_gave_it_back_is_called_only_where_nobody_else_is() -> None:
    back = CLIMBING.after(Acknowledged(NOW, who("ana"))).after(Released(NOW, who("ana"), because="it is late"))
    for words, people in (("to on-call,secondary", ("ben",)), ("to on-call", ("ana",))):
        call = changes(planned(by_the_clock(words), world(back)))[0]
        assert isinstance(call, incidents.Call)
        assert call.people == tuple(who(each) for each in people)
    taken = back.after(Acknowledged(NOW, who("ben")))
    again = taken.after(Released(NOW, because="nothing was heard of it"))
    call = changes(planned(by_the_clock("to on-call,secondary"), world(again)))[0]
    assert isinstance(call, incidents.Call)
    assert call.people == (who("ana"), who("ben"))
