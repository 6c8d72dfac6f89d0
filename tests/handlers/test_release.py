"""``release``: nobody has it any more, here and in PagerDuty."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Away
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Released, Resolved
from bot.domain.person import Who
from bot.world import bot, incidents, pagerduty
from handlers.release import Release
from tests.handlers.asked import NOW, asked, planned, refused
from tests.handlers.troubled import ID, OPEN, changes, held_by, may_fail, page, person, user, who

WORDS = f"release {ID}"


def world(incident: Incident, known: str = "P1", there: Any = None) -> dict[Any, Any]:
    return {
        incidents.IncidentOf(ID): incident,
        incidents.KnownAs(ID): known,
        incidents.PageFor(ID): there,
        bot.Me("ana"): person("ana"),
    }


def test_it_is_given_back_here_and_in_pagerduty_which_may_fail() -> None:
    made = planned(asked(Release, f"{WORDS} because I must go"), world(held_by("ana")))
    there = pagerduty.Release("P1", "", "ana@aureus.example")
    assert changes(made) == [incidents.Release(ID, "I must go", who("ana")), there]
    assert may_fail(made) == [there]


def test_without_a_reason_it_says_who_gave_it_back_and_it_may_be_anothers() -> None:
    made = planned(asked(Release, WORDS), world(held_by("ben"), known=""))
    assert changes(made) == [incidents.Release(ID, "Ana Silva gave it back", who("ana"))]


@pytest.mark.parametrize("incident", [OPEN, held_by("ana").after(Resolved(NOW, who("ana")))])
def test_what_nobody_has_or_is_over_is_not_given_back(incident: Incident) -> None:
    assert refused(asked(Release, WORDS), world(incident)) == f"Nobody has {ID}: nothing to do."


def test_what_was_given_back_and_is_held_in_pagerduty_still_is_given_back_there() -> None:
    free = held_by("ana").after(Released(NOW + timedelta(minutes=1)))
    held = page(pagerduty.Status.ACKNOWLEDGED, holder=user("ana"), held_since=NOW)
    made = planned(asked(Release, WORDS), world(free, there=held))
    assert changes(made) == [pagerduty.Release("P1", "", "PANA")]
    later = page(pagerduty.Status.ACKNOWLEDGED, holder=user("ben"), held_since=NOW + timedelta(minutes=2))
    for there in (later, page(), None, Away("PagerDuty does not answer.")):
        assert refused(asked(Release, WORDS), world(free, there=there)) == f"Nobody has {ID}: nothing to do."


def test_who_is_known_to_pagerduty_alone_is_named_as_it_names_them() -> None:
    held = OPEN.after(Acknowledged(NOW, Who("pagerduty:PZED", "Zed")))
    made = planned(asked(Release, WORDS), world(held))
    assert changes(made)[1:] == [pagerduty.Release("P1", "", "PZED")]
