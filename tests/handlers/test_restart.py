"""``restart``: new pods, where there are any and nobody has stopped their rollout."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.runbook import Act, Never, Plan, Undo
from bot.world import k8s
from handlers.restart import Restart
from tests.handlers.asked import asked, planned, refused, service, size


def world(now: k8s.Size, place: str = "production") -> Mapping[Any, Any]:
    deployment = service("bridge").at(place)
    return {k8s.SizeOf(deployment): now, k8s.TemplateOf(deployment): "the old one"}


def test_its_mark_is_that_of_its_run_and_only_a_restart_that_breaks_is_put_back() -> None:
    restart = asked(Restart, "restart bridge")
    plan = planned(restart, world(size(3, ready=2)))
    assert isinstance(plan, Plan)
    (step,) = plan.steps
    assert isinstance(step, Act)
    assert step.changes == (k8s.Restart(service("bridge").at("production"), restart.request.case),)
    assert isinstance(step.undo, Undo)
    assert step.undo.changes == (k8s.SetTemplate(service("bridge").at("production"), "the old one"),)
    assert isinstance(step.back, Never)
    assert "2 of 3 ready" in str(plan.shows)


@pytest.mark.parametrize(
    ("words", "place", "title"),
    [
        ("restart bridge", "production", "Restart bridge"),
        ("restart bridge in staging", "staging", "Restart bridge in staging"),
    ],
)
def test_where_it_is_done_is_said_where_it_is_not_production(words: str, place: str, title: str) -> None:
    plan = planned(asked(Restart, words), world(size(), place))
    assert isinstance(plan, Plan)
    assert (plan.title, plan.places) == (title, frozenset({place}))


def test_where_nothing_runs_there_is_nothing_to_restart() -> None:
    said = refused(asked(Restart, "restart bridge"), world(size(0)))
    assert said == "There are no replicas of bridge, so there is nothing to restart."


def test_a_rollout_that_somebody_paused_is_left_to_them() -> None:
    said = refused(asked(Restart, "restart bridge"), world(size(paused=True)))
    assert "is paused, so a restart would do nothing" in said
    assert "Nothing was changed" in said
