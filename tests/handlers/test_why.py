"""``why``: who may ask, and who must agree, by the plan that there would be now."""

from typing import Any

import pytest

from bot.domain.gate import OPEN, Gate, Seat
from bot.world.bot import Judgement
from handlers.why import Why
from tests.domain.toy import plan
from tests.handlers.asked import AWAY, asked, seen, shown

WORDS = "why scale bridge 5"
MAY = frozenset({"team"})


def told(judged: Any) -> str:
    why = asked(Why, WORDS)
    return shown(why.tell(seen((why.question, judged))))


def seat(*people: str, own: bool = False) -> Seat:
    return Seat(frozenset({"cto"}), own=own, people=frozenset(people))


def test_the_plan_that_there_would_be_is_told_with_its_risk() -> None:
    said = told(Judgement("scale bridge 5", True, MAY, plan=plan(), gate=OPEN))
    assert "it would be “Set a switch”: low risk, it is a toy" in said
    assert "Nobody must agree" in said
    assert "You must say why" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (seat("ana", own=True), "your own confirmation, as CTO"),
        (seat("ivan"), "1 person could give it"),
        (seat("ivan", "hana"), "2 people could give it"),
        (seat(), "nobody holds this role"),
    ],
)
def test_each_seat_says_who_could_fill_it(given: Seat, said: str) -> None:
    assert said in told(Judgement("scale bridge 5", True, MAY, plan=plan(), gate=Gate((given,))))


def test_that_a_reason_is_wanted_is_told() -> None:
    gate = Gate((seat("ivan"),), reason=True)
    assert "You must say why" in told(Judgement("scale bridge 5", True, MAY, plan=plan(), gate=gate))


def test_where_there_would_be_no_plan_each_risk_is_told() -> None:
    cases = (("low", OPEN), ("high", Gate((seat("ivan"), seat("ana", own=True)))))
    said = told(Judgement("scale bridge 5", False, MAY, because="It is so already.", cases=cases))
    assert "You may not ask for it; those who may: team" in said
    assert "there would be no plan: It is so already." in said
    assert "low: nobody" in said
    assert "high: the agreement of another: CTO and your own confirmation, as CTO" in said


def test_what_only_reads_needs_nobody() -> None:
    assert "It only reads, so nobody must agree" in told(Judgement("status", True, MAY))


@pytest.mark.parametrize(("judged", "said"), [(None, "It is still being looked at."), (AWAY, AWAY.because)])
def test_what_is_not_known_yet_is_not_called_free(judged: Any, said: str) -> None:
    assert told(judged).startswith(said)
    assert "nobody must agree" not in told(judged)
