"""The Alertmanager without a server: who carries its notifications takes them, and settles each."""

from datetime import timedelta

import pytest

from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.grouping import Answer, Notification
from sandbox.alertmanager.records import Webhook
from sandbox.clock import StandingClock

WAIT, INTERVAL, DAY = timedelta(seconds=30), timedelta(minutes=5), timedelta(days=1)
WELL, AWAY = Answer(200), Answer(problem="away")


@pytest.fixture
def manager(clock: StandingClock) -> Alertmanager:
    return Alertmanager(clock, [Webhook("http://nowhere")])


def tell(manager: Alertmanager, lasts: timedelta = DAY, **labels: str) -> None:
    now = manager.clock.now()
    manager.post([Posted({"alertname": "A", **labels}, {}, now, now + lasts)])


def due(manager: Alertmanager) -> list[Notification]:
    manager.catch_up()
    return manager.take()


def test_a_notification_is_taken_once_until_it_is_settled(manager: Alertmanager, clock: StandingClock) -> None:
    tell(manager)
    assert due(manager) == []
    clock.move(WAIT)
    (first,) = due(manager)
    assert due(manager) == []
    manager.settle(first, AWAY)
    assert due(manager) == []
    clock.move(timedelta(seconds=0.5))
    (again,) = due(manager)
    assert again is first
    manager.settle(again, WELL)
    clock.move(INTERVAL)
    assert due(manager) == []


def test_the_waits_grow_up_to_a_minute(manager: Alertmanager, clock: StandingClock) -> None:
    tell(manager)
    clock.move(WAIT)
    (one,) = due(manager)
    waits = []
    for _ in range(14):
        manager.settle(one, AWAY)
        waits.append((one.next_try - clock.now()).total_seconds())
    assert waits[:3] == [0.5, 0.75, 1.125]
    assert waits[-1] == 60


def test_what_nobody_settles_is_given_up_at_the_next_interval_and_a_late_answer_counts_for_nothing(
    manager: Alertmanager, clock: StandingClock
) -> None:
    tell(manager)
    clock.move(WAIT)
    (late,) = due(manager)
    clock.move(INTERVAL)
    (new,) = due(manager)
    assert new is not late
    manager.settle(late, WELL)
    assert [one["answer"] for one in manager.deliveries] == ["given up"]
    manager.settle(new, WELL)
    clock.move(INTERVAL)
    assert due(manager) == []


def test_a_group_has_one_flush_at_a_time(manager: Alertmanager, clock: StandingClock) -> None:
    tell(manager)
    clock.move(WAIT)
    (first,) = due(manager)
    tell(manager, x="2")
    clock.move(INTERVAL - timedelta(seconds=1))
    assert due(manager) == []
    manager.settle(first, WELL)
    clock.move(timedelta(seconds=1))
    assert len(due(manager)[0].alerts) == 2


def come_and_gone(manager: Alertmanager, clock: StandingClock) -> None:
    """An alert has fired and is over, and both was told."""
    tell(manager)
    clock.move(WAIT)
    manager.settle(due(manager)[0], WELL)
    tell(manager, timedelta())
    clock.move(INTERVAL)
    manager.settle(due(manager)[0], WELL)


def test_what_comes_back_at_once_waits_for_the_next_interval_of_its_group(
    manager: Alertmanager, clock: StandingClock
) -> None:
    come_and_gone(manager, clock)
    tell(manager)
    clock.move(WAIT)
    assert due(manager) == []
    clock.move(INTERVAL - WAIT)
    assert len(due(manager)) == 1


def test_what_comes_back_when_its_group_is_forgotten_waits_for_group_wait_only(
    manager: Alertmanager, clock: StandingClock
) -> None:
    come_and_gone(manager, clock)
    clock.move(timedelta(seconds=30))
    assert due(manager) == []
    tell(manager)
    clock.move(WAIT)
    assert len(due(manager)) == 1


def test_an_alert_that_was_changed_while_its_end_was_told_stays(manager: Alertmanager, clock: StandingClock) -> None:
    tell(manager)
    clock.move(WAIT)
    manager.settle(due(manager)[0], WELL)
    tell(manager, timedelta())
    clock.move(INTERVAL)
    (end,) = due(manager)
    clock.move(timedelta(seconds=1))
    tell(manager)
    manager.settle(end, WELL)
    assert len(manager.groups()) == 1
    clock.move(INTERVAL)
    assert len(due(manager)) == 1
