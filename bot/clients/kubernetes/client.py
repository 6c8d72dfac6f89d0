"""The cluster as a ``World``: each verb of ``bot.world.k8s``, and no other."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from bot.clients.kubernetes.connection import Api, Connection
from bot.domain.errors import Refusal
from bot.domain.verb import Answer, Change, Check, Question
from bot.world import k8s

T = TypeVar("T")


class Kubernetes:
    """A ``World`` of the verbs in ``bot.world.k8s``. ``kubeconfig`` is a path; empty: the cluster that it runs in."""

    def __init__(self, kubeconfig: str) -> None:
        self._connection = Connection(kubeconfig)

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        match asked:
            case k8s.SizeOf(deployment):
                return cast(T, await self._look(lambda api: _looks().size(api, deployment), f"Deployment {deployment}"))
            case k8s.HealthOf(deployment):
                return cast(
                    T, await self._look(lambda api: _looks().health(api, deployment), f"Deployment {deployment}")
                )
        raise Refusal(f"No outside answers {type(question).__name__}.", "Nothing was changed.")

    async def rehearse(self, change: Change) -> None:
        await self._write(change, dry=True)

    async def do(self, change: Change) -> None:
        await self._write(change, dry=False)

    async def stands(self, change: Change) -> bool:
        from bot.clients.kubernetes import changes  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s

        reads: Mapping[type, Callable[[Api, Any], bool]] = {
            k8s.SetReplicas: changes.replicas_stand,
            k8s.SetLeast: changes.least_stands,
            k8s.Restart: changes.restart_stands,
        }
        read = _of(reads, change)
        return await self._look(lambda api: read(api, change), change.touches)

    async def test(self, check: Check) -> Answer:
        looks = _looks()
        tests: Mapping[type, Callable[[Api, Any], Answer]] = {
            k8s.Ready: looks.ready,
            k8s.RolledOut: looks.rolled_out,
            k8s.LeastIs: looks.least_is,
        }
        test = _of(tests, check)
        about = getattr(check, "deployment", check)
        return await self._look(lambda api: test(api, check), f"Deployment {about}")

    async def _write(self, change: Change, dry: bool) -> None:
        from bot.clients.kubernetes import changes  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s

        writes: Mapping[type, Callable[[Api, Any, bool], None]] = {
            k8s.SetReplicas: changes.set_replicas,
            k8s.SetLeast: changes.set_least,
            k8s.Restart: changes.restart,
        }
        write = _of(writes, change)
        await self._connection.call(lambda api: write(api, change, dry), change.touches, writes=not dry)

    async def _look(self, work: Callable[[Api], T], what: str) -> T:
        return await self._connection.call(work, what)


def _looks() -> Any:
    from bot.clients.kubernetes import looks  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s

    return looks


def _of(table: Mapping[type, T], verb: object) -> T:
    found = table.get(type(verb))
    if found is None:
        raise Refusal(f"Nothing outside can do {type(verb).__name__}.", "Nothing was changed.")
    return found
