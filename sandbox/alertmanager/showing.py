"""How the API shows what there is."""

from collections.abc import Iterable

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.records import VERSION, Alert, Json, Webhook, millis, plain


def alert_of(manager: Alertmanager, alert: Alert) -> Json:
    """One alert. Nothing is inhibited here."""
    silenced = manager.silences.muting(alert.labels)
    told: Json = {
        "annotations": plain(alert.annotations),
        "endsAt": millis(alert.ends_at),
        "fingerprint": alert.fingerprint,
        "receivers": [{"name": manager.settings.receiver}],
        "startsAt": millis(alert.starts_at),
        "status": {
            "inhibitedBy": [],
            "mutedBy": [],
            "silencedBy": silenced,
            "state": "suppressed" if silenced else "active",
        },
        "updatedAt": millis(alert.updated_at),
        "labels": plain(alert.labels),
    }
    if alert.generator_url:
        told["generatorURL"] = alert.generator_url
    return told


def group_of(manager: Alertmanager, labels: dict[str, str], alerts: Iterable[Alert]) -> Json:
    """One group, with those of its alerts that are asked for."""
    shown = [alert_of(manager, one) for one in alerts]
    return {"alerts": shown, "labels": labels, "receiver": {"name": manager.settings.receiver}}


def status_of(manager: Alertmanager) -> Json:
    """What ``/api/v2/status`` says: alone, without a cluster."""
    build = {"version": VERSION, "revision": "sandbox", "branch": "sandbox", "buildUser": "sandbox"}
    return {
        "cluster": {"peers": [], "status": "disabled"},
        "config": {"original": _configuration(manager)},
        "uptime": millis(manager.started_at),
        "versionInfo": build | {"buildDate": "", "goVersion": ""},
    }


def _configuration(manager: Alertmanager) -> str:
    """The part of the configuration that there is, as YAML, without its secrets."""
    settings = manager.settings
    lines = [
        "global:",
        f"  resolve_timeout: {settings.resolve_timeout.total_seconds():g}s",
        "route:",
        f"  receiver: {settings.receiver}",
        f"  group_by: [{', '.join(settings.group_by)}]",
        f"  group_wait: {settings.group_wait.total_seconds():g}s",
        f"  group_interval: {settings.group_interval.total_seconds():g}s",
        f"  repeat_interval: {settings.repeat_interval.total_seconds():g}s",
        "receivers:",
        f"- name: {settings.receiver}",
    ]
    for kind in ("webhook", "pagerduty"):
        of_kind = [one for one in manager.receivers if one.kind == kind]
        lines += [f"  {kind}_configs:"] if of_kind else []
        for one in of_kind:
            lines += [f"  - url: {one.url}", f"    send_resolved: {str(one.send_resolved).lower()}"]
            if isinstance(one, Webhook):
                lines += [f"    max_alerts: {one.max_alerts}"]
            else:
                lines += ["    routing_key: <secret>"]
    return "\n".join(lines) + "\n"
