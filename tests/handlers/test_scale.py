"""``scale``: where an autoscaler owns the number, the truth about it is told."""

import pytest

from bot.runbook import Offers, Plan
from bot.world import k8s
from bot.world.bot import StandingOn
from handlers.scale import Scale
from tests.handlers.asked import asked, planned, refused, scaling, service, size

OWNED = size(3, autoscaler=scaling("aureus-os"))


def world() -> dict[object, object]:
    os = service("aureus-os").at("production")
    return {
        k8s.SizeOf(os): OWNED,
        StandingOn(k8s.SetReplicas(os, 0).touches): None,
        StandingOn(k8s.SetLeast(scaling("aureus-os").ref, 1).touches): None,
    }


def made(words: str) -> Offers:
    offers = planned(asked(Scale, words), world())  # type: ignore[arg-type]  # questions of several kinds
    assert isinstance(offers, Offers)
    return offers


@pytest.mark.parametrize(
    ("replicas", "labels"),
    [(6, ["Hold 6 for 2 h", "Set it once"]), (12, ["Set it once"]), (2, ["Set it once"])],
)
def test_only_what_the_autoscaler_allows_is_offered_as_a_hold(replicas: int, labels: list[str]) -> None:
    offers = made(f"scale aureus-os {replicas}")
    assert [offer.label for offer in offers.offers] == labels
    assert "aureus-os-hpa (3–10) owns the number" in offers.because


def test_beyond_the_maximum_it_is_said_what_can_be_done() -> None:
    because = made("scale aureus-os 12").because
    assert "Nor can it be held, since the maximum is 10" in because
    assert "“scale aureus-os 10 hold” holds as many as it allows" in because
    assert "raise its maximum" in because
    assert "maximum" not in made("scale aureus-os 6").because


def test_at_the_minimum_or_below_it_is_said_why_it_cannot_be_held() -> None:
    os = service("aureus-os").at("production")
    raised = {**world(), k8s.SizeOf(os): size(5, autoscaler=scaling("aureus-os"))}
    for replicas in (2, 3):
        offers = planned(asked(Scale, f"scale aureus-os {replicas}"), raised)  # type: ignore[arg-type]  # as above
        assert isinstance(offers, Offers)
        because = offers.because
        assert "Nor can it be held: a hold raises the minimum, and that is 3 already" in because
        assert ("aureus-os-hpa must lower its minimum first" in because) is (replicas == 2)
    assert "minimum" not in made("scale aureus-os 6").because


def test_where_and_why_stay_with_what_is_offered() -> None:
    offers = made("scale aureus-os 6 because the sale begins").offers
    assert [offer.words for offer in offers] == [
        "scale aureus-os 6 hold for 2h because the sale begins",
        "scale aureus-os 6 once because the sale begins",
    ]


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("scale aureus-os 12 hold", "allows 10 at the most, so 12 cannot be held"),
        ("scale aureus-os 3 hold", "holds aureus-os at 3 or more: nothing to do"),
        ("scale aureus-os 0 hold", "holds aureus-os at 3 or more: nothing to do"),
    ],
)
def test_a_hold_that_makes_no_sense_says_why(words: str, because: str) -> None:
    assert because in refused(asked(Scale, words), world())  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("time", ["90s", "90m", "2h"])
def test_as_many_as_there_is_room_for_are_offered_for_the_very_time(time: str) -> None:
    os = service("aureus-os").at("production")
    narrow = {**world(), k8s.SizeOf(os): size(3, autoscaler=scaling("aureus-os"), room=2)}
    plan = planned(asked(Scale, f"scale aureus-os 8 hold for {time}"), narrow)  # type: ignore[arg-type]  # as above
    assert isinstance(plan, Plan)
    assert [offer.words for offer in plan.offers] == [f"scale aureus-os 5 hold for {time}"]
