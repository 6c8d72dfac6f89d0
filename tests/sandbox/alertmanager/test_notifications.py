"""When a webhook is called, with what, and what happens when it does not take it."""

from datetime import timedelta
from typing import Any

import httpx

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.records import Settings, Webhook
from sandbox.alertmanager.server import AlertmanagerServer, running
from sandbox.clock import StandingClock
from tests.sandbox.alertmanager.hooks import Hook, eventually, hooked

WAIT, INTERVAL, REPEAT = timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4)


def tell(api: httpx.Client, *alerts: dict[str, Any]) -> None:
    answer = api.post("/api/v2/alerts", json=list(alerts))
    assert (answer.status_code, answer.content) == (200, b"")


def down(instance: str = "1", **other: Any) -> dict[str, Any]:
    labels = {"alertname": "Down", "instance": instance, "job": "bridge"}
    # It ends by itself in a day, so that a clock that is moved does not end it.
    times = {"startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-25T10:00:00Z"}
    return {"labels": labels, "annotations": {"summary": "It is down"}, **times} | other


def over(clock: StandingClock, instance: str = "1") -> dict[str, Any]:
    """As somebody who does not know any more when it began."""
    return down(instance, startsAt=None, endsAt=clock.now().isoformat())


def quiet(server: AlertmanagerServer) -> None:
    """Nothing is on its way, and nothing is due."""
    manager = server.alertmanager
    with manager.lock:
        manager.catch_up()
        taken = manager.take()
    assert taken == []


def delivered(manager: Alertmanager, number: int = 1) -> None:
    eventually(lambda: len(manager.deliveries) >= number)


def test_a_webhook_is_called_after_group_wait_with_all_that_came(
    api: httpx.Client, hook: Hook, clock: StandingClock, server: AlertmanagerServer
) -> None:
    tell(api, down("2", startsAt="2026-11-24T10:00:00.120Z"))
    clock.move(timedelta(seconds=29))
    tell(api, down("1"))
    quiet(server)
    clock.move(timedelta(seconds=1))
    (call,) = hook.wait(1)
    assert call.path == "/hook"
    assert call.headers["User-Agent"] == "Alertmanager/0.28.1"
    assert call.headers["Content-Type"] == "application/json"
    assert call.headers["Authorization"] == "Bearer secret"
    alerts = call.body.pop("alerts")
    assert call.body == {
        "receiver": "aureus-bot",
        "status": "firing",
        "groupLabels": {"alertname": "Down"},
        "commonLabels": {"alertname": "Down", "job": "bridge"},
        "commonAnnotations": {"summary": "It is down"},
        "externalURL": "http://alertmanager.sandbox:9093",
        "version": "4",
        "groupKey": '{}:{alertname="Down"}',
        "truncatedAlerts": 0,
    }
    assert [one["labels"]["instance"] for one in alerts] == ["1", "2"]
    assert alerts[1].pop("fingerprint") != alerts[0]["fingerprint"]
    assert alerts[1] == {
        "status": "firing",
        "labels": {"alertname": "Down", "instance": "2", "job": "bridge"},
        "annotations": {"summary": "It is down"},
        "startsAt": "2026-11-24T10:00:00.12Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
    }


def test_what_has_lasted_longer_than_group_wait_is_told_at_once(api: httpx.Client, hook: Hook) -> None:
    tell(api, down(startsAt="2026-11-24T09:00:00Z"))
    hook.wait(1)


def test_news_of_a_group_are_told_at_its_next_interval_and_the_same_again_only_after_a_long_time(
    api: httpx.Client, hook: Hook, clock: StandingClock, server: AlertmanagerServer
) -> None:
    tell(api, down())
    clock.move(WAIT)
    hook.wait(1)
    delivered(server.alertmanager, 1)
    tell(api, down("2"))
    quiet(server)
    clock.move(INTERVAL)
    assert len(hook.bodies(2)[1]["alerts"]) == 2
    delivered(server.alertmanager, 2)
    clock.move(INTERVAL)
    quiet(server)
    clock.move(REPEAT)
    hook.wait(3)


def test_a_group_with_one_alert_over_still_fires_and_then_is_resolved(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager
) -> None:
    tell(api, down("1"), down("2"))
    clock.move(WAIT)
    delivered(manager, 1)
    tell(api, over(clock, "1"))
    clock.move(INTERVAL)
    delivered(manager, 2)
    tell(api, over(clock, "2"))
    clock.move(INTERVAL)
    _, mixed, last = hook.bodies(3)
    assert (mixed["status"], [one["status"] for one in mixed["alerts"]]) == ("firing", ["resolved", "firing"])
    assert (last["status"], [one["labels"]["instance"] for one in last["alerts"]]) == ("resolved", ["2"])
    assert last["alerts"][0]["endsAt"] == "2026-11-24T10:05:30Z"
    assert last["alerts"][0]["startsAt"] == "2026-11-24T10:00:00Z"


def test_an_alert_of_which_nobody_tells_any_more_is_over_after_resolve_timeout(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager
) -> None:
    tell(api, {"labels": {"alertname": "Once"}})
    clock.move(WAIT)
    delivered(manager)
    clock.move(INTERVAL)
    last = hook.bodies(2)[1]
    assert (last["status"], last["alerts"][0]["endsAt"]) == ("resolved", "2026-11-24T10:05:00Z")


def test_what_was_over_before_anybody_knew_of_it_is_never_told(
    api: httpx.Client, hook: Hook, clock: StandingClock, server: AlertmanagerServer
) -> None:
    tell(api, down())
    tell(api, over(clock))
    clock.move(WAIT)
    quiet(server)
    assert hook.calls == []


def test_5xx_is_tried_again_with_longer_and_longer_waits(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager, server: AlertmanagerServer
) -> None:
    hook.answers = [503, 500, 200]
    tell(api, down())
    clock.move(WAIT)
    for number, wait in ((1, 0.5), (2, 0.75)):
        delivered(manager, number)
        quiet(server)
        clock.move(timedelta(seconds=wait))
    delivered(manager, 3)
    assert len({str(one) for one in hook.bodies(3)}) == 1
    assert [(one["attempt"], one["answer"], one["again"]) for one in manager.deliveries] == [
        (3, 200, False),
        (2, 500, True),
        (1, 503, True),
    ]


def test_4xx_is_not_tried_again_and_yet_comes_anew_with_the_next_interval(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager, server: AlertmanagerServer
) -> None:
    hook.answers = [429, 400]
    tell(api, down())
    clock.move(WAIT)
    delivered(manager, 1)
    clock.move(timedelta(minutes=4))
    quiet(server)
    clock.move(timedelta(minutes=1))
    delivered(manager, 2)
    clock.move(INTERVAL)
    delivered(manager, 3)
    assert [one["answer"] for one in manager.deliveries] == [200, 400, 429]
    clock.move(INTERVAL)
    quiet(server)


def test_what_is_over_while_the_receiver_refuses_is_told_when_it_takes_it(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager
) -> None:
    hook.answers = [200, 400]
    tell(api, down())
    clock.move(WAIT)
    delivered(manager, 1)
    tell(api, over(clock))
    clock.move(INTERVAL)
    delivered(manager, 2)
    clock.move(INTERVAL)
    assert [one["status"] for one in hook.bodies(3)] == ["firing", "resolved", "resolved"]


def test_a_receiver_that_is_away_is_tried_until_it_is_there_and_hears_how_it_is_then(clock: StandingClock) -> None:
    with hooked() as gone:
        url = gone.url
    manager = Alertmanager(clock, [Webhook(f"{url}/hook")])
    with running(manager) as server, httpx.Client(base_url=server.url) as api:
        tell(api, down("1"))
        clock.move(WAIT)
        delivered(manager, 1)
        assert "ConnectError" in manager.deliveries[0]["answer"]
        clock.move(INTERVAL)  # given up, and made anew
        eventually(lambda: any(one["answer"] == "given up" for one in manager.deliveries))
        eventually(lambda: manager.deliveries[0]["attempt"] == 1)


def test_each_receiver_is_told_on_its_own(clock: StandingClock) -> None:
    with hooked() as good, hooked() as bad:
        bad.answers = [503] * 3
        manager = Alertmanager(clock, [Webhook(bad.url), Webhook(good.url)])
        with running(manager) as server, httpx.Client(base_url=server.url) as api:
            tell(api, down())
            clock.move(WAIT)
            good.wait(1)
            for number in (2, 3, 4):
                delivered(manager, number)
                clock.move(timedelta(seconds=2))
            bad.wait(4)
            delivered(manager, 5)
            clock.move(INTERVAL)
            quiet(server)
            good.wait(1)


def test_a_receiver_may_not_want_what_is_over_and_may_want_few_alerts(clock: StandingClock) -> None:
    with hooked() as firing, hooked() as few:
        manager = Alertmanager(clock, [Webhook(firing.url, send_resolved=False), Webhook(few.url, max_alerts=2)])
        with running(manager) as server, httpx.Client(base_url=server.url) as api:
            tell(api, *(down(str(number)) for number in range(5)))
            clock.move(WAIT)
            delivered(manager, 2)
            assert (len(few.calls[0].body["alerts"]), few.calls[0].body["truncatedAlerts"]) == (2, 3)
            tell(api, *(over(clock, str(number)) for number in range(5)))
            clock.move(INTERVAL)
            delivered(manager, 3)
            few.wait(2)
            firing.wait(1)
            # It comes back, and is told, although that receiver never heard that it was over.
            clock.move(timedelta(minutes=1))
            tell(api, down("0"))
            clock.move(INTERVAL)
            delivered(manager, 5)
            assert firing.wait(2)[1].body["status"] == "firing"


def test_what_is_silenced_is_not_told_not_even_that_it_is_over(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager, server: AlertmanagerServer
) -> None:
    tell(api, down())
    clock.move(WAIT)
    delivered(manager, 1)
    silence = {
        "matchers": [{"name": "alertname", "value": "Down", "isRegex": False}],
        "startsAt": "2026-11-24T10:00:00Z", "endsAt": "2026-11-24T10:10:00Z", "createdBy": "me", "comment": "",
    }  # fmt: skip
    assert api.post("/api/v2/silences", json=silence).status_code == 200
    tell(api, over(clock))
    clock.move(INTERVAL)
    quiet(server)
    clock.move(INTERVAL)
    quiet(server)
    hook.wait(1)


def test_while_it_is_blind_nothing_goes_out_and_afterwards_all_of_it_does(
    api: httpx.Client, hook: Hook, clock: StandingClock, manager: Alertmanager
) -> None:
    manager.faults.switch(Fault.BLIND, on=True)
    tell(api, down())
    clock.move(WAIT)
    delivered(manager, 1)
    assert "blind" in manager.deliveries[0]["answer"]
    assert hook.calls == []
    manager.faults.switch(Fault.BLIND, on=False)
    clock.move(timedelta(seconds=1))
    hook.wait(1)


def test_groups_go_by_what_they_are_told_to_go_by(clock: StandingClock) -> None:
    for group_by, keys in (
        ((), ["{}:{}"]),
        (("job", "none"), ['{}:{job="bridge"}']),
        (("...",), [f'{{}}:{{alertname="Down", instance="{one}", job="bridge"}}' for one in "12"]),
    ):
        with hooked() as hook:
            manager = Alertmanager(clock, [Webhook(hook.url)], Settings(group_by=group_by))
            with running(manager) as server, httpx.Client(base_url=server.url) as api:
                tell(api, down("1"), down("2"))
                clock.move(WAIT)
                assert sorted(one["groupKey"] for one in hook.bodies(len(keys))) == keys
