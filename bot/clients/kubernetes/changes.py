"""Changing a Deployment or an autoscaler: read just before the write, with ``resourceVersion`` as its precondition."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.autoscaler import least_of
from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.errors import Stale
from bot.clients.kubernetes.fields import annotation, version_of
from bot.clients.kubernetes.rollout import wanted
from bot.domain.errors import Away, Refusal
from bot.domain.verb import Change
from bot.world import k8s

#: The run that restarted it, on the template: so that a restart that was begun is not begun again.
MARK = "aureus.io/restarted-by"
#: When it was restarted, as ``kubectl rollout restart`` writes it.
_RESTARTED = "kubectl.kubernetes.io/restartedAt"
_TRIES = 3


@dataclass(frozen=True)
class Edit:
    """One value of one object, to be changed."""

    #: The value, as people name it.
    what: str
    #: The object now.
    read: Callable[[], Awaitable[Json]]
    #: The value in an object that was read.
    value: Callable[[Json], int | str]
    becomes: int | str
    #: The patch of ``spec`` that brings it about.
    spec: Json
    #: Sends a patch, as a dry run or not. Raises ``Stale``.
    write: Callable[[Json, bool], Awaitable[None]]
    #: Raises ``Refusal`` when an object that was read must not be changed so.
    allow: Callable[[Json], None] = lambda _: None

    async def stands(self) -> bool:
        """Whether it is so, read now."""
        return self.value(await self.read()) == self.becomes

    async def make(self, dry: bool) -> None:
        """Make the change, unless it is so already.

        When the object moved between read and write it is read again, ``_TRIES`` times at most. If it was this very
        value that moved, the change is refused: somebody wants something else.
        """
        before: int | str | None = None
        for _ in range(_TRIES):
            found = await self.read()
            now = self.value(found)
            if now == self.becomes:
                return
            if before not in (None, now):
                raise Refusal(
                    f"Somebody set {self.what} from {before} to {now} at the very moment of this change. "
                    "Nothing was changed by the bot.",
                    "Look at what they did, and ask again if it is still wanted.",
                )
            self.allow(found)
            before = now
            try:
                await self.write({"metadata": {"resourceVersion": version_of(found)}, "spec": self.spec}, dry)
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
                read=lambda: api.scale(deployment),
                value=wanted,
                becomes=replicas,
                spec={"replicas": replicas},
                write=lambda patch, dry: api.patch_scale(deployment, patch, dry),
            )
        case k8s.SetLeast(autoscaler, least):
            return Edit(
                what=f"the minimum of {autoscaler}",
                read=lambda: api.autoscaler(autoscaler),
                value=least_of,
                becomes=least,
                spec={"minReplicas": least},
                write=lambda patch, dry: api.patch_autoscaler(autoscaler, patch, dry),
            )
        case k8s.Restart(deployment, mark):
            return Edit(
                what=f"the restart mark of {deployment}",
                read=lambda: api.deployment(deployment),
                value=mark_of,
                becomes=mark,
                spec={"template": {"metadata": {"annotations": {_RESTARTED: _now(), MARK: mark}}}},
                write=lambda patch, dry: api.patch_deployment(deployment, patch, dry),
                allow=_not_paused,
            )
    raise Refusal(
        f"The cluster cannot do {type(change).__name__}. Nothing was changed.", "This is a mistake in the bot."
    )


def mark_of(deployment: Json) -> str:
    """The run that restarted it last; empty when none did."""
    return annotation(deployment["spec"]["template"], MARK)


def _not_paused(deployment: Json) -> None:
    if deployment["spec"].get("paused"):
        namespace, name = deployment["metadata"]["namespace"], deployment["metadata"]["name"]
        raise Refusal(
            f"The rollouts of Deployment {namespace}/{name} are paused, so a restart would replace no pod. "
            "Nothing was changed.",
            f"Resume them first: kubectl -n {namespace} rollout resume deployment/{name}",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
