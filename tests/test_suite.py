"""What the suite needs of the programs that run it."""

import pytest


@pytest.mark.xdist_group("together")
def test_tests_of_one_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("the suite is not divided by groups here, so there are none that could be void")
    # By this name the tests of a group are kept together: without it there is a browser for nearly every one of them.
    assert request.node.nodeid.endswith("@together")
