"""Where the verbs of Kubernetes are tried: a cluster, a Deployment of its own, and somebody else at work there."""

import asyncio
import contextlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from bot.clients.kubernetes import Kubernetes
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Question
from bot.world import k8s
from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.server import running

T = TypeVar("T")
_numbers = count(1)


class Witness:
    """A ``World`` that hands everything on to another, and remembers which verbs were used how."""

    def __init__(self, world: Kubernetes) -> None:
        self._world = world
        self.seen: set[tuple[type, str]] = set()

    async def ask(self, question: Question[T]) -> T:
        self.seen.add((type(question), "ask"))
        return await self._world.ask(question)

    async def rehearse(self, change: Change) -> None:
        self.seen.add((type(change), "rehearse"))
        await self._world.rehearse(change)

    async def do(self, change: Change) -> None:
        self.seen.add((type(change), "do"))
        await self._world.do(change)

    async def stands(self, change: Change) -> bool:
        self.seen.add((type(change), "stands"))
        return await self._world.stands(change)

    async def test(self, check: Check) -> Answer:
        self.seen.add((type(check), "test"))
        return await self._world.test(check)


class Stand(ABC):
    """One Deployment of two replicas, all ready, in a namespace where nothing else touches it."""

    def __init__(self, kubeconfig: Path, others: Path, namespace: str, image: str) -> None:
        self.bot = Kubernetes(str(kubeconfig))
        self.world = Witness(self.bot)
        # The official package is loosely typed; what is read of its answers is asserted.
        loader: Any = config
        settings = client.Configuration()
        loader.load_kube_config(str(others), client_configuration=settings)
        api: Any = client.ApiClient(settings)
        self.apps: Any = client.AppsV1Api(api)
        self.scaling: Any = client.AutoscalingV2Api(api)
        name = f"aureus-bot-test-{int(time.time()) % 100_000}-{next(_numbers)}"
        self.ref = k8s.Deployment(namespace, name)
        self.hpa = k8s.Autoscaler(namespace, name)
        self._image = image

    @abstractmethod
    async def passes(self, seconds: float) -> None:
        """Let time pass."""

    @abstractmethod
    def break_image(self) -> None:
        """Let new pods find no image that they can pull."""

    async def until(self, check: Check, within: float = 120) -> Answer:
        """Look every half second, as the engine does, until it is met or broken."""
        answer: Answer = NotYet("nothing was looked at")
        for _ in range(int(within * 2)):
            answer = await self.world.test(check)
            if not isinstance(answer, NotYet):
                return answer
            await self.passes(0.5)
        raise AssertionError(f"{check} did not come: {answer}")

    async def until_says(self, check: Check, words: str, within: float = 120) -> str:
        """Look until it says that while it is not met yet."""
        answer: Answer | None = None
        for _ in range(int(within * 2)):
            answer = await self.world.test(check)
            if isinstance(answer, NotYet) and words in answer.says:
                return answer.says
            await self.passes(0.5)
        raise AssertionError(f"{check} never said {words!r}: {answer}")

    async def begin(self) -> None:
        """Make the Deployment, and wait until it is there."""
        await asyncio.to_thread(self.apps.create_namespaced_deployment, self.ref.namespace, self._deployment())
        assert isinstance(await self.until(k8s.Ready(self.ref, 2)), Met)

    async def end(self) -> None:
        """Remove what was made."""
        for remove in (
            self.scaling.delete_namespaced_horizontal_pod_autoscaler,
            self.apps.delete_namespaced_deployment,
        ):
            with contextlib.suppress(ApiException):
                await asyncio.to_thread(remove, self.ref.name, self.ref.namespace)
        self.bot.close()

    async def somebody_scales(self, replicas: int) -> None:
        """Somebody else's kubectl."""
        body = {"spec": {"replicas": replicas}}
        await self._patch(self.apps.patch_namespaced_deployment_scale, body)

    async def somebody_patches(self, spec: dict[str, Any]) -> None:
        """Somebody else changes the Deployment."""
        await self._patch(self.apps.patch_namespaced_deployment, {"spec": spec})

    async def somebody_sets_least(self, least: int) -> None:
        """Somebody else changes the autoscaler's minimum."""
        await self._patch(self.scaling.patch_namespaced_horizontal_pod_autoscaler, {"spec": {"minReplicas": least}})

    async def _patch(self, patch: Any, body: dict[str, Any]) -> None:
        def send() -> None:
            patch(self.ref.name, self.ref.namespace, body, field_manager="kubectl")

        await asyncio.to_thread(send)

    async def autoscale(self, least: int, most: int) -> None:
        """Give the Deployment an autoscaler."""
        body = {
            "metadata": {"name": self.hpa.name},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.ref.name},
                "minReplicas": least,
                "maxReplicas": most,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                    }
                ],
            },
        }
        await asyncio.to_thread(
            self.scaling.create_namespaced_horizontal_pod_autoscaler, self.ref.namespace, _typed(body)
        )

    async def read(self) -> Any:
        """The Deployment, as the official client reads it."""
        return await asyncio.to_thread(self.apps.read_namespaced_deployment, self.ref.name, self.ref.namespace)

    def _deployment(self) -> Any:
        labels = {"app": self.ref.name}
        container = {
            "name": "main",
            "image": self._image,
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
        }
        return client.V1Deployment.from_dict(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": self.ref.name, "labels": labels},
                "spec": {
                    "replicas": 2,
                    "selector": {"matchLabels": labels},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
                    },
                },
            }
        )


def _typed(body: dict[str, Any]) -> Any:
    return client.V2HorizontalPodAutoscaler.from_dict(
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", **body}
    )


class SandboxStand(Stand):
    """In the sandbox: its time stands, and is moved."""

    def __init__(self, folder: Path, cluster: Cluster, clock: StandingClock, kubeconfigs: tuple[Path, Path]) -> None:
        super().__init__(*kubeconfigs, "aureus-staging", "ghcr.io/aureus/test:1.0.0")
        self.cluster, self.clock, self.folder = cluster, clock, folder

    async def passes(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))

    def break_image(self) -> None:
        self.cluster.break_service("image", self.ref.namespace, self.ref.name)


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[SandboxStand]:
    """A stand in a sandbox of its own, where the bot has its least rights and everybody else all of them."""
    clock = StandingClock()
    cluster = Cluster(clock)
    seed_aureus(cluster)
    with running(cluster) as server:
        paths = {}
        for user in ("aureus-bot", "kubernetes-admin"):
            paths[user] = folder / f"{user}.json"
            paths[user].write_text(json.dumps(server.kubeconfig(user)))
        yield SandboxStand(folder, cluster, clock, (paths["aureus-bot"], paths["kubernetes-admin"]))


class LiveStand(Stand):
    """In a real cluster: time passes by itself."""

    async def passes(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def break_image(self) -> None:
        container = {"name": "main", "image": "registry.invalid/aureus/none:0"}
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        self.apps.patch_namespaced_deployment(self.ref.name, self.ref.namespace, body)
