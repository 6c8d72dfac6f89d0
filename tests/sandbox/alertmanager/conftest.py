"""An Alertmanager whose time stands, served on a free port, with a webhook that keeps what it is told."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.records import Webhook
from sandbox.alertmanager.server import AlertmanagerServer, running
from sandbox.clock import StandingClock
from tests.sandbox.alertmanager.hooks import Hook, hooked


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


@pytest.fixture
def manager(clock: StandingClock, hook: Hook) -> Alertmanager:
    return Alertmanager(clock, [Webhook(f"{hook.url}/hook", token="secret")])


@pytest.fixture
def server(manager: Alertmanager) -> Iterator[AlertmanagerServer]:
    with running(manager) as server:
        yield server


@pytest.fixture
def api(server: AlertmanagerServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client
