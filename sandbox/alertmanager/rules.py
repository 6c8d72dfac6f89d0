"""A tiny stand-in for Prometheus: it watches, and tells the Alertmanager what fires and what is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.labels import fingerprint, is_name
from sandbox.alertmanager.predefined import AUREUS_OS, BRIDGE, OPENCLAW, service_down

PROMETHEUS = "http://prometheus.sandbox:9090"
#: A firing alert is told of again after this (``--rules.alert.resend-delay``), and ends after four times as much if
#: nobody tells of it (rules/alerting.go).
RESEND = timedelta(minutes=1)
_VALID = 4 * RESEND
#: How long a service has to be away.
DOWN_FOR = timedelta(seconds=30)
#: What is scraped, by the name of its Deployment.
_TARGETS = {"aureus-bridge": BRIDGE, "aureus-os": AUREUS_OS, "openclaw": OPENCLAW}
_NAMESPACE = "aureus"


@dataclass
class _Rule:
    """One alert that is pending, fires, or is over and not yet told so."""

    labels: dict[str, str]
    annotations: dict[str, str]
    active_since: datetime
    held_for: timedelta
    #: Who wants it: a hand, the cluster. It is over when nobody does.
    causes: set[str] = field(default_factory=set)
    fired_at: datetime | None = None
    told_at: datetime | None = None
    over_at: datetime | None = None


class Watch:
    """What is wrong, by the clock of its Alertmanager. Nothing is told before ``catch_up``."""

    def __init__(self, alertmanager: Alertmanager) -> None:
        self._alertmanager = alertmanager
        self._rules: dict[str, _Rule] = {}

    def fire(
        self,
        name: str,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        for_: timedelta = timedelta(),
        cause: str = "hand",
    ) -> None:
        """Let an alert fire, once it has been so for ``for_``. One that fires goes on.

        Raises ``ValueError`` for the name of a label that cannot be.
        """
        full = {"alertname": name, **(labels or {})}
        if not all(is_name(one) for one in (*full, *(annotations or {}))):
            raise ValueError("a label or an annotation has a name that Prometheus cannot give it")
        with self._alertmanager.lock:
            key, now = fingerprint(full), self._alertmanager.clock.now()
            rule = self._rules.get(key)
            if rule is None or rule.over_at is not None:
                rule = self._rules[key] = _Rule(full, dict(annotations or {}), now, for_)
            rule.causes.add(cause)

    def clear(self, name: str, labels: Mapping[str, str] | None = None, cause: str = "hand") -> int:
        """Nothing is wrong any more, as far as that cause goes; gives how many alerts had it.

        Without labels it concerns all alerts of that name.
        """
        with self._alertmanager.lock:
            wanted = {"alertname": name, **(labels or {})}
            found = [
                (key, rule)
                for key, rule in self._rules.items()
                if cause in rule.causes and wanted.items() <= rule.labels.items()
            ]
            for key, rule in found:
                rule.causes.discard(cause)
                if rule.causes:
                    continue
                if rule.fired_at is None:
                    del self._rules[key]
                else:
                    rule.over_at = self._alertmanager.clock.now()
            return len(found)

    def look(self, snapshot: Mapping[str, Any]) -> None:
        """See a cluster as ``sandbox.kubernetes.control.state_of`` shows it: who has no ready pod is down."""
        found = {one["name"]: one for one in snapshot["deployments"] if one["namespace"] == _NAMESPACE}
        for deployment, target in _TARGETS.items():
            one, down = found.get(deployment), service_down(target)
            if one is not None and one["wanted"] > 0 and one["ready"] == 0:
                self.fire("ServiceDown", down.labels, down.annotations, DOWN_FOR, cause="cluster")
            else:
                self.clear("ServiceDown", down.labels, cause="cluster")

    def catch_up(self) -> None:
        """Tell the Alertmanager what is due: new, again, or over. While its API is down, later."""
        with self._alertmanager.lock:
            if Fault.DOWN in self._alertmanager.faults.on:
                return
            now = self._alertmanager.clock.now()
            for key, rule in list(self._rules.items()):
                if rule.over_at is not None:
                    self._tell(rule, rule.over_at)
                    del self._rules[key]
                    continue
                if rule.fired_at is None and now - rule.active_since >= rule.held_for:
                    rule.fired_at = now
                if rule.fired_at is not None and (rule.told_at is None or now - rule.told_at >= RESEND):
                    self._tell(rule, now + _VALID)
                    rule.told_at = now

    def _tell(self, rule: _Rule, ends_at: datetime) -> None:
        expression = quote_plus(f'ALERTS{{alertname="{rule.labels["alertname"]}"}}')
        url = f"{PROMETHEUS}/graph?g0.expr={expression}&g0.tab=1"
        self._alertmanager.post([Posted(rule.labels, rule.annotations, rule.fired_at, ends_at, url)])
