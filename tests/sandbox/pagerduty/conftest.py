"""A seeded account whose time stands, served over TLS on a free port, and clients for it."""

from collections.abc import Iterator

import pytest

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import seed_aureus
from sandbox.pagerduty.server import PagerDutyServer, running
from tests.sandbox.pagerduty.clients import Client


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def account(clock: StandingClock) -> PagerDuty:
    account = PagerDuty(clock)
    seed_aureus(account)
    return account


@pytest.fixture
def server(account: PagerDuty) -> Iterator[PagerDutyServer]:
    with running(account, answer_within=0.3) as server:
        yield server


@pytest.fixture
def client(server: PagerDutyServer) -> Iterator[Client]:
    client = Client(server)
    yield client
    client.http.close()
