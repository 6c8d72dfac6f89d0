"""Events for PagerDuty, over TLS as it wants them."""

import hashlib
import shutil
import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.records import PagerDuty
from sandbox.alertmanager.server import running
from sandbox.clock import StandingClock
from tests.sandbox.alertmanager.hooks import eventually, hooked

OPENSSL = shutil.which("openssl")
WAIT, INTERVAL, DAY = timedelta(seconds=30), timedelta(minutes=5), timedelta(days=1)


def posted(clock: StandingClock, severity: str, ends_in: timedelta = DAY) -> Posted:
    labels = {"alertname": "RedisDown", "job": "redis", "severity": severity}
    return Posted(labels, {"summary": "No Redis"}, None, clock.now() + ends_in, "http://prometheus/graph")


def test_an_event_triggers_and_resolves_by_the_hash_of_the_group_key(clock: StandingClock) -> None:
    with hooked() as hook:
        manager = Alertmanager(clock, [PagerDuty(f"{hook.url}/v2/enqueue", "key")])
        with running(manager):
            manager.post([posted(clock, "critical")])
            clock.move(WAIT)
            hook.wait(1)
            eventually(lambda: manager.deliveries)
            manager.post([posted(clock, "critical", timedelta())])
            clock.move(INTERVAL)
            trigger, resolve = hook.bodies(2)
    assert hook.calls[0].path == "/v2/enqueue"
    assert trigger["dedup_key"] == hashlib.sha256(b'{}:{alertname="RedisDown"}').hexdigest() == resolve["dedup_key"]
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["routing_key"] == "key"
    assert trigger["payload"] == {
        "summary": "[FIRING:1] RedisDown (redis critical)",
        "source": "Alertmanager",
        "severity": "critical",
        "custom_details": {
            "firing": "Labels:\n - alertname = RedisDown\n - job = redis\n - severity = critical\n"
            "Annotations:\n - summary = No Redis\nSource: http://prometheus/graph\n",
            "num_firing": "1",
            "num_resolved": "0",
            "resolved": "",
        },
    }
    assert resolve["payload"]["summary"] == "[RESOLVED] RedisDown (redis critical)"


@pytest.mark.parametrize(
    ("label", "fixed", "expected"), [("warning", None, "warning"), ("p1", None, "error"), ("warning", "info", "info")]
)
def test_its_severity_is_one_that_pagerduty_knows(
    clock: StandingClock, label: str, fixed: str | None, expected: str
) -> None:
    manager = Alertmanager(clock, [PagerDuty("http://127.0.0.1:1", "key", severity=fixed)])
    manager.post([posted(clock, label)])
    clock.move(WAIT)
    manager.catch_up()
    (notification,) = manager.take()
    assert manager.body_of(notification)["payload"]["severity"] == expected


def test_429_is_tried_again_and_403_is_not(clock: StandingClock) -> None:
    with hooked() as hook:
        hook.answers = [429, 403]
        manager = Alertmanager(clock, [PagerDuty(hook.url, "key")])
        with running(manager):
            manager.post([posted(clock, "critical")])
            clock.move(WAIT)
            eventually(lambda: len(manager.deliveries) == 1)
            clock.move(timedelta(seconds=1))
            eventually(lambda: len(manager.deliveries) == 2)
            assert [(one["answer"], one["again"]) for one in manager.deliveries] == [(403, False), (429, True)]


@pytest.mark.skipif(OPENSSL is None, reason="openssl, which makes a certificate for the test, is not installed here.")
def test_only_a_certificate_that_is_believed_is_spoken_to(clock: StandingClock, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        str(OPENSSL), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=sandbox", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", str(key), "-out", str(certificate),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own arguments
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(certificate, key)
    with hooked(serves) as hook:
        believes = ssl.create_default_context(cafile=str(certificate))
        receivers = [PagerDuty(hook.url, "trusting", tls=believes), PagerDuty(hook.url, "careful")]
        manager = Alertmanager(clock, receivers)
        with running(manager):
            manager.post([posted(clock, "critical")])
            clock.move(WAIT)
            eventually(lambda: len(manager.deliveries) == 2)
        (call,) = hook.wait(1)
        assert call.body["routing_key"] == "trusting"
        failed = next(one["answer"] for one in manager.deliveries if one["answer"] != 200)
        assert "CERTIFICATE_VERIFY_FAILED" in failed
