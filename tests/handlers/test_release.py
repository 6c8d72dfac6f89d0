"""``release``: nobody has it any more, here and in PagerDuty."""

from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.domain.incident_event import Resolved
from bot.world import incidents, pagerduty
from handlers.release import Release
from tests.handlers.asked import NOW, asked, planned, refused
from tests.handlers.troubled import ID, OPEN, changes, held_by, may_fail, who

WORDS = f"release {ID}"


def world(incident: Incident, known: str = "P1") -> dict[Any, Any]:
    return {incidents.IncidentOf(ID): incident, incidents.KnownAs(ID): known}


def test_it_is_given_back_here_and_in_pagerduty_which_may_fail() -> None:
    made = planned(asked(Release, f"{WORDS} because I must go"), world(held_by("ana")))
    assert changes(made) == [incidents.Release(ID, "I must go", who("ana")), pagerduty.Release("P1", "")]
    assert may_fail(made) == [pagerduty.Release("P1", "")]


def test_without_a_reason_it_says_who_gave_it_back_and_it_may_be_anothers() -> None:
    made = planned(asked(Release, WORDS), world(held_by("ben"), known=""))
    assert changes(made) == [incidents.Release(ID, "Ana Silva gave it back", who("ana"))]


@pytest.mark.parametrize("incident", [OPEN, held_by("ana").after(Resolved(NOW, who("ana")))])
def test_what_nobody_has_or_is_over_is_not_given_back(incident: Incident) -> None:
    assert refused(asked(Release, WORDS), world(incident)) == f"Nobody has {ID}: nothing to do."
