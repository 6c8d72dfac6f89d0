"""The alerts of the platform's rules, ready to be fired: with the labels that Prometheus would give them.

None has a ``service`` label, because no rule and no scrape configuration of the platform sets one.
"""

from dataclasses import dataclass, field

#: What scrapes whom: the job and the instance of each service and exporter.
BRIDGE = {"job": "bridge", "instance": "aureus-bridge:3000"}
AUREUS_OS = {"job": "aureus-os", "instance": "aureus-os:5000"}
OPENCLAW = {"job": "openclaw", "instance": "openclaw:8080"}
_POSTGRES = {"job": "postgres", "instance": "postgres-exporter:9187"}
_REDIS = {"job": "redis", "instance": "redis-exporter:9121"}
_NODE = {"job": "node", "instance": "node-1:9100"}


@dataclass(frozen=True)
class Predefined:
    """One alert: its labels without ``alertname`` and ``severity``, and what it says."""

    severity: str
    target: dict[str, str]
    summary: str
    description: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """All labels but the alert's name."""
        return {"severity": self.severity, **self.target, **self.more}

    @property
    def annotations(self) -> dict[str, str]:
        return {"summary": self.summary, "description": self.description}


def service_down(target: dict[str, str]) -> Predefined:
    """A target that cannot be scraped."""
    job, instance = target["job"], target["instance"]
    return Predefined("critical", target, f"{job} does not answer", f"No answer from {instance} to any scrape.")


def _warning(target: dict[str, str], summary: str, description: str, **more: str) -> Predefined:
    return Predefined("warning", target, summary, description, more)


#: By the name of the rule.
PREDEFINED = {
    "ServiceDown": service_down(BRIDGE),
    "BridgeHighErrorRate": _warning(BRIDGE, "Bridge fails often", "0.4 errors a second in five minutes."),
    "BridgeSlowSignatures": _warning(BRIDGE, "Bridge signs slowly", "One signature of twenty takes over 240 ms."),
    "BridgeHighCPU": _warning(BRIDGE, "Bridge is short of CPU", "93 % of a core for ten minutes."),
    "AureusOSHighErrorRate": _warning(AUREUS_OS, "Aureus OS fails often", "0.2 errors a second in five minutes."),
    "AureusOSSlowAssessments": _warning(AUREUS_OS, "Aureus OS assesses slowly", "One of twenty takes over 900 ms."),
    "OpenClawHighErrorRate": _warning(OPENCLAW, "OpenClaw fails often", "0.3 errors a second in five minutes."),
    "OpenClawHighLatency": _warning(OPENCLAW, "OpenClaw answers late", "One request of twenty takes over 2.4 s."),
    "OpenClawHighActiveConnections": _warning(OPENCLAW, "OpenClaw is crowded", "1,420 connections are open."),
    "PostgreSQLDown": Predefined("critical", _POSTGRES, "No PostgreSQL", "The exporter cannot reach the database."),
    "PostgreSQLHighConnections": _warning(_POSTGRES, "PostgreSQL is nearly full", "91 of 100 connections are taken."),
    "RedisDown": Predefined("critical", _REDIS, "No Redis", "The exporter cannot reach the cache."),
    "RedisHighMemory": _warning(_REDIS, "Redis is nearly full", "94 % of its memory is taken."),
    "HighMemoryUsage": _warning(_NODE, "A node is short of memory", "95 % of the memory of node-1 is taken."),
    "HighDiskUsage": _warning(
        _NODE, "A disk is nearly full", "93 % of / on node-1 is taken.",
        device="/dev/sda1", fstype="ext4", mountpoint="/",
    ),
    "EndToEndLatencyHigh": _warning(OPENCLAW, "The whole way takes long", "One request of twenty takes over 3.1 s."),
    "SignatureVerificationFailures": Predefined(
        "critical", BRIDGE, "Signatures do not verify", "0.05 signatures a second are refused as forged or broken."
    ),
    "PolicyViolations": _warning(AUREUS_OS, "Policies are broken often", "0.3 violations a second."),
}  # fmt: skip
