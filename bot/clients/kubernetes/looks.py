"""Looking at a Deployment: its size, its health, its rollout."""

from datetime import timedelta
from typing import Any

from kubernetes.client.exceptions import ApiException

from bot.clients.kubernetes import pods as troubles
from bot.clients.kubernetes.connection import LIMITS, Api
from bot.clients.kubernetes.room import room
from bot.domain.verb import Answer, Broken, Met, NotYet
from bot.world import k8s

MARK = "aureus.io/restarted-by"
_REVISION = "deployment.kubernetes.io/revision"
_LOOK = timedelta(seconds=1)


def deployment(api: Api, ref: k8s.Deployment) -> Any:
    return api.apps.read_namespaced_deployment(ref.name, ref.namespace, **LIMITS)


def size(api: Api, ref: k8s.Deployment) -> k8s.Size:
    """How large it is, who owns the number, and how much room there is."""
    found = deployment(api, ref)
    return _size(found, autoscaler(api, ref), _room(api, found))


def _size(found: Any, owner: k8s.Scaling | None, more: int | None) -> k8s.Size:
    status = found.status
    return k8s.Size(
        wanted=found.spec.replicas or 0,
        ready=status.ready_replicas or 0,
        available=status.available_replicas or 0,
        updated=status.updated_replicas or 0,
        paused=bool(found.spec.paused),
        autoscaler=owner,
        room=more,
    )


def autoscaler(api: Api, ref: k8s.Deployment) -> k8s.Scaling | None:
    """The HorizontalPodAutoscaler that owns the number of a Deployment, if one does."""
    found = api.scaling.list_namespaced_horizontal_pod_autoscaler(ref.namespace, **LIMITS)
    for each in found.items:
        target = each.spec.scale_target_ref
        if target.kind == "Deployment" and target.name == ref.name:
            return _scaling(each)
    return None


def _scaling(hpa: Any) -> k8s.Scaling:
    conditions = (hpa.status.conditions if hpa.status else None) or ()
    off = any(c.type == "ScalingActive" and c.status == "False" and c.reason == "ScalingDisabled" for c in conditions)
    targets = tuple(
        f"{m.resource.name} {m.resource.target.average_utilization} %"
        for m in hpa.spec.metrics or ()
        if m.type == "Resource" and m.resource.target.average_utilization is not None
    )
    return k8s.Scaling(
        k8s.Autoscaler(hpa.metadata.namespace, hpa.metadata.name),
        hpa.spec.min_replicas if hpa.spec.min_replicas is not None else 1,
        hpa.spec.max_replicas,
        hpa.status.desired_replicas if hpa.status else None,
        not off,
        targets,
    )


def _room(api: Api, found: Any) -> int | None:
    """``None`` where the bot may not look at nodes: a figure less, and no reason to refuse."""
    try:
        nodes = api.core.list_node(**LIMITS).items
        running = api.core.list_pod_for_all_namespaces(field_selector="status.phase!=Succeeded", **LIMITS).items
    except ApiException as error:
        if error.status == 403:
            return None
        raise
    return room(found.spec.template, nodes, running)


def pods(api: Api, found: Any) -> list[k8s.Pod]:
    """The pods of a Deployment, each with what troubles it."""
    labels = ",".join(f"{key}={value}" for key, value in sorted(found.spec.selector.match_labels.items()))
    namespace = found.metadata.namespace
    listed = api.core.list_namespaced_pod(namespace, label_selector=labels, **LIMITS).items
    made = []
    for pod in listed:
        unready = not any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions or ())
        about = f"involvedObject.name={pod.metadata.name}"
        events = api.core.list_namespaced_event(namespace, field_selector=about, **LIMITS).items if unready else ()
        made.append(troubles.pod_of(pod, events))
    return made


def health(api: Api, ref: k8s.Deployment) -> k8s.Health:
    """How it is, and what troubles it."""
    found = deployment(api, ref)
    its_pods = pods(api, found)
    said = [
        troubles.quota(found, _sets(api, found)),
        "the rollout has passed its deadline" if troubles.stuck(found) else "",
    ]
    said += dict.fromkeys(
        f"{p.name}: {p.trouble}" for p in its_pods if p.trouble and p.trouble not in ("starting", "being ended")
    )
    return k8s.Health(
        _size(found, autoscaler(api, ref), None),
        tuple(container.image for container in found.spec.template.spec.containers),
        (found.metadata.annotations or {}).get(_REVISION, "?"),
        tuple(its_pods),
        tuple(each for each in said if each),
        not _rolled(found),
    )


def ready(api: Api, check: k8s.Ready) -> Answer:
    """All wanted replicas are ready and of the newest template."""
    found = deployment(api, check.deployment)
    wanted = found.spec.replicas or 0
    if wanted != check.replicas:
        return Broken(f"somebody, or an autoscaler, set {check.deployment} to {wanted} meanwhile")
    return _progress(api, found, wanted)


def rolled_out(api: Api, check: k8s.RolledOut) -> Answer:
    """The template with the mark is rolled out."""
    found = deployment(api, check.deployment)
    mark = (found.spec.template.metadata.annotations or {}).get(MARK)
    if mark != check.mark:
        return Broken(f"somebody restarted or deployed {check.deployment} again meanwhile")
    return _progress(api, found, found.spec.replicas or 0)


def least_is(api: Api, check: k8s.LeastIs) -> Answer:
    """The minimum is as it should be, and as many pods are ready."""
    ref = check.autoscaler
    hpa = api.scaling.read_namespaced_horizontal_pod_autoscaler(ref.name, ref.namespace, **LIMITS)
    least = hpa.spec.min_replicas if hpa.spec.min_replicas is not None else 1
    if least != check.least:
        return Broken(f"somebody set the minimum of {ref.name} to {least} meanwhile")
    found = deployment(api, check.deployment)
    wanted = found.spec.replicas or 0
    if wanted < least:
        return NotYet(f"minimum {least}; the autoscaler has not raised the number yet, it is {wanted}", _LOOK)
    answer = _progress(api, found, wanted)
    return Met(f"minimum {least}, {answer.says}") if isinstance(answer, Met) else answer


def _progress(api: Api, found: Any, wanted: int) -> Answer:
    status = found.status
    count = status.ready_replicas or 0
    if _rolled(found) and count == wanted:
        return Met(f"{count} of {wanted} pods ready")
    its_pods = pods(api, found)
    why = troubles.quota(found, _sets(api, found)) or troubles.told(its_pods)
    said = f"{count} of {wanted} pods ready" + (f"; {why}" if why else "")
    old = (status.replicas or 0) - (status.updated_replicas or 0)
    said += f"; {old} old ones to go" if old > 0 else ""
    if troubles.stuck(found):
        return Broken(f"the rollout passed its own deadline: {said}")
    return NotYet(said, _LOOK)


def _rolled(found: Any) -> bool:
    """As ``kubectl rollout status`` judges it, plus that all are ready: pkg/polymorphichelpers/rollout_status.go."""
    status, wanted = found.status, found.spec.replicas or 0
    return bool(
        (status.observed_generation or 0) >= (found.metadata.generation or 0)
        and (status.updated_replicas or 0) == wanted
        and (status.replicas or 0) == wanted
        and (status.available_replicas or 0) == wanted
        and (status.ready_replicas or 0) == wanted
    )


def _sets(api: Api, found: Any) -> list[Any]:
    listed = api.apps.list_namespaced_replica_set(found.metadata.namespace, **LIMITS).items
    return [s for s in listed if any(o.uid == found.metadata.uid for o in s.metadata.owner_references or ())]
