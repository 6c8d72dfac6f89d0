"""The cluster: its objects, its clock and its controllers, without any socket."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.kubernetes.breakages import Breakages, Fault, Outage
from sandbox.kubernetes.controllers.autoscaler import Autoscalers
from sandbox.kubernetes.controllers.deployment import DeploymentController
from sandbox.kubernetes.controllers.pods import PodLives
from sandbox.kubernetes.controllers.replica_set import ReplicaSetController
from sandbox.kubernetes.controllers.world import Pace, World
from sandbox.kubernetes.kinds import DEPLOYMENTS, NODES, PODS, REPLICA_SETS, RESOURCE_QUOTAS
from sandbox.kubernetes.objects import Json, copied, owner_of, uid_of
from sandbox.kubernetes.rbac import Users
from sandbox.kubernetes.store import Store

__all__ = ["Cluster", "Fault", "Outage", "Pace"]

#: How long ago a new cluster begins, so that what is seeded into it is at rest when it is first looked at.
AGE = timedelta(days=3)
#: More rounds than this at one instant mean that two controllers undo each other's work.
_ROUNDS = 500
#: What the controllers read; a write to anything else gives none of them more to do.
_WORKED_ON = (DEPLOYMENTS, REPLICA_SETS, PODS, RESOURCE_QUOTAS, NODES)


class Cluster:
    """The state and the rules. Every public method may be called from any thread.

    Nothing moves by itself: ``catch_up`` brings everything to what it is at ``clock.now()``, instant by instant, so
    that moving the clock by an hour gives the same world as waiting for one.
    """

    def __init__(self, clock: Clock, pace: Pace | None = None) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.users = Users()
        self.world = World(Store(), Breakages(), pace or Pace(), clock.now() - AGE)
        self._pods = PodLives(self.world)
        self._replica_sets = ReplicaSetController(self.world, self._pods)
        self._deployments = DeploymentController(self.world)
        self._autoscalers = Autoscalers(self.world)
        self._wake: datetime | None = None

    @property
    def store(self) -> Store:
        """The objects."""
        return self.world.store

    @property
    def breakages(self) -> Breakages:
        """The switches."""
        return self.world.breakages

    @property
    def pods(self) -> PodLives:
        """How each pod lives."""
        return self._pods

    @property
    def pace(self) -> Pace:
        """How long things take."""
        return self.world.pace

    def set_pace(self, **seconds: float) -> None:
        """Change how long things take (``start=10``); the names are those of ``Pace``."""
        with self.lock:
            self.world.pace = replace(self.world.pace, **{name: timedelta(seconds=s) for name, s in seconds.items()})

    def catch_up(self) -> datetime:
        """Bring everything up to now, and return now."""
        with self.lock:
            now = max(self.clock.now(), self.world.at)
            while (due := self._next_due()) is not None and due <= now:
                self.world.at = max(due, self.world.at)
                self._settle()
            self.world.at = now
            self._autoscalers.pass_by()
            self.world.events.forget(now)
            return now

    def written(self) -> None:
        """Tell that the API wrote something: the controllers see it a moment later."""
        seen = self.world.at + self.pace.lag
        self._wake = min(self._wake or seen, seen)

    def _next_due(self) -> datetime | None:
        loops = (self._pods, self._replica_sets, self._deployments, self._autoscalers)
        dues = [self._wake, *(loop.due() for loop in loops)]
        return min((due for due in dues if due is not None), default=None)

    def _settle(self) -> None:
        """Let every controller work until none has anything left to do at this instant."""
        self._wake = None
        self._autoscalers.step()
        for _ in range(_ROUNDS):
            before = self.store.touched(*_WORKED_ON)
            self._pods.step()
            self._replica_sets.step()
            self._deployments.step()
            if self.store.touched(*_WORKED_ON) == before:
                return
        raise RuntimeError("The controllers do not come to rest: two of them undo each other's work.")

    def _changed(self, change: Callable[[], None]) -> None:
        """Change the world under the controllers, and let them see it at once."""
        with self.lock:
            self.catch_up()
            change()
            self._settle()

    def break_service(self, fault: Fault | str, namespace: str, name: str, *, everything: bool = False) -> None:
        """Break a Deployment; ``everything`` lets pods that run already crash too (``crash`` and ``oom`` only)."""
        fault = Fault(fault)

        def change() -> None:
            self.breakages.switch(fault, namespace, name, on=True)
            if everything and fault in (Fault.CRASH, Fault.OOM):
                self._pods.strike(fault, namespace, name)

        self._changed(change)

    def heal_service(self, fault: Fault | str, namespace: str, name: str) -> None:
        """Heal a Deployment; its pods try again at once."""
        fault = Fault(fault)

        def change() -> None:
            self.breakages.switch(fault, namespace, name, on=False)
            self._pods.heal(fault, namespace, name)
            self._replica_sets.retry()

        self._changed(change)

    def break_cluster(self, outage: Outage | str) -> None:
        """Break the API server."""
        with self.lock:
            self.breakages.switch_outage(Outage(outage), on=True)

    def heal_cluster(self, outage: Outage | str) -> None:
        """Heal the API server."""
        with self.lock:
            self.breakages.switch_outage(Outage(outage), on=False)

    def set_load(self, name: str, wants: int, namespace: str = "aureus") -> None:
        """Say how many replicas the load of an autoscaled Deployment needs; its autoscaler sees it at its next sync."""
        with self.lock:
            self._autoscalers.set_load(namespace, name, wants)

    def end_pod(self, pod: Json, grace_seconds: int | None) -> None:
        """Let a pod go, as the API's delete does."""
        self._pods.end(pod, None if grace_seconds is None else timedelta(seconds=grace_seconds))
        self.written()

    def deployment(self, namespace: str, name: str) -> Json:
        """A copy of a Deployment as it is now. Raises ``ApiError`` 404."""
        with self.lock:
            self.catch_up()
            return copied(self.store.get(DEPLOYMENTS, namespace, name))

    def pods_of(self, namespace: str, name: str) -> list[Json]:
        """Copies of the pods of a Deployment as they are now, by name."""
        with self.lock:
            deployment = self.deployment(namespace, name)
            sets = self.store.list(REPLICA_SETS, namespace)
            owners = {uid_of(one) for one in sets if owner_of(one) == uid_of(deployment)}
            return [copied(pod) for pod in self.store.list(PODS, namespace) if owner_of(pod) in owners]
