"""A seeded cluster whose time stands, served on a free port, and official clients for it."""

from collections.abc import Iterator

import pytest

from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.rbac import ALL, Rule
from sandbox.kubernetes.server import KubernetesServer, running
from tests.sandbox.kubernetes.clients import PROD, Client

_HERE, _READ = (PROD, "aureus-staging"), ("get", "list")
_READS_AND_SCALES = (
    Rule(_HERE, ("apps",), ("deployments", "replicasets"), (*_READ, "patch")),
    Rule(_HERE, ("apps",), ("deployments/scale",), ("get", "update", "patch")),
    Rule(_HERE, ("autoscaling",), ("horizontalpodautoscalers",), (*_READ, "patch")),
    Rule(_HERE, ("",), ("pods", "pods/log", "events", "resourcequotas"), _READ),
    Rule((ALL,), ("",), ("nodes", "pods"), _READ),
)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def cluster(clock: StandingClock) -> Cluster:
    cluster = Cluster(clock)
    seed_aureus(cluster)
    return cluster


@pytest.fixture
def server(cluster: Cluster) -> Iterator[KubernetesServer]:
    with running(cluster) as server:
        yield server


@pytest.fixture
def admin(server: KubernetesServer) -> Client:
    """May do everything."""
    return Client(server, "kubernetes-admin")


@pytest.fixture
def bot(cluster: Cluster, server: KubernetesServer) -> Client:
    """May read and scale what there is: more than the bot, and much less than everything."""
    cluster.users.add("aureus-bot", _READS_AND_SCALES)
    return Client(server, "aureus-bot")
