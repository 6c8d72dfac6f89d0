"""What several files of tests begin with."""

from collections.abc import Iterator

import pytest

from sandbox.slack.server import running
from tests.sandbox.slack.workspaces import aureus
from tests.sandbox.slack.worlds import World


@pytest.fixture
def world() -> Iterator[World]:
    workspace, app = aureus()
    with running(workspace):
        yield World(workspace, app)
