"""The real Prometheus can tell our Alertmanager of alerts, and the watch says the same of the same alert."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.records import Settings, Webhook
from sandbox.alertmanager.rules import RESEND
from sandbox.alertmanager.server import AlertmanagerServer, running
from sandbox.clock import Clock
from tests.sandbox.alertmanager.hooks import Hook, eventually, hooked

REAL = shutil.which("prometheus")
#: What the real one is told, so that the test does not last minutes.
OFTEN = timedelta(milliseconds=500)
CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms}}
scrape_configs: [{{job_name: bridge, static_configs: [{{targets: ["{scraped}"]}}]}}]
rule_files: [{folder}/rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{told}"]}}]}}]}}
"""
RULES = """
groups:
- name: all
  rules:
  - alert: ServiceDown
    expr: up == 0
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.job }} does not answer"}
"""

pytestmark = pytest.mark.skipif(REAL is None, reason="The real prometheus is not installed here.")


@contextmanager
def real(folder: Path, scraped: str, told: str) -> Iterator[None]:
    """The installed one, on a free port. It needs five seconds to find out whom it scrapes and tells."""
    (folder / "prometheus.yml").write_text(CONFIG.format(folder=folder, scraped=scraped, told=told))
    (folder / "rules.yml").write_text(RULES)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(REAL), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=500ms",
    ]  # fmt: skip
    out = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=out, stderr=out) as process:  # noqa: S603 - the package's own program
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def listening() -> Iterator[tuple[AlertmanagerServer, Hook]]:
    settings = Settings(group_wait=timedelta(milliseconds=100), group_interval=timedelta(milliseconds=500))
    with hooked() as hook, running(Alertmanager(Clock(), [Webhook(hook.url)], settings)) as server:
        yield server, hook


def lasts(server: AlertmanagerServer) -> timedelta:
    """For how long it is said to fire, if nobody tells of it any more."""
    url = f"{server.url}/api/v2/alerts"
    (shown,) = eventually(lambda: httpx.get(url).json(), within=30)
    ends, told = (datetime.fromisoformat(shown[name]) for name in ("endsAt", "updatedAt"))
    return ends - told


def bare(hook: Hook) -> list[dict[str, Any]]:
    """What was said, without its times."""
    said = [one.body for one in hook.wait(2, within=30)]
    for body in said:
        (alert,) = body["alerts"]
        assert alert.pop("generatorURL").endswith("g0.tab=1")
        assert alert.pop("startsAt") < datetime.now().astimezone().isoformat()
        assert bool(alert.pop("endsAt") == "0001-01-01T00:00:00Z") is (alert["status"] == "firing")
    return said


def test_prometheus_and_the_watch_tell_of_an_alert_in_the_same_way(tmp_path: Path) -> None:
    soon = timedelta(seconds=1)
    with listening() as (server, hook), hooked() as target:
        target.well = False
        instance = target.url.removeprefix("http://")
        with real(tmp_path, scraped=instance, told=server.url.removeprefix("http://")):
            assert abs(lasts(server) - 4 * OFTEN) < soon
            hook.wait(1)
            target.well = True
            real_said = bare(hook)
    with listening() as (server, hook):
        labels = {"job": "bridge", "instance": instance, "severity": "critical"}
        server.watch.fire("ServiceDown", labels, {"summary": "bridge does not answer"})
        assert abs(lasts(server) - 4 * RESEND) < soon
        hook.wait(1)
        server.watch.clear("ServiceDown")
        said = bare(hook)
    assert said == real_said
    assert [one["status"] for one in said] == ["firing", "resolved"]
