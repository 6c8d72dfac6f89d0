"""Looking at a Deployment: its size, its health, and the reasons why it is not there yet."""

import asyncio

from bot.clients.kubernetes import autoscaler
from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.fields import annotation, owned, selector_of
from bot.clients.kubernetes.pods import Trouble, Weight, is_ready, pod_of, told, trouble_of
from bot.clients.kubernetes.rollout import REVISION, Reasons, Rollout, blocked, newest, overdue
from bot.clients.kubernetes.room import room
from bot.clients.kubernetes.template import present
from bot.domain.errors import Away, Refusal
from bot.world.k8s import Health, HealthOf, Size, SizeOf, TemplateOf

_TALKATIVE = 5  # the events of so many pods are read, not those of a hundred that ail alike


async def size_of(api: Api, question: SizeOf) -> Size:
    """How large it is, who owns the number, and how much room there is."""
    ref = question.deployment
    found, scalers, more = await asyncio.gather(
        api.deployment(ref), api.autoscalers(ref.namespace), _nodes_and_pods(api)
    )
    return _size(found, autoscaler.owner_of(found, scalers), more)


async def health_of(api: Api, question: HealthOf) -> Health:
    """How it is, and what troubles it."""
    ref = question.deployment
    found, scalers, more = await asyncio.gather(
        api.deployment(ref), api.autoscalers(ref.namespace), _nodes_and_pods(api)
    )
    sets, pods = await _sets_and_pods(api, found)
    troubles = await _troubles(api, pods)
    owner = autoscaler.owner_of(found, scalers)
    rollout = Rollout.of(found)
    grave = [(name, trouble) for name, trouble in troubles.items() if trouble.weight <= Weight.TROUBLED]
    said = [
        blocked([found, *sets]),
        *told(grave),
        "its rollout has made no progress within its deadline" if overdue(found) else "",
        "its rollouts are paused" if rollout.paused else "",
        autoscaler.trouble_of(owner, found) if owner else "",
    ]
    return Health(
        size=_size(found, owner, more),
        images=tuple(container["image"] for container in found["spec"]["template"]["spec"]["containers"]),
        revision=annotation(found, REVISION),
        pods=tuple(pod_of(pod, troubles.get(pod["metadata"]["name"])) for pod in pods),
        troubles=tuple(each for each in said if each),
        rolling=rollout.rolling,
    )


async def template_of(api: Api, question: TemplateOf) -> str:
    """The name of its present template."""
    found = await api.deployment(question.deployment)
    return present(found, await sets_of(api, found))


async def sets_of(api: Api, found: Json) -> list[Json]:
    """Its ReplicaSets."""
    return owned(await api.replica_sets(found["metadata"]["namespace"], selector_of(found)), [found])


async def reasons_of(api: Api, found: Json) -> Reasons:
    """Why it is not there yet; what may not be read is left out, for the numbers say enough to go on."""
    try:
        sets, pods = await _sets_and_pods(api, found)
        mine = owned(pods, newest(found, sets))
        troubles = await _troubles(api, mine)
    except (Away, Refusal):
        return Reasons(blocked([found]))
    return Reasons(blocked([found, *sets]), tuple(troubles.items()))


async def pods_left(api: Api, found: Json) -> int:
    """How many pods there are, those that are being ended too."""
    _, pods = await _sets_and_pods(api, found)
    return sum(1 for pod in pods if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"))


async def _sets_and_pods(api: Api, found: Json) -> tuple[list[Json], list[Json]]:
    namespace, selector = found["metadata"]["namespace"], selector_of(found)
    sets, pods = await asyncio.gather(api.replica_sets(namespace, selector), api.pods(namespace, selector))
    mine = owned(sets, [found])
    return mine, owned(pods, mine)


async def _troubles(api: Api, pods: list[Json]) -> dict[str, Trouble]:
    """What troubles each pod that is not ready, by its name."""
    ailing = [pod for pod in pods if not is_ready(pod)]
    events = await asyncio.gather(*(_events(api, pod) for pod in ailing[:_TALKATIVE]))
    heard = [*events, *([] for _ in ailing[_TALKATIVE:])]
    troubles = {pod["metadata"]["name"]: trouble_of(pod, said) for pod, said in zip(ailing, heard, strict=True)}
    return {name: trouble for name, trouble in troubles.items() if trouble is not None}


async def _events(api: Api, pod: Json) -> list[Json]:
    """What was reported of it; nothing where that may not be read."""
    try:
        return await api.events(pod["metadata"]["namespace"], pod["metadata"]["uid"])
    except (Away, Refusal):
        return []


async def _nodes_and_pods(api: Api) -> tuple[list[Json], list[Json]] | None:
    """What room is reckoned from; ``None`` where it may not be read, which is no reason to refuse."""
    try:
        nodes, pods = await asyncio.gather(api.nodes(), api.all_pods())
    except Refusal:
        return None
    return nodes, pods


def _size(found: Json, owner: Json | None, more: tuple[list[Json], list[Json]] | None) -> Size:
    rollout = Rollout.of(found)
    return Size(
        wanted=rollout.wanted,
        ready=rollout.ready,
        available=rollout.available,
        updated=rollout.updated,
        paused=rollout.paused,
        autoscaler=autoscaler.scaling_of(owner, found) if owner else None,
        room=room(found, *more) if more else None,
    )
