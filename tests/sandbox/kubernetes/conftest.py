"""A seeded cluster whose time stands, served on a free port, and official clients for it."""

from collections.abc import Iterator

import pytest

from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.server import KubernetesServer, running
from tests.sandbox.kubernetes.clients import Client


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
def bot(server: KubernetesServer) -> Client:
    """May do what the bot may."""
    return Client(server, "aureus-bot")
