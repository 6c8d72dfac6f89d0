"""Changing a Deployment or an autoscaler: read just before the write, with ``resourceVersion`` as its precondition."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.autoscaler import least_of
from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.errors import Stale
from bot.clients.kubernetes.fields import annotation, version_of
from bot.clients.kubernetes.looks import sets_of
from bot.clients.kubernetes.rollout import wanted
from bot.clients.kubernetes.template import difference, kept, present
from bot.domain.errors import Away, Refusal
from bot.domain.verb import Change
from bot.world import k8s

#: The run that restarted it, on the template: so that a restart that was begun is not begun again.
MARK = "aureus.io/restarted-by"
#: When it was restarted, as ``kubectl rollout restart`` writes it.
_RESTARTED = "kubectl.kubernetes.io/restartedAt"
_TRIES = 3


@dataclass(frozen=True)
class Seen:
    """An object, as it was read for a change."""

    object: Json
    #: The value that is to be changed, as it is.
    value: int | str
    #: The patch of ``spec`` that makes it the wanted one.
    spec: Json


@dataclass(frozen=True)
class Edit:
    """One value of one object, to be changed."""

    #: The value, as people name it.
    what: str
    read: Callable[[], Awaitable[Seen]]
    becomes: int | str
    #: Sends a patch, as a dry run or not. Raises ``Stale``.
    write: Callable[[Json, bool], Awaitable[None]]
    #: Raises ``Refusal`` when an object that was read must not be changed so.
    allow: Callable[[Seen], None] = lambda _: None

    async def stands(self) -> bool:
        """Whether it is so, read now."""
        return (await self.read()).value == self.becomes

    async def make(self, dry: bool) -> None:
        """Make the change, unless it is so already.

        When the object moved between read and write it is read again, ``_TRIES`` times at most. If it was this very
        value that moved, the change is refused: somebody wants something else.
        """
        before: int | str | None = None
        for _ in range(_TRIES):
            seen = await self.read()
            if seen.value == self.becomes:
                return
            if before not in (None, seen.value):
                raise Refusal(
                    f"Somebody set {self.what} from {before} to {seen.value} at the very moment of this change. "
                    "Nothing was changed by the bot.",
                    "Look at what they did, and ask again if it is still wanted.",
                )
            self.allow(seen)
            before = seen.value
            try:
                await self.write({"metadata": {"resourceVersion": version_of(seen.object)}, "spec": seen.spec}, dry)
            except Stale:
                continue
            return
        raise Away(f"Others kept changing what {self.what} belongs to, {_TRIES} times over. Nothing was changed.")


def edit(api: Api, change: Change) -> Edit:
    """How a change is made. Raises ``Refusal`` for one that is not of ``bot.world.k8s``."""
    match change:
        case k8s.SetReplicas(deployment, replicas):
            return Edit(
                what=f"the replicas of {deployment}",
                read=_read(lambda: api.scale(deployment), wanted, {"replicas": replicas}),
                becomes=replicas,
                write=lambda patch, dry: api.patch_scale(deployment, patch, dry),
            )
        case k8s.SetLeast(autoscaler, least):
            return Edit(
                what=f"the minimum of {autoscaler}",
                read=_read(lambda: api.autoscaler(autoscaler), least_of, {"minReplicas": least}),
                becomes=least,
                write=lambda patch, dry: api.patch_autoscaler(autoscaler, patch, dry),
            )
        case k8s.Restart(deployment, mark):
            notes = {_RESTARTED: _now(), MARK: mark}
            return Edit(
                what=f"the restart mark of {deployment}",
                read=_read(
                    lambda: api.deployment(deployment), mark_of, {"template": {"metadata": {"annotations": notes}}}
                ),
                becomes=mark,
                write=lambda patch, dry: api.patch_deployment(deployment, patch, dry),
                allow=lambda seen: _not_paused(seen, "a restart would replace no pod"),
            )
        case k8s.SetTemplate(deployment, template):
            return Edit(
                what=f"the pod template of {deployment}",
                read=lambda: _templates(api, deployment, template),
                becomes=template,
                write=lambda patch, dry: api.patch_deployment(deployment, patch, dry),
                allow=lambda seen: _may_go_back(seen, template),
            )
    raise Refusal(
        f"The cluster cannot do {type(change).__name__}. Nothing was changed.", "This is a mistake in the bot."
    )


def _read(
    read: Callable[[], Awaitable[Json]], value: Callable[[Json], int | str], spec: Json
) -> Callable[[], Awaitable[Seen]]:
    """The same patch, whatever is found."""

    async def seen() -> Seen:
        found = await read()
        return Seen(found, value(found), spec)

    return seen


async def _templates(api: Api, ref: k8s.Deployment, name: str) -> Seen:
    """The patch is what tells the present template from the wanted one; it is empty when that one is not kept."""
    found = await api.deployment(ref)
    sets = await sets_of(api, found)
    then = kept(sets, name)
    return Seen(found, present(found, sets), {"template": difference(found["spec"]["template"], then)} if then else {})


def mark_of(deployment: Json) -> str:
    """The run that restarted it last; empty when none did."""
    return annotation(deployment["spec"]["template"], MARK)


def _not_paused(seen: Seen, so: str) -> None:
    if seen.object["spec"].get("paused"):
        namespace, name = seen.object["metadata"]["namespace"], seen.object["metadata"]["name"]
        raise Refusal(
            f"The rollouts of Deployment {namespace}/{name} are paused, so {so}. Nothing was changed.",
            f"Resume them first: kubectl -n {namespace} rollout resume deployment/{name}",
        )


def _may_go_back(seen: Seen, template: str) -> None:
    _not_paused(seen, "an earlier template would not be rolled out")
    if not seen.spec:
        namespace, name = seen.object["metadata"]["namespace"], seen.object["metadata"]["name"]
        raise Refusal(
            f"The cluster does not keep the pod template {template} of Deployment {namespace}/{name} any more, "
            "so it cannot be put back. Nothing was changed.",
            f"Deploy what shall run; spec.revisionHistoryLimit ({seen.object['spec'].get('revisionHistoryLimit')}) "
            "says how many old templates are kept.",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
