"""The scheduler and the kubelets: lets every pod live its life, and breaks it where a switch says so."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.controllers.pod_life import Exit, Life, State, bad_name, cannot_pull, is_image, status_of
from sandbox.kubernetes.controllers.scheduler import place
from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.kinds import NODES, PODS
from sandbox.kubernetes.objects import Json, letters, name_of, namespace_of, stamp, uid_of

#: Between two failed readiness probes that are told, at first and after the first minute.
_PROBES = (timedelta(seconds=5), timedelta(seconds=60))
#: Between two events of a pod that no node takes.
_REMINDER = timedelta(minutes=5)
_AGAIN = timedelta(seconds=1)
_EXITS = {Fault.CRASH: (1, "Error"), Fault.OOM: (137, "OOMKilled")}


class PodLives:
    """Every pod's life."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lives: dict[str, Life] = {}

    def create(self, replica_set: Json, service: str) -> Json:
        """A new pod of a replica set's template."""
        world, number = self._world, self._world.store.next_number()
        template = replica_set["spec"]["template"]
        name = f"{name_of(replica_set)}-{letters(f'{uid_of(replica_set)}/{number}', 5)}"
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet"}
        owner |= {"name": name_of(replica_set), "uid": uid_of(replica_set)}
        metadata = {
            **{key: template["metadata"][key] for key in ("labels", "annotations") if key in template["metadata"]},
            "name": name,
            "namespace": namespace_of(replica_set),
            "generateName": f"{name_of(replica_set)}-",
            "ownerReferences": [owner | {"controller": True, "blockOwnerDeletion": True}],
        }
        body = {"metadata": metadata, "spec": template["spec"], "status": {"phase": "Pending"}}
        pod = world.store.put(PODS, world.store.born(PODS, body, world.at))
        due = world.at + world.pace.schedule
        self._lives[uid_of(pod)] = Life(namespace_of(pod), name, service, State.PENDING, world.at, due, number)
        return pod

    def end(self, pod: Json, grace: timedelta | None = None) -> None:
        """Let a pod go, after the pace's grace time or the one given. A pod that goes already is left alone."""
        world, life = self._world, self._lives[uid_of(pod)]
        if life.leaving and grace is None:
            return
        seconds = pod["spec"].get("terminationGracePeriodSeconds", 30) if grace is None else int(grace.total_seconds())
        if not life.leaving and life.ran:
            self._tell(life, "Killing", "Stopping container {container}")
        life.leaving, life.due = True, world.at + (world.pace.grace if grace is None else min(grace, world.pace.grace))
        with world.store.edit(PODS, pod, world.at, manager="kubelet") as leaving:
            leaving["metadata"]["deletionTimestamp"] = stamp(world.at + timedelta(seconds=seconds))
            leaving["metadata"]["deletionGracePeriodSeconds"] = seconds

    def life_of(self, pod: Json) -> Life:
        """The life of a stored pod."""
        return self._lives[uid_of(pod)]

    def due(self) -> datetime | None:
        """When something happens to a pod next."""
        return min((life.due for life in self._lives.values() if life.due is not None), default=None)

    def strike(self, fault: Fault, namespace: str, service: str) -> None:
        """Let the running pods of a service crash now."""
        for life in self._of(namespace, service):
            if life.state is State.RUNNING and not life.leaving:
                life.faults.add(fault)
                life.due = self._world.at

    def heal(self, fault: Fault, namespace: str, service: str) -> None:
        """Take a fault from the pods of a service; those that wait because of it try again now."""
        at = self._world.at
        for life in self._of(namespace, service):
            life.faults.discard(fault)
            if life.leaving:
                continue
            waits = {
                Fault.IMAGE: life.state in (State.PULL_FAILED, State.PULL_BACKOFF),
                Fault.CRASH: life.state in (State.EXITED, State.CRASH_BACKOFF),
                Fault.OOM: life.state in (State.EXITED, State.CRASH_BACKOFF),
                Fault.ROOM: life.state is State.UNSCHEDULABLE,
                Fault.SLOW: life.state is State.RUNNING and life.ready_since is None,
                Fault.PROBE: life.state is State.RUNNING and life.ready_since is None,
            }
            if waits.get(fault):
                life.due = at
                if life.state is State.PULL_FAILED:
                    life.state = State.PULL_BACKOFF
                if life.state is State.EXITED:
                    life.state = State.CRASH_BACKOFF

    def step(self) -> None:
        """Bring every pod to where it is at this instant."""
        world = self._world
        for pod in world.store.list(PODS):
            life = self._lives[uid_of(pod)]
            if life.leaving:
                if life.due is not None and life.due <= world.at:
                    del self._lives[uid_of(pod)]
                    world.store.remove(PODS, pod)
                continue
            moved = False
            while life.due is not None and life.due <= world.at:
                self._next(life)
                moved = True
            if life.state is State.UNSCHEDULABLE and life.tried != world.store.touched(PODS, NODES):
                self._schedule(life, again=True)
                moved = True
            if moved:
                world.store.set_status(PODS, pod, status_of(self._pod(life), life, world.at))

    def _of(self, namespace: str, service: str) -> list[Life]:
        return [life for life in self._lives.values() if (life.namespace, life.service) == (namespace, service)]

    def _next(self, life: Life) -> None:
        moves: dict[State, Callable[[Life], None]] = {
            State.PENDING: self._schedule,
            State.UNSCHEDULABLE: self._schedule,
            State.CREATING: self._pulled,
            State.PULL_FAILED: self._wait_to_pull,
            State.PULL_BACKOFF: self._pull,
            State.RUNNING: self._run_on,
            State.EXITED: self._restart,
            State.CRASH_BACKOFF: self._restart,
        }
        moves[life.state](life)

    def _schedule(self, life: Life, *, again: bool = False) -> None:
        world = self._world
        no_room = world.breakages.has(Fault.ROOM, life.namespace, life.service)
        life.tried = world.store.touched(PODS, NODES)
        node, because = place(world.store, self._pod(life), no_room=no_room)
        if node:
            life.node, life.scheduled = node, world.at
            whose = f"{life.namespace}/{life.name}"
            self._tell(life, "Scheduled", f"Successfully assigned {whose} to {node}", by="default-scheduler")
            # The next pod must see that the room is taken.
            with world.store.edit(PODS, self._pod(life), world.at, subresource="binding") as bound:
                bound["spec"]["nodeName"] = node
            self._pull(life)
            life.due = world.at + world.pace.start
        elif not again or because != life.because:
            life.state, life.because, life.due = State.UNSCHEDULABLE, because, world.at + _REMINDER
            self._tell(life, "FailedScheduling", because, by="default-scheduler", warning=True)

    def _pull(self, life: Life) -> None:
        life.state, life.due = State.CREATING, self._world.at
        if all(is_image(image) for image in self._images(life)):
            self._tell(life, "Pulling", 'Pulling image "{image}"')

    def _pulled(self, life: Life) -> None:
        world, images = self._world, self._images(life)
        broken = next((image for image in images if not is_image(image)), None)
        if broken is not None:
            life.state, life.due = State.BAD_NAME, None
            self._tell(life, "InspectFailed", bad_name(broken), warning=True)
            self._tell(life, "Failed", "Error: InvalidImageName", warning=True)
        elif world.breakages.has(Fault.IMAGE, life.namespace, life.service):
            life.state, life.due, life.pulls = State.PULL_FAILED, world.at + _AGAIN, life.pulls + 1
            why = cannot_pull(images[0])
            self._tell(life, "Failed", f'Failed to pull image "{images[0]}": {why}', warning=True)
            self._tell(life, "Failed", "Error: ErrImagePull", warning=True)
        else:
            self._tell(life, "Pulled", 'Successfully pulled image "{image}"')
            self._start(life)

    def _wait_to_pull(self, life: Life) -> None:
        life.state, life.due = State.PULL_BACKOFF, self._world.at + life.backoff
        self._tell(life, "BackOff", 'Back-off pulling image "{image}"')
        self._tell(life, "Failed", "Error: ImagePullBackOff", warning=True)

    def _start(self, life: Life) -> None:
        world = self._world
        life.state, life.started, life.ready_since = State.RUNNING, world.at, None
        kept = (Fault.CRASH, Fault.OOM, Fault.PROBE)
        life.faults = {fault for fault in kept if world.breakages.has(fault, life.namespace, life.service)}
        self._tell(life, "Created", "Created container: {container}")
        self._tell(life, "Started", "Started container {container}")
        slow = world.breakages.has(Fault.SLOW, life.namespace, life.service)
        until_ready = world.pace.ready * (10 if slow else 1)
        # What crashes does so before it would have been ready.
        life.due = world.at + (world.pace.ready * 0.6 if life.faults & set(_EXITS) else until_ready)

    def _run_on(self, life: Life) -> None:
        world = self._world
        for fault, (code, reason) in _EXITS.items():
            if fault in life.faults:
                self._exit(life, code, reason)
                return
        if Fault.PROBE not in life.faults:
            life.ready_since, life.due = world.at, None
            return
        since = world.at - (life.started or world.at)
        often = since < timedelta(minutes=1)
        life.due = world.at + _PROBES[0 if often else 1]
        says = "Readiness probe failed: HTTP probe failed with statuscode: 503"
        times = 1 if often else int(_PROBES[1] / _PROBES[0])
        self._tell(life, "Unhealthy", says, warning=True, times=times)

    def _exit(self, life: Life, code: int, reason: str) -> None:
        world = self._world
        life.last_exit = Exit(code, reason, life.started or world.at, world.at)
        life.ready_since = None
        if reason == "OOMKilled":
            node = world.store.get(NODES, "", life.node)
            says = "Memory cgroup out of memory: Killed process 4242 (node)"
            world.events.write(node, "OOMKilling", says, world.at, by="kernel-monitor", host=life.node, warning=True)
        if life.restarts == 0:
            # A container that ends for the first time is started again without waiting.
            life.state, life.due = State.EXITED, world.at + _AGAIN
            return
        life.state = State.CRASH_BACKOFF
        life.due = world.at + life.backoff
        whose = f"{life.name}_{life.namespace}({uid_of(self._pod(life))})"
        self._tell(life, "BackOff", f"Back-off restarting failed container {{container}} in pod {whose}", warning=True)

    def _restart(self, life: Life) -> None:
        life.restarts += 1
        self._start(life)

    def _pod(self, life: Life) -> Json:
        return self._world.store.get(PODS, life.namespace, life.name)

    def _images(self, life: Life) -> list[str]:
        return [container["image"] for container in self._pod(life)["spec"]["containers"]]

    def _tell(
        self, life: Life, reason: str, message: str, *, by: str = "kubelet", warning: bool = False, times: int = 1
    ) -> None:
        pod, world = self._pod(life), self._world
        container = pod["spec"]["containers"][0]
        said = message.replace("{container}", container["name"]).replace("{image}", container["image"])
        about_container = by == "kubelet"
        world.events.write(
            pod, reason, said, world.at,
            by=by, host=life.node if about_container else "", warning=warning, times=times,
            part=f"spec.containers{{{container['name']}}}" if about_container else "",
        )  # fmt: skip
