"""The deployment controller: a replica set per template, moved to step by step."""

from datetime import datetime

from sandbox.kubernetes.controllers.deployment_status import Progress, status_of
from sandbox.kubernetes.controllers.rollout import (
    DESIRED,
    MOST,
    Limits,
    limits_of,
    new_size,
    old_sizes,
    present,
    proportional_sizes,
    size,
)
from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.kinds import DEPLOYMENTS, REPLICA_SETS
from sandbox.kubernetes.objects import (
    Json,
    annotations_of,
    canonical,
    copied,
    letters,
    name_of,
    namespace_of,
    owner_of,
    uid_of,
)

REVISION = "deployment.kubernetes.io/revision"
_HISTORY = "deployment.kubernetes.io/revision-history"
_HASH = "pod-template-hash"
#: Annotations of a Deployment that are not handed on to its replica sets.
_OWN = (REVISION, _HISTORY, DESIRED, MOST, "kubectl.kubernetes.io/last-applied-configuration")


class DeploymentController:
    """Makes and sizes replica sets."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._progress: dict[str, Progress] = {}
        self._seen = -1

    def due(self) -> datetime | None:
        """When the next rollout runs out of time."""
        return min((end for end in self._ends() if end > self._world.at), default=None)

    def _ends(self) -> list[datetime]:
        """When each rollout that is under way runs out of time."""
        return [
            end
            for deployment in self._world.store.list(DEPLOYMENTS)
            if (progress := self._progress.get(uid_of(deployment)))
            if (end := progress.deadline(deployment)) is not None
        ]

    def step(self) -> None:
        """Bring every Deployment one step further, if anything has changed or has run out of time."""
        store = self._world.store
        touched = store.touched(DEPLOYMENTS, REPLICA_SETS)
        if touched == self._seen and not any(end <= self._world.at for end in self._ends()):
            return
        self._seen = touched
        for deployment in store.list(DEPLOYMENTS):
            self._sync(deployment)
        alive = {uid_of(deployment) for deployment in store.list(DEPLOYMENTS)}
        self._progress = {uid: progress for uid, progress in self._progress.items() if uid in alive}

    def _sync(self, deployment: Json) -> None:
        spec, limits = deployment["spec"], limits_of(deployment["spec"])
        progress = self._progress.setdefault(uid_of(deployment), Progress())
        sets = self._sets(deployment)
        new = next((one for one in sets if one["metadata"]["labels"][_HASH] == _hash(spec["template"])), None)
        if not spec.get("paused"):
            new = self._newest(deployment, new, sets, limits, progress)
        sets = self._sets(deployment)
        new = next((one for one in sets if new and uid_of(one) == uid_of(new)), None)
        old = [one for one in sets if one is not new]
        if spec.get("paused") or self._was_scaled(sets, limits):
            self._scale(deployment, new, old, limits)
        elif new is not None and spec["strategy"]["type"] == "Recreate":
            self._recreate(deployment, new, old, limits)
        elif new is not None:
            self._roll(deployment, new, old, limits)
        sets = self._sets(deployment)
        new = next((one for one in sets if new and uid_of(one) == uid_of(new)), None)
        status = status_of(deployment, new, sets, limits, progress, self._world.at)
        self._world.store.set_status(DEPLOYMENTS, deployment, status)
        if new is not None and annotations_of(deployment).get(REVISION) != annotations_of(new)[REVISION]:
            with self._world.store.edit(DEPLOYMENTS, deployment, self._world.at) as current:
                current["metadata"].setdefault("annotations", {})[REVISION] = annotations_of(new)[REVISION]
        if new is not None and progress.complete:
            self._clean(spec, [one for one in sets if one is not new])

    def _sets(self, deployment: Json) -> list[Json]:
        """The Deployment's replica sets, the oldest first."""
        owned = [
            one
            for one in self._world.store.list(REPLICA_SETS, namespace_of(deployment))
            if owner_of(one) == uid_of(deployment)
        ]
        return sorted(owned, key=lambda one: (one["metadata"]["creationTimestamp"], _revision(one)))

    def _newest(self, deployment: Json, new: Json | None, sets: list[Json], limits: Limits, progress: Progress) -> Json:
        """The replica set of the present template, made or raised to the newest revision."""
        world = self._world
        revision = 1 + max((_revision(one) for one in sets if one is not new), default=0)
        handed_on = {key: value for key, value in annotations_of(deployment).items() if key not in _OWN}
        if new is None:
            made = self._made(deployment, revision, handed_on, sets, limits)
            progress.began(world.at, f'Created new replica set "{name_of(made)}"', "NewReplicaSetCreated")
            self._tell(deployment, made, 0, size(made))
            return made
        with world.store.edit(REPLICA_SETS, new, world.at, subresource="") as current:
            annotations = current["metadata"].setdefault("annotations", {})
            annotations |= handed_on
            current["spec"]["minReadySeconds"] = deployment["spec"].get("minReadySeconds", 0)
            if _revision(current) < revision:
                earlier = [annotations[_HISTORY]] if _HISTORY in annotations else []
                annotations[_HISTORY] = ",".join([*earlier, annotations[REVISION]])
                annotations[REVISION] = str(revision)
                progress.began(world.at, f'Found new replica set "{name_of(new)}"', "FoundNewReplicaSet")
        return new

    def _made(self, deployment: Json, revision: int, annotations: Json, sets: list[Json], limits: Limits) -> Json:
        world, spec = self._world, deployment["spec"]
        hashed = _hash(spec["template"])
        template = copied(spec["template"])
        template["metadata"].setdefault("labels", {})[_HASH] = hashed
        selector = copied(spec["selector"])
        selector.setdefault("matchLabels", {})[_HASH] = hashed
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name_of(deployment), "uid": uid_of(deployment)}
        metadata = {
            "name": f"{name_of(deployment)}-{hashed}",
            "namespace": namespace_of(deployment),
            "labels": dict(template["metadata"]["labels"]),
            "annotations": annotations | _sizes(limits) | {REVISION: str(revision)},
            "ownerReferences": [owner | {"controller": True, "blockOwnerDeletion": True}],
        }
        recreate = spec["strategy"]["type"] == "Recreate"
        used = sum(size(one) for one in sets)
        first = 0 if recreate and sets else min(limits.wanted, max(limits.most - used, 0))
        body = {
            "metadata": metadata,
            "spec": {"replicas": first, "selector": selector, "template": template,
                     "minReadySeconds": spec.get("minReadySeconds", 0)},
            "status": {"replicas": 0},
        }  # fmt: skip
        return world.store.put(REPLICA_SETS, world.store.born(REPLICA_SETS, body, world.at))

    def _was_scaled(self, sets: list[Json], limits: Limits) -> bool:
        """Whether the Deployment's size was changed since its sets were last sized."""
        return any(size(one) > 0 and annotations_of(one).get(DESIRED) != str(limits.wanted) for one in sets)

    def _scale(self, deployment: Json, new: Json | None, old: list[Json], limits: Limits) -> None:
        active = [one for one in [*old, *([new] if new else [])] if size(one) > 0]
        if len(active) <= 1:
            only = active[0] if active else new or (old[-1] if old else None)
            if only is not None:
                self._resize(deployment, only, limits.wanted, limits)
        elif new is not None and size(new) == limits.wanted and present(new) == limits.wanted:
            for one in old:
                self._resize(deployment, one, 0, limits)
        else:
            active.sort(key=lambda one: (-size(one), name_of(one)))
            sizes = proportional_sizes(limits, active) if self._was_scaled(active, limits) else {}
            for one in active:
                self._resize(deployment, one, sizes.get(name_of(one), size(one)), limits)

    def _recreate(self, deployment: Json, new: Json, old: list[Json], limits: Limits) -> None:
        for one in old:
            self._resize(deployment, one, 0, limits)
        if not any(present(one) or size(one) for one in old):
            self._resize(deployment, new, limits.wanted, limits)

    def _roll(self, deployment: Json, new: Json, old: list[Json], limits: Limits) -> None:
        wanted = new_size(limits, new, old)
        if wanted != size(new):
            self._resize(deployment, new, wanted, limits)
            return
        for one in old:
            self._resize(deployment, one, old_sizes(limits, new, old)[name_of(one)], limits)

    def _resize(self, deployment: Json, replica_set: Json, wanted: int, limits: Limits) -> None:
        world, was = self._world, size(replica_set)
        with world.store.edit(REPLICA_SETS, replica_set, world.at, subresource="") as current:
            current["spec"]["replicas"] = wanted
            current["metadata"].setdefault("annotations", {}).update(_sizes(limits))
        if wanted != was:
            self._tell(deployment, replica_set, was, wanted)

    def _tell(self, deployment: Json, replica_set: Json, was: int, wanted: int) -> None:
        world = self._world
        if was != wanted:
            way = "up" if wanted > was else "down"
            says = f"Scaled {way} replica set {name_of(replica_set)} from {was} to {wanted}"
            world.events.write(deployment, "ScalingReplicaSet", says, world.at, by="deployment-controller")

    def _clean(self, spec: Json, old: list[Json]) -> None:
        """Remove the oldest empty sets beyond ``revisionHistoryLimit``."""
        empty = sorted((one for one in old if not size(one) and not present(one)), key=_revision)
        for one in empty[: max(len(empty) - spec["revisionHistoryLimit"], 0)]:
            self._world.store.remove(REPLICA_SETS, one)


def _revision(replica_set: Json) -> int:
    return int(annotations_of(replica_set).get(REVISION, "0"))


def _hash(template: Json) -> str:
    return letters(canonical(template), 10)


def _sizes(limits: Limits) -> dict[str, str]:
    return {DESIRED: str(limits.wanted), MOST: str(limits.most)}
