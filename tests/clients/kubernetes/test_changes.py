"""Changes, when somebody else changes the same object between the bot's read and its write."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.changes import edit
from bot.clients.kubernetes.connection import Connection
from bot.clients.threads import Limits
from bot.domain.errors import Away, Refusal
from bot.domain.verb import Change
from bot.world import k8s
from sandbox.kubernetes.kinds import DEPLOYMENTS, REPLICA_SETS
from tests.clients.kubernetes.stand import SandboxStand, sandbox

Meddle = Callable[[SandboxStand], Awaitable[None]]


class MeddledApi(Api):
    """Somebody else is at work between every read and the write that follows it, ``times`` times."""

    def __init__(self, connection: Connection, stand: SandboxStand, meddle: Meddle, times: int) -> None:
        super().__init__(connection)
        self._stand, self._meddle, self._times = stand, meddle, times
        self.writes = 0

    async def patch_scale(self, ref: k8s.Deployment, patch: Json, dry: bool) -> None:
        await self._meddles()
        await super().patch_scale(ref, patch, dry)

    async def patch_deployment(self, ref: k8s.Deployment, patch: Json, dry: bool) -> None:
        await self._meddles()
        await super().patch_deployment(ref, patch, dry)

    async def patch_autoscaler(self, ref: k8s.Autoscaler, patch: Json, dry: bool) -> None:
        await self._meddles()
        await super().patch_autoscaler(ref, patch, dry)

    async def _meddles(self) -> None:
        self.writes += 1
        if self.writes <= self._times:
            await self._meddle(self._stand)


def meddled(
    folder: Path, change: Callable[[SandboxStand], Change], meddle: Meddle, times: int = 1, autoscaled: bool = False
) -> tuple[BaseException | None, int, bool]:
    """The error, how many writes were sent, and whether the change stands at the end."""

    async def story(stand: SandboxStand) -> tuple[BaseException | None, int, bool]:
        await stand.begin()
        if autoscaled:
            await stand.autoscale(2, 9)
        connection = Connection(str(folder / "aureus-bot.json"), Limits())
        api = MeddledApi(connection, stand, meddle, times)
        wanted = edit(api, change(stand))
        error: BaseException | None = None
        try:
            await wanted.make(dry=False)
        except (Refusal, Away) as told:
            error = told
        stands = await wanted.stands()
        connection.close()
        await stand.end()
        return error, api.writes, stands

    with sandbox(folder) as stand:
        return asyncio.run(story(stand))


async def labels(stand: SandboxStand) -> None:
    """Something else about it."""
    await stand.somebody_patches({"minReadySeconds": int((await stand.read()).spec.min_ready_seconds or 0) + 1})


async def scales(stand: SandboxStand) -> None:
    await stand.somebody_scales(7)


async def scales_as_wanted(stand: SandboxStand) -> None:
    await stand.somebody_scales(5)


async def pauses(stand: SandboxStand) -> None:
    await stand.somebody_patches({"paused": True})


async def deploys(stand: SandboxStand) -> None:
    container = {"name": "main", "image": "ghcr.io/aureus/test:2.0.0"}
    await stand.somebody_patches({"template": {"spec": {"containers": [container]}}})
    await stand.passes(60)


async def sets_least(stand: SandboxStand) -> None:
    await stand.somebody_sets_least(4)


def to_five(stand: SandboxStand) -> Change:
    return k8s.SetReplicas(stand.ref, 5)


def restart(stand: SandboxStand) -> Change:
    return k8s.Restart(stand.ref, "r1")


def least_three(stand: SandboxStand) -> Change:
    return k8s.SetLeast(stand.hpa, 3)


@pytest.mark.parametrize("change", [to_five, restart])
def test_a_stale_resource_version_is_read_again_and_the_change_is_made(
    change: Callable[[SandboxStand], Change], tmp_path: Path
) -> None:
    assert meddled(tmp_path, change, labels) == (None, 2, True)


def test_after_three_conflicts_it_is_left_for_later(tmp_path: Path) -> None:
    error, writes, stands = meddled(tmp_path, to_five, labels, times=9)
    assert isinstance(error, Away)
    assert "3 times over. Nothing was changed." in str(error)
    assert (writes, stands) == (3, False)


def test_a_number_that_somebody_else_set_at_that_moment_is_not_overwritten(tmp_path: Path) -> None:
    error, writes, stands = meddled(tmp_path, to_five, scales)
    assert isinstance(error, Refusal)
    assert "from 2 to 7 at the very moment of this change. Nothing was changed by the bot." in error.because
    assert error.hint
    assert (writes, stands) == (1, False)


def test_when_somebody_else_set_the_wanted_number_nothing_is_left_to_do(tmp_path: Path) -> None:
    assert meddled(tmp_path, to_five, scales_as_wanted) == (None, 1, True)


def test_a_pause_at_that_moment_stops_the_restart(tmp_path: Path) -> None:
    error, writes, stands = meddled(tmp_path, restart, pauses)
    assert isinstance(error, Refusal)
    assert "are paused" in error.because
    assert (writes, stands) == (1, False)


def test_a_deploy_at_that_moment_is_not_overwritten_by_an_earlier_template(tmp_path: Path) -> None:
    """Restarted, then put back; and between read and write somebody deploys."""

    def back(stand: SandboxStand) -> Change:
        [first] = [
            each
            for each in stand.cluster.store.list(REPLICA_SETS)
            if each["metadata"]["name"].startswith(stand.ref.name)
        ]
        name = first["metadata"]["labels"]["pod-template-hash"]
        with stand.cluster.lock:
            deployment = stand.cluster.store.get(DEPLOYMENTS, stand.ref.namespace, stand.ref.name)
            with stand.cluster.store.edit(DEPLOYMENTS, deployment, stand.clock.now(), subresource="") as edited:
                edited["spec"]["template"]["metadata"]["annotations"] = {"restarted": "yes"}
            stand.cluster.written()
        stand.clock.move(timedelta(minutes=1))
        return k8s.SetTemplate(stand.ref, name)

    error, writes, stands = meddled(tmp_path, back, deploys)
    assert isinstance(error, Refusal)
    assert "the pod template of" in error.because
    assert "at the very moment of this change" in error.because
    assert (writes, stands) == (1, False)


def test_a_minimum_that_somebody_else_set_at_that_moment_is_not_overwritten(tmp_path: Path) -> None:
    error, writes, stands = meddled(tmp_path, least_three, sets_least, autoscaled=True)
    assert isinstance(error, Refusal)
    assert "from 2 to 4" in error.because
    assert (writes, stands) == (1, False)
