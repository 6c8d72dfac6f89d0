"""The platform of Aureus Sentinel, as the sandbox's cluster has it."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, NAMESPACES, NODES, Kind
from sandbox.kubernetes.objects import Json, set_condition
from sandbox.kubernetes.options import Options
from sandbox.kubernetes.rbac import Rule, granted
from sandbox.kubernetes.writing import Writer

PRODUCTION, STAGING = "aureus", "aureus-staging"
#: The user that the bot is, in the sandbox.
BOT = "aureus-bot"
_DEPLOY = Path(__file__).parents[2] / "deploy"


@dataclass(frozen=True)
class _Service:
    name: str
    port: int
    health: str
    cpu: str
    memory: str


_SERVICES = (
    _Service("aureus-bridge", 3000, "/health", "100m", "128Mi"),
    _Service("aureus-os", 5000, "/api/health", "250m", "512Mi"),
    _Service("openclaw", 8080, "/api/health", "200m", "256Mi"),
)


def seed_aureus(cluster: Cluster, bridge_hpa: bool = False) -> None:
    """Namespaces, nodes, services, autoscalers and the bot's user; everything has been ready for days.

    To be called on a new cluster. Only aureus-os has an autoscaler, unless ``bridge_hpa``.
    """
    with cluster.lock:
        writer = Writer(cluster)
        for number in (1, 2, 3):
            cluster.store.put(NODES, cluster.store.born(NODES, _node(cluster, number), cluster.world.at))
        for namespace in ("default", "kube-system", PRODUCTION, STAGING):
            _create(writer, NAMESPACES, "", {"metadata": {"name": namespace}})
        for namespace in (PRODUCTION, STAGING):
            for service in _SERVICES:
                _create(writer, DEPLOYMENTS, namespace, _deployment(service))
        for scaled in ("aureus-os", "aureus-bridge") if bridge_hpa else ("aureus-os",):
            _create(writer, AUTOSCALERS, PRODUCTION, _autoscaler(scaled))
        cluster.users.add(BOT, _rights())
        cluster.catch_up()


def _rights() -> tuple[Rule, ...]:
    """The bot's, as deploy/ gives them: what a real cluster would refuse is refused here."""
    return granted(yaml.safe_load_all((_DEPLOY / "rbac.yaml").read_text()), BOT)


def _create(writer: Writer, kind: Kind, namespace: str, body: Json) -> None:
    writer.create(kind, namespace, body, Options(manager="kubectl-client-side-apply", validation="Strict"))


def _node(cluster: Cluster, number: int) -> Json:
    name = f"node-{number}"
    status: Json = {
        "capacity": {"cpu": "2", "memory": "8Gi", "pods": "110"},
        "allocatable": {"cpu": "1930m", "memory": "7Gi", "pods": "110"},
        "addresses": [{"type": "InternalIP", "address": f"10.0.0.{number}"}, {"type": "Hostname", "address": name}],
    }
    set_condition(status, "Ready", "True", "KubeletReady", "kubelet is posting ready status", cluster.world.at)
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{number}"}
    return {"metadata": {"name": name, "labels": labels}, "spec": {}, "status": status}


def _deployment(service: _Service) -> Json:
    labels = {"app": service.name}
    probe = {"httpGet": {"path": service.health, "port": "http"}}
    container = {
        "name": service.name,
        "image": f"ghcr.io/aureus/{service.name}:1.4.2",
        "ports": [{"name": "http", "containerPort": service.port}],
        "env": [{"name": "PORT", "value": str(service.port)}, {"name": "LOG_LEVEL", "value": "info"}],
        "resources": {
            "requests": {"cpu": service.cpu, "memory": service.memory},
            "limits": {"cpu": "500m", "memory": "1Gi"},
        },
        "livenessProbe": probe | {"initialDelaySeconds": 30, "periodSeconds": 10},
        "readinessProbe": probe | {"initialDelaySeconds": 10, "periodSeconds": 5},
    }
    return {
        "metadata": {"name": service.name, "labels": dict(labels)},
        "spec": {
            "replicas": 3,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
            "selector": {"matchLabels": dict(labels)},
            "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": [container]}},
        },
    }


def _autoscaler(deployment: str) -> Json:
    def metric(name: str, percent: int) -> Json:
        target = {"type": "Utilization", "averageUtilization": percent}
        return {"type": "Resource", "resource": {"name": name, "target": target}}

    return {
        "metadata": {"name": f"{deployment}-hpa", "labels": {"app": deployment}},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment},
            "minReplicas": 3,
            "maxReplicas": 10,
            "metrics": [metric("cpu", 70), metric("memory", 80)],
        },
    }
