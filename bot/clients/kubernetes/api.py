"""The calls that the bot makes, one method each; and the time within which one verb must be done."""

import time

from bot.clients.kubernetes.call import (
    AUTOSCALERS,
    DEPLOYMENTS,
    EVENTS,
    FIELD_MANAGER,
    NODES,
    PODS,
    REPLICA_SETS,
    SCALES,
    Call,
    Json,
    Resource,
)
from bot.clients.kubernetes.connection import Connection
from bot.world.k8s import Autoscaler, Deployment

_PAGE = "500"


class Api:
    """The calls of one verb. Each raises ``Away``, ``Unknown`` or ``Refusal``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + connection.limits.verb

    async def deployment(self, ref: Deployment) -> Json:
        return await self._get(DEPLOYMENTS, ref)

    async def patch_deployment(self, ref: Deployment, patch: Json, dry: bool) -> None:
        await self._patch(DEPLOYMENTS, ref, patch, dry)

    async def scale(self, ref: Deployment) -> Json:
        return await self._get(SCALES, ref)

    async def patch_scale(self, ref: Deployment, patch: Json, dry: bool) -> None:
        await self._patch(SCALES, ref, patch, dry)

    async def autoscaler(self, ref: Autoscaler) -> Json:
        return await self._get(AUTOSCALERS, ref)

    async def patch_autoscaler(self, ref: Autoscaler, patch: Json, dry: bool) -> None:
        await self._patch(AUTOSCALERS, ref, patch, dry)

    async def autoscalers(self, namespace: str) -> list[Json]:
        return await self._list(AUTOSCALERS, namespace)

    async def replica_sets(self, namespace: str, selector: str) -> list[Json]:
        return await self._list(REPLICA_SETS, namespace, labelSelector=selector)

    async def pods(self, namespace: str, selector: str) -> list[Json]:
        return await self._list(PODS, namespace, labelSelector=selector)

    async def events(self, namespace: str, uid: str) -> list[Json]:
        """What was reported of one object."""
        return await self._list(EVENTS, namespace, fieldSelector=f"involvedObject.uid={uid}")

    async def nodes(self) -> list[Json]:
        return await self._list(NODES)

    async def all_pods(self) -> list[Json]:
        """The pods of all namespaces that take room."""
        return await self._list(PODS, fieldSelector="status.phase!=Succeeded,status.phase!=Failed")

    async def _get(self, resource: Resource, ref: Deployment | Autoscaler) -> Json:
        return await self._connection.send(Call("get", resource, ref.namespace, ref.name), self._deadline)

    async def _patch(self, resource: Resource, ref: Deployment | Autoscaler, patch: Json, dry: bool) -> None:
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", **({"dryRun": "All"} if dry else {})}
        await self._connection.send(Call("patch", resource, ref.namespace, ref.name, query, patch, dry), self._deadline)

    async def _list(self, resource: Resource, namespace: str = "", **query: str) -> list[Json]:
        items: list[Json] = []
        more = ""
        while True:
            page = {"limit": _PAGE, **query, **({"continue": more} if more else {})}
            told = await self._connection.send(Call("list", resource, namespace, query=page), self._deadline)
            items += told.get("items") or ()
            more = (told.get("metadata") or {}).get("continue") or ""
            if not more:
                return items
