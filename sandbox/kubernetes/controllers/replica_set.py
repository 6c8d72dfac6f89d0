"""The replica set controller: as many pods as a set asks for, within its quota; what lost its owner is removed."""

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.controllers.pods import PodLives
from sandbox.kubernetes.controllers.scheduler import requests_of
from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.kinds import DEPLOYMENTS, PODS, REPLICA_SETS, RESOURCE_QUOTAS
from sandbox.kubernetes.objects import (
    Json,
    copied,
    labels_of,
    name_of,
    namespace_of,
    owner_of,
    set_condition,
    uid_of,
    without_zeros,
)
from sandbox.kubernetes.quantities import quantity

_FIRST_RETRY, _LAST_RETRY = timedelta(seconds=1), timedelta(minutes=1)


class ReplicaSetController:
    """Makes and removes pods."""

    def __init__(self, world: World, pods: PodLives) -> None:
        self._world = world
        self._pods = pods
        self._seen = -1
        self._due: datetime | None = None
        #: When the creation of pods of a set is tried again, and how long it waited; by uid.
        self._retries: dict[str, tuple[datetime, timedelta]] = {}

    def due(self) -> datetime | None:
        """When something must be looked at again though nothing has changed."""
        return min([*(at for at, _ in self._retries.values()), *self._available_at()], default=None)

    def retry(self) -> None:
        """Try again now what was refused."""
        self._retries = {uid: (self._world.at, waited) for uid, (_, waited) in self._retries.items()}
        self._due = self.due()

    def step(self) -> None:
        """Bring the number of pods of every set to what is asked for, if anything has changed or is due."""
        store = self._world.store
        touched = store.touched(DEPLOYMENTS, REPLICA_SETS, PODS, RESOURCE_QUOTAS)
        if touched == self._seen and (self._due is None or self._due > self._world.at):
            return
        self._seen = touched
        self._collect_orphans()
        for replica_set in store.list(REPLICA_SETS):
            pods = self._active(replica_set)
            missing = replica_set["spec"]["replicas"] - len(pods)
            refused = self._create(replica_set, missing) if missing > 0 else ""
            if missing <= 0:
                self._retries.pop(uid_of(replica_set), None)
            for pod in sorted(pods, key=self._worth)[: max(-missing, 0)]:
                self._end(replica_set, pod)
            self._tell_status(replica_set, refused)
        self._tell_quotas()
        self._due = self.due()

    def _collect_orphans(self) -> None:
        store = self._world.store
        for owned, owners in ((REPLICA_SETS, DEPLOYMENTS), (PODS, REPLICA_SETS)):
            alive = {uid_of(owner) for owner in store.list(owners)}
            for orphan in store.list(owned):
                if (owner := owner_of(orphan)) is None or owner in alive:
                    continue
                if owned is PODS:
                    self._pods.end(orphan)
                else:
                    store.remove(owned, orphan)
                    self._retries.pop(uid_of(orphan), None)

    def _active(self, replica_set: Json) -> list[Json]:
        return [
            pod
            for pod in self._world.store.list(PODS, namespace_of(replica_set))
            if owner_of(pod) == uid_of(replica_set) and "deletionTimestamp" not in pod["metadata"]
        ]

    def _worth(self, pod: Json) -> tuple[bool, bool, bool, float, int, float]:
        """What is least worth goes first: without a node, not running, not ready, ready for the shortest time."""
        life = self._pods.life_of(pod)
        ready = life.ready_since.timestamp() if life.ready_since else 0.0
        return (bool(life.node), life.ran, ready > 0, -ready, -life.restarts, -life.number)

    def _create(self, replica_set: Json, count: int) -> str:
        """Create pods; answers why it was refused, if it was."""
        world, uid = self._world, uid_of(replica_set)
        due, waited = self._retries.get(uid, (world.at, timedelta()))
        if due > world.at:
            return self._refusal(replica_set)
        for _ in range(count):
            if because := self._refusal(replica_set):
                wait = min(max(waited * 2, _FIRST_RETRY), _LAST_RETRY)
                self._retries[uid] = (world.at + wait, wait)
                says = f"Error creating: {because}"
                world.events.write(
                    replica_set, "FailedCreate", says, world.at, by="replicaset-controller", warning=True
                )
                return because
            pod = self._pods.create(replica_set, self._service(replica_set))
            says = f"Created pod: {name_of(pod)}"
            world.events.write(replica_set, "SuccessfulCreate", says, world.at, by="replicaset-controller")
        self._retries.pop(uid, None)
        return ""

    def _end(self, replica_set: Json, pod: Json) -> None:
        world = self._world
        self._pods.end(pod)
        says = f"Deleted pod: {name_of(pod)}"
        world.events.write(replica_set, "SuccessfulDelete", says, world.at, by="replicaset-controller")

    def _service(self, replica_set: Json) -> str:
        owners = replica_set["metadata"].get("ownerReferences") or [{"name": name_of(replica_set)}]
        return str(owners[0]["name"])

    def _refusal(self, replica_set: Json) -> str:
        """What admission says against one more pod of this set; empty when it may be made."""
        namespace, store = namespace_of(replica_set), self._world.store
        begin = f'pods "{name_of(replica_set)}-" is forbidden: exceeded quota:'
        if self._world.breakages.has(Fault.QUOTA, namespace, self._service(replica_set)):
            used = len(store.list(PODS, namespace))
            return f"{begin} sandbox-quota, requested: pods=1, used: pods={used}, limited: pods={used}"
        asked = _charge(replica_set["spec"]["template"]["spec"])
        for quota in store.list(RESOURCE_QUOTAS, namespace):
            used_now = self._used(namespace)
            for name, hard in sorted(quota["spec"].get("hard", {}).items()):
                if name in asked and used_now[name] + asked[name] > quantity(hard):
                    numbers = f"requested: {name}={_short(asked[name])}, used: {name}={_short(used_now[name])}"
                    return f"{begin} {name_of(quota)}, {numbers}, limited: {name}={hard}"
        return ""

    def _used(self, namespace: str) -> dict[str, Decimal]:
        used = dict.fromkeys(("pods", "cpu", "memory", "requests.cpu", "requests.memory"), Decimal(0))
        for pod in self._world.store.list(PODS, namespace):
            for name, amount in _charge(pod["spec"]).items():
                used[name] += amount
        return used

    def _tell_quotas(self) -> None:
        world = self._world
        for quota in world.store.list(RESOURCE_QUOTAS):
            hard, used = quota["spec"].get("hard", {}), self._used(namespace_of(quota))
            counted = {name: _short(used[name]) for name in hard if name in used}
            world.store.set_status(RESOURCE_QUOTAS, quota, {"hard": dict(hard), "used": counted})

    def _tell_status(self, replica_set: Json, refused: str) -> None:
        world = self._world
        pods = self._active(replica_set)
        template = replica_set["spec"]["template"]["metadata"].get("labels") or {}
        labelled = [pod for pod in pods if template.items() <= labels_of(pod).items()]
        ready = [pod for pod in pods if self._pods.life_of(pod).ready_since is not None]
        available = [pod for pod in ready if self._when_available(replica_set, pod) <= world.at]
        current = world.store.get(REPLICA_SETS, namespace_of(replica_set), name_of(replica_set))
        status = without_zeros(
            {
                "fullyLabeledReplicas": len(labelled),
                "readyReplicas": len(ready),
                "availableReplicas": len(available),
                "observedGeneration": current["metadata"]["generation"],
            }
        ) | {"replicas": len(pods)}
        if refused:
            status["conditions"] = copied(current.get("status", {}).get("conditions", []))
            set_condition(status, "ReplicaFailure", "True", "FailedCreate", refused, world.at)
        world.store.set_status(REPLICA_SETS, current, status)

    def _when_available(self, replica_set: Json, pod: Json) -> datetime:
        since = self._pods.life_of(pod).ready_since
        return (since or datetime.max.replace(tzinfo=self._world.at.tzinfo)) + timedelta(
            seconds=replica_set["spec"].get("minReadySeconds", 0) if since else 0
        )

    def _available_at(self) -> list[datetime]:
        """When pods that are ready, and not yet for long enough, will count as available."""
        return [
            when
            for replica_set in self._world.store.list(REPLICA_SETS)
            if replica_set["spec"].get("minReadySeconds", 0)
            for pod in self._active(replica_set)
            if self._pods.life_of(pod).ready_since and (when := self._when_available(replica_set, pod)) > self._world.at
        ]


def _charge(pod_spec: Json) -> dict[str, Decimal]:
    """What one pod takes of a quota."""
    asked = requests_of(pod_spec)
    return {"pods": Decimal(1)} | asked | {f"requests.{name}": amount for name, amount in asked.items()}


def _short(amount: Decimal) -> str:
    return str(int(amount)) if amount == int(amount) else f"{int(amount * 1000)}m"
