"""``scale baseline``: what has left its baseline is brought back, and nothing else is touched."""

from collections.abc import Mapping
from typing import Any

from bot.runbook import Act, Plan, Undo
from bot.world import k8s
from bot.world.bot import TheCatalogue
from handlers.scale_baseline import ScaleBaseline
from tests.handlers.asked import CONFIG, asked, planned, refused, scaling, service, size


def world(**sizes: k8s.Size) -> Mapping[Any, Any]:
    """All at their baseline but these."""
    found = {k8s.SizeOf(each.at("production")): size(each.baseline) for each in CONFIG.catalogue}
    found |= {k8s.SizeOf(service(name).at("production")): given for name, given in sizes.items()}
    return {TheCatalogue(): CONFIG.catalogue, **found}


def test_what_is_there_already_is_left_alone() -> None:
    plan = planned(asked(ScaleBaseline, "scale baseline"), world(bridge=size(5), openclaw=size(1)))
    assert isinstance(plan, Plan)
    assert plan.title == "Scale bridge, openclaw to the baseline"
    ways = [
        (step.changes, step.undo.changes)
        for step in plan.steps
        if isinstance(step, Act) and isinstance(step.undo, Undo)
    ]
    bridge, openclaw = service("bridge").at("production"), service("openclaw").at("production")
    assert ways == [
        ((k8s.SetReplicas(bridge, 3),), (k8s.SetReplicas(bridge, 5),)),
        ((k8s.SetReplicas(openclaw, 3),), (k8s.SetReplicas(openclaw, 1),)),
    ]
    assert "may raise the number again" not in str(plan.shows)


def test_where_an_autoscaler_owns_the_number_it_is_said_that_it_may_raise_it_again() -> None:
    owned = size(7, autoscaler=scaling("aureus-os"))
    plan = planned(asked(ScaleBaseline, "scale baseline"), world(os=owned))
    assert isinstance(plan, Plan)
    assert "aureus-os-hpa may raise the number again" in str(plan.shows)


def test_when_all_are_there_there_is_nothing_to_do() -> None:
    said = refused(asked(ScaleBaseline, "scale baseline"), world())
    assert said == "Every service is at its baseline: nothing to do."
