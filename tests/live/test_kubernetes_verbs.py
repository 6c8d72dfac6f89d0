"""The promises of ``tests/contract`` in a real cluster, with Deployments that are made here and removed again."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.clients.kubernetes.promises import PROMISES, Promise
from tests.clients.kubernetes.stand import LiveStand

_KUBECONFIG = os.environ.get("AUREUS_LIVE_KUBECONFIG", "")
_NAMESPACE = os.environ.get("AUREUS_LIVE_NAMESPACE", "")
#: Runs without doing anything, and is small.
_IMAGE = os.environ.get("AUREUS_LIVE_IMAGE", "nginx:stable-alpine")

pytestmark = pytest.mark.skipif(
    not (_KUBECONFIG and _NAMESPACE),
    reason="No real cluster is given: AUREUS_LIVE_KUBECONFIG and AUREUS_LIVE_NAMESPACE name one to try this in.",
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_in_a_real_cluster(promise: Promise) -> None:
    path = Path(_KUBECONFIG).expanduser()
    asyncio.run(promise.keep(LiveStand(path, path, _NAMESPACE, _IMAGE)))
