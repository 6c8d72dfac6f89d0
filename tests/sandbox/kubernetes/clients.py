"""The official client, as one user; and what its errors say."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sandbox.clock import StandingClock
from sandbox.kubernetes.server import KubernetesServer

PROD = "aureus"


class Client:
    """The groups of the official client, without retries."""

    def __init__(self, server: KubernetesServer, user: str) -> None:
        settings = client.Configuration()
        load: Any = config.load_kube_config_from_dict
        load(server.kubeconfig(user), client_configuration=settings)
        settings.retries = False
        # The client's models are loosely typed in what matters here; what a test reads, it asserts.
        self.api: Any = client.ApiClient(settings)
        #: For what the official client refuses to send.
        self.http = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {_token(server, user)}"})
        self.apps: Any = client.AppsV1Api(self.api)
        self.core: Any = client.CoreV1Api(self.api)
        self.scaling: Any = client.AutoscalingV2Api(self.api)
        self.access: Any = client.AuthorizationV1Api(self.api)

    def deployment(self, name: str = "aureus-bridge", namespace: str = PROD) -> Any:
        return self.apps.read_namespaced_deployment(name, namespace)

    def pods(self, name: str = "aureus-bridge", namespace: str = PROD) -> list[Any]:
        found: list[Any] = self.core.list_namespaced_pod(namespace, label_selector=f"app={name}").items
        return found

    def events(self, reason: str, namespace: str = PROD) -> list[Any]:
        found: list[Any] = self.core.list_namespaced_event(namespace, field_selector=f"reason={reason}").items
        return found

    def scale(self, replicas: int, name: str = "aureus-bridge", **options: Any) -> Any:
        body = {"spec": {"replicas": replicas}}
        return self.apps.patch_namespaced_deployment_scale(name, PROD, body, **options)

    def set_image(self, image: str, name: str = "aureus-bridge", **options: Any) -> Any:
        containers = [{"name": name, "image": image}]
        body = {"spec": {"template": {"spec": {"containers": containers}}}}
        return self.apps.patch_namespaced_deployment(name, PROD, body, **options)


def _token(server: KubernetesServer, user: str) -> str:
    return server.cluster.users.named(user).token


@dataclass
class Refused:
    """What a refused call was answered."""

    code: int = 0
    status: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def refused(code: int, reason: str) -> Iterator[Refused]:
    """Expects a ``Status`` of this code and reason, exactly in the API's shape."""
    answer = Refused()
    with pytest.raises(ApiException) as caught:
        yield answer
    answer.code = caught.value.status
    answer.status = json.loads(caught.value.body or "")
    answer.headers = {name.lower(): value for name, value in (caught.value.headers or {}).items()}
    shape = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code, "reason": reason}
    assert {key: answer.status.get(key) for key in shape} == shape
    assert answer.code == code
    assert answer.status["message"]


def status_of(answer: httpx.Response, code: int, reason: str) -> dict[str, Any]:
    """The ``Status`` of a refusal that was asked for without the official client."""
    status: dict[str, Any] = answer.json()
    assert (answer.status_code, status["kind"], status["code"], status["reason"]) == (code, "Status", code, reason)
    return status


def condition(conditions: list[Any], kind: str) -> Any:
    return next(one for one in conditions if one.type == kind)


def move(clock: StandingClock, seconds: float) -> None:
    clock.move(timedelta(seconds=seconds))


def moments(clock: StandingClock, seconds: float, look: Callable[[], None], *, every: float = 0.25) -> None:
    """Looks at each moment of a stretch of time."""
    for _ in range(round(seconds / every)):
        move(clock, every)
        look()
