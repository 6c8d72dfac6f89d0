"""The cluster as a ``World``: each verb of ``bot.world.k8s``, and no other."""

from typing import TypeVar, cast

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.changes import edit
from bot.clients.kubernetes.checks import least_is, ready, rolled_out, template_is
from bot.clients.kubernetes.connection import Connection
from bot.clients.kubernetes.looks import health_of, size_of, template_of
from bot.clients.threads import Limits
from bot.domain.errors import Refusal
from bot.domain.verb import Answer, Change, Check, Question
from bot.world import k8s

T = TypeVar("T")


class Kubernetes:
    """A ``World`` of the verbs in ``verbs``. ``kubeconfig`` is a path; empty: the cluster that it runs in.

    Every verb ends within ``limits.verb`` seconds. Besides what its answer says, it may raise ``Away`` (the cluster
    cannot be reached, or has too much to do), ``Unknown`` (a write without an answer) and ``Refusal`` (it may not, it
    is not there, it is not valid; or the kubeconfig cannot be used).
    """

    #: What it answers for; anything else is refused.
    verbs = frozenset(
        {k8s.SizeOf, k8s.HealthOf, k8s.TemplateOf}
        | {k8s.SetReplicas, k8s.SetLeast, k8s.Restart, k8s.SetTemplate}
        | {k8s.Ready, k8s.RolledOut, k8s.TemplateIs, k8s.LeastIs}
    )

    def __init__(self, kubeconfig: str, limits: Limits | None = None) -> None:
        self._connection = Connection(kubeconfig, limits or Limits())

    async def open(self) -> None:
        """Load package and configuration: so that a wrong one is said at start, and the first call is quick.

        Does not speak to the cluster: one that is away is no reason not to start. Raises ``Refusal``.
        """
        await self._connection.open()

    def close(self) -> None:
        """Begin nothing more."""
        self._connection.close()

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        match asked:
            case k8s.SizeOf():
                return cast(T, await size_of(Api(self._connection), asked))
            case k8s.HealthOf():
                return cast(T, await health_of(Api(self._connection), asked))
            case k8s.TemplateOf():
                return cast(T, await template_of(Api(self._connection), asked))
        raise _unknown(question)

    async def rehearse(self, change: Change) -> None:
        """A dry run by the server of exactly this change: validation, admission and rights included."""
        await edit(Api(self._connection), change).make(dry=True)

    async def do(self, change: Change) -> None:
        await edit(Api(self._connection), change).make(dry=False)

    async def stands(self, change: Change) -> bool:
        return await edit(Api(self._connection), change).stands()

    async def test(self, check: Check) -> Answer:
        api = Api(self._connection)
        match check:
            case k8s.Ready():
                return await ready(api, check)
            case k8s.RolledOut():
                return await rolled_out(api, check)
            case k8s.TemplateIs():
                return await template_is(api, check)
            case k8s.LeastIs():
                return await least_is(api, check)
        raise _unknown(check)


def _unknown(verb: object) -> Refusal:
    return Refusal(
        f"The cluster cannot answer {type(verb).__name__}. Nothing was changed.", "It is a mistake in the bot."
    )
