"""Changing a Deployment or an autoscaler: read just before the write, with ``resourceVersion`` as its precondition."""

from datetime import UTC, datetime
from typing import Any

from bot.clients.kubernetes.connection import LIMITS, Api
from bot.clients.kubernetes.errors import FIELD_MANAGER
from bot.clients.kubernetes.looks import MARK, deployment
from bot.domain.errors import Refusal
from bot.world import k8s

_RESTARTED = "kubectl.kubernetes.io/restartedAt"


def set_replicas(api: Api, change: k8s.SetReplicas, dry: bool) -> None:
    ref = change.deployment
    scale = api.apps.read_namespaced_deployment_scale(ref.name, ref.namespace, **LIMITS)
    if (scale.spec.replicas or 0) == change.replicas:
        return
    body = {
        "metadata": {"resourceVersion": scale.metadata.resource_version},
        "spec": {"replicas": change.replicas},
    }
    api.apps.patch_namespaced_deployment_scale(ref.name, ref.namespace, body, **_writing(dry))


def set_least(api: Api, change: k8s.SetLeast, dry: bool) -> None:
    ref = change.autoscaler
    hpa = api.scaling.read_namespaced_horizontal_pod_autoscaler(ref.name, ref.namespace, **LIMITS)
    if hpa.spec.min_replicas == change.least:
        return
    body = {"metadata": {"resourceVersion": hpa.metadata.resource_version}, "spec": {"minReplicas": change.least}}
    api.scaling.patch_namespaced_horizontal_pod_autoscaler(ref.name, ref.namespace, body, **_writing(dry))


def restart(api: Api, change: k8s.Restart, dry: bool) -> None:
    found = deployment(api, change.deployment)
    if found.spec.paused:
        raise Refusal(
            f"The rollout of {change.deployment} is paused, so a restart would do nothing.",
            "Somebody must resume it first. Nothing was changed.",
        )
    if marked(found) == change.mark:
        return
    notes = {_RESTARTED: datetime.now(UTC).isoformat(timespec="seconds"), MARK: change.mark}
    body = {
        "metadata": {"resourceVersion": found.metadata.resource_version},
        "spec": {"template": {"metadata": {"annotations": notes}}},
    }
    ref = change.deployment
    api.apps.patch_namespaced_deployment(ref.name, ref.namespace, body, **_writing(dry))


def replicas_stand(api: Api, change: k8s.SetReplicas) -> bool:
    ref = change.deployment
    scale = api.apps.read_namespaced_deployment_scale(ref.name, ref.namespace, **LIMITS)
    return (scale.spec.replicas or 0) == change.replicas


def least_stands(api: Api, change: k8s.SetLeast) -> bool:
    ref = change.autoscaler
    hpa = api.scaling.read_namespaced_horizontal_pod_autoscaler(ref.name, ref.namespace, **LIMITS)
    return bool((hpa.spec.min_replicas if hpa.spec.min_replicas is not None else 1) == change.least)


def restart_stands(api: Api, change: k8s.Restart) -> bool:
    return bool(marked(deployment(api, change.deployment)) == change.mark)


def marked(found: Any) -> str | None:
    """The mark of the last restart by a run."""
    return (found.spec.template.metadata.annotations or {}).get(MARK)


def _writing(dry: bool) -> dict[str, Any]:
    """Every write names its field manager; a rehearsal is a dry run by the server."""
    return {"field_manager": FIELD_MANAGER, **({"dry_run": "All"} if dry else {}), **LIMITS}
