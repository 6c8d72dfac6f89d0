"""Every verb of ``bot.world.k8s``, as promised, in the sandbox; ``tests/live`` tries the same in a real cluster."""

import asyncio
from pathlib import Path

import pytest

from bot.clients.kubernetes import Kubernetes
from bot.domain.verb import Change, Check, Question
from bot.world import k8s
from tests.clients.kubernetes.promises import PROMISES, Promise, Use
from tests.clients.kubernetes.stand import sandbox

_WAYS = {Question: {"ask"}, Change: {"rehearse", "do", "stands"}, Check: {"test"}}


def _verbs() -> dict[type, set[str]]:
    """Each verb of the module, and the ways to use it; what several have in common is none itself."""
    defined = [each for each in vars(k8s).values() if isinstance(each, type) and each.__module__ == k8s.__name__]
    here = [each for each in defined if not each.__subclasses__()]
    return {each: ways for each in here for kind, ways in _WAYS.items() if issubclass(each, kind)}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_in_the_sandbox(promise: Promise, tmp_path: Path) -> None:
    with sandbox(tmp_path) as stand:
        asyncio.run(promise.keep(stand))


def test_every_way_to_use_every_verb_is_promised() -> None:
    promised: set[Use] = set().union(*(promise.uses for promise in PROMISES))
    wanted = {(verb, way) for verb, ways in _verbs().items() for way in ways}
    assert wanted
    assert wanted == promised


def test_the_client_answers_for_every_verb() -> None:
    assert Kubernetes.verbs == set(_verbs())
