"""How bad an alert is, by its name and by the value that it was told with."""

import pytest

from bot.domain.alert import Alert, Severity
from bot.domain.meaning import value_of
from tests.handlers.asked import CONFIG, NOW


def alert(name: str, description: str) -> Alert:
    return Alert("f", name, NOW, {"alertname": name}, description=description)


def severity(name: str, description: str) -> Severity:
    return CONFIG.meanings.of([alert(name, description)], lambda _: "").severity


@pytest.mark.parametrize(
    ("name", "description", "at", "beyond"),
    [
        # As the platform's rules say it (monitoring/alerts.yml).
        ("BridgeHighCPU", "Bridge CPU usage is {} for more than 10 minutes.", "95%", "95.01%"),
        (
            "BridgeSlowSignatures",
            "95th percentile signature time is {}s (threshold: 0.1s).",
            "0.2",
            "0.24000000000000002",
        ),
        ("AureusOSSlowAssessments", "95th percentile assessment time is {}s (threshold: 0.5s).", "0.99", "1.2"),
        ("OpenClawHighLatency", "95th percentile request time is {}s (threshold: 1.0s).", "1.5", "2.4"),
        ("EndToEndLatencyHigh", "95th percentile end-to-end latency is {}s (threshold: 2.0s).", "3.1", "4.5"),
        ("OpenClawHighActiveConnections", "OpenClaw has {} active connections (threshold: 1000).", "2000", "2001"),
        ("RedisHighMemory", "Redis memory usage is {}.", "94.2%", "97.33%"),
        ("HighMemoryUsage", "Memory usage is {}.", "91%", "96.5%"),
        ("HighDiskUsage", "Disk usage is {} on /var.", "95%", "99.9%"),
    ],
)
def test_beyond_its_value_an_alert_is_worse(name: str, description: str, at: str, beyond: str) -> None:
    assert severity(name, description.format(at)) is Severity.P2
    assert severity(name, description.format(beyond)) is Severity.P1
    for none in ("NaN", "+Inf", "[no value]"):
        assert severity(name, description.format(none)) is Severity.P2


@pytest.mark.parametrize("said", ["", "95th percentile", "it is late", "this 97%", "is 5xx", "has 3rd place"])
def test_what_is_no_value_is_not_taken_for_one(said: str) -> None:
    assert value_of(alert("BridgeHighCPU", said)) is None


def test_a_value_may_be_written_with_an_exponent() -> None:
    assert value_of(alert("OpenClawHighActiveConnections", "OpenClaw has 2.1e+03 active connections.")) == 2100
