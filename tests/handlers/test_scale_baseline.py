"""``scale baseline``: what has left its baseline is brought back, and nothing else is touched."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.domain.run import Phase
from bot.runbook import Act, Code, Offers, Plan, Undo, note
from bot.world import k8s
from bot.world.bot import Standing, StandingOn, TheCatalogue
from handlers.scale_baseline import One, ScaleBaseline
from tests.domain.test_life import in_phase
from tests.domain.toy import Set
from tests.handlers.asked import CONFIG, answers, asked, planned, refused, scaling, service, size


def world(**sizes: k8s.Size) -> Mapping[Any, Any]:
    """All at their baseline but these."""
    found = {k8s.SizeOf(each.at("production")): size(each.baseline) for each in CONFIG.catalogue}
    found |= {k8s.SizeOf(service(name).at("production")): given for name, given in sizes.items()}
    holds: dict[Any, Any] = {}
    for each in CONFIG.catalogue:
        deployment = each.at("production")
        owner = found[k8s.SizeOf(deployment)].autoscaler
        changes = (k8s.SetReplicas(deployment, 0), *([k8s.SetLeast(owner.ref, 1)] if owner else []))
        holds |= {StandingOn(change.touches): None for change in changes}
    return {TheCatalogue(): CONFIG.catalogue, **found, **holds}


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


def test_what_its_autoscaler_keeps_above_the_baseline_is_left_alone_and_said() -> None:
    kept = size(6, autoscaler=scaling("aureus-os", least=6))
    said = ScaleBaseline.plan(asked(ScaleBaseline, "scale baseline"), looked(world(os=kept)))
    assert isinstance(said, Offers)
    assert said.because == "Nothing can be brought to its baseline now: nothing to do."
    assert "aureus-os stays at 6: its autoscaler aureus-os-hpa keeps it at 6 or more." in str(said.shows)


def test_how_to_end_a_hold_that_keeps_it_is_shown_as_what_can_be_typed() -> None:
    hold = in_phase(Phase.STANDING)
    held = Standing(hold, "hold", Undo(Set("a", 0)))
    said = ScaleBaseline.plan(asked(ScaleBaseline, "scale baseline"), (One(service("bridge"), size(5), held),))
    assert isinstance(said, Offers)
    kept = f"bridge stays at 5: {hold.id} holds it for a time ("
    assert said.shows == (note(kept, Code(f"undo {hold.id}"), " ends that)."),)


def looked(there: Mapping[Any, Any]) -> Any:
    """What a look at this world finds."""
    return asyncio.run(asked(ScaleBaseline, "scale baseline").look(answers(there)))


def test_when_all_are_there_there_is_nothing_to_do() -> None:
    said = refused(asked(ScaleBaseline, "scale baseline"), world())
    assert said == "Every service is at its baseline: nothing to do."
