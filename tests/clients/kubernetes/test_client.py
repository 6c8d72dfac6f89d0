"""The client as the engine uses it, in a sandbox where things break."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clients.kubernetes import Kubernetes, Limits
from bot.domain.errors import Away, Refusal, Unknown
from bot.domain.verb import Answer, At, Broken, Change, NotYet, Question
from bot.world import bot, k8s
from sandbox.kubernetes.aureus import BOT
from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.rbac import Rule
from tests.clients.kubernetes.stand import SandboxStand, sandbox

Story = Callable[[SandboxStand], Awaitable[None]]


def tell(folder: Path, story: Story) -> None:
    async def whole(stand: SandboxStand) -> None:
        await stand.begin()
        try:
            await story(stand)
        finally:
            stand.bot.close()

    with sandbox(folder) as stand:
        asyncio.run(whole(stand))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("image", "cannot be pulled (ImagePullBackOff)"),
        ("crash", "container main crashes again and again (CrashLoopBackOff, exit code 1), restarted"),
        ("oom", "container main was killed for using too much memory (OOMKilled, exit code 137), restarted"),
        ("probe", "container main runs, but its probe fails (readiness): HTTP probe failed with statuscode: 503"),
        ("room", "no node has room for it: 0/3 nodes are available: 3 Insufficient cpu."),
        ("quota", "pods cannot be made, the quota of the namespace is used up: "),
    ],
)
def test_the_reason_is_said_as_soon_as_it_is_seen_and_waited_for(fault: str, reason: str, tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        stand.cluster.break_service(fault, stand.ref.namespace, stand.ref.name)
        await stand.world.do(k8s.SetReplicas(stand.ref, 3))
        says = await stand.until_says(k8s.Ready(stand.ref, 3), reason)
        assert says.startswith("2 of 3 pods ready")
        await stand.passes(120)
        assert isinstance(await stand.world.test(k8s.Ready(stand.ref, 3)), NotYet)
        health = await stand.world.ask(k8s.HealthOf(stand.ref))
        assert any(reason in trouble for trouble in health.troubles)
        stand.cluster.heal_service(fault, stand.ref.namespace, stand.ref.name)
        await stand.until(k8s.Ready(stand.ref, 3))
        assert (await stand.world.ask(k8s.HealthOf(stand.ref))).troubles == ()

    tell(tmp_path, story)


def test_a_rollout_that_the_cluster_gives_up_is_broken_with_the_reason(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        await stand.somebody_patches({"progressDeadlineSeconds": 60})
        stand.break_image()
        await stand.world.do(k8s.Restart(stand.ref, "r1"))
        check = k8s.RolledOut(stand.ref, "r1")
        await stand.until_says(check, "cannot be pulled")
        await stand.passes(90)
        answer = await stand.world.test(check)
        assert isinstance(answer, Broken)
        assert answer.because.startswith("no progress for 60 s (ProgressDeadlineExceeded): ")
        assert "cannot be pulled" in answer.because
        assert (await stand.world.ask(k8s.HealthOf(stand.ref))).rolling

    tell(tmp_path, story)


def test_pods_of_an_older_template_are_not_the_reason(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        await stand.somebody_patches({"strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}})
        name = (stand.ref.namespace, stand.ref.name)
        stand.cluster.break_service("crash", *name, everything=True)
        stand.cluster.breakages.switch(Fault.CRASH, *name, on=False)
        stand.cluster.break_service("slow", *name)
        await stand.passes(2)
        await stand.world.do(k8s.Restart(stand.ref, "r1"))
        says = await stand.until_says(k8s.RolledOut(stand.ref, "r1"), "old still there")
        assert "exit code" not in says
        health = await stand.world.ask(k8s.HealthOf(stand.ref))
        assert any("exit code 1" in trouble for trouble in health.troubles)

    tell(tmp_path, story)


def test_pods_that_are_ending_are_waited_for_at_zero(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        await stand.world.do(k8s.SetReplicas(stand.ref, 0))
        assert await stand.until_says(k8s.Ready(stand.ref, 0), "still ending") == "2 pods are still ending"

    tell(tmp_path, story)


def test_an_autoscaler_that_takes_the_number_back_is_named(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        await stand.autoscale(2, 9)
        stand.cluster.set_load(stand.ref.name, 2, stand.ref.namespace)
        await stand.world.do(k8s.SetReplicas(stand.ref, 5))
        answer: Answer = await stand.until(k8s.Ready(stand.ref, 5), within=5)
        await stand.passes(20)
        answer = await stand.world.test(k8s.Ready(stand.ref, 5))
        assert isinstance(answer, Broken)
        assert answer.because == f"its autoscaler set {stand.ref} to 2 meanwhile"

    tell(tmp_path, story)


@dataclass(frozen=True)
class Outage:
    """A failure of the API server, and what becomes of a read and of a write."""

    name: str
    read: type
    words: str


@pytest.mark.parametrize(
    "outage",
    [
        Outage("away", Away, "broke the connection when asked to"),
        Outage("errors", Away, "The cluster failed when asked to"),
        Outage("throttle", Away, "has too much to do to"),
        Outage("unauthorized", Refusal, "does not accept the bot's credentials"),
    ],
    ids=lambda outage: outage.name,
)
def test_an_outage_is_said_and_leaves_everything_as_it_was(outage: Outage, tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        stand.cluster.break_cluster(outage.name)
        for use in (
            stand.world.ask(k8s.SizeOf(stand.ref)),
            stand.world.ask(k8s.HealthOf(stand.ref)),
            stand.world.do(k8s.SetReplicas(stand.ref, 5)),
            stand.world.rehearse(k8s.Restart(stand.ref, "r1")),
            stand.world.stands(k8s.SetReplicas(stand.ref, 5)),
            stand.world.test(k8s.Ready(stand.ref, 2)),
        ):
            with pytest.raises(outage.read, match=outage.words) as told:
                await use
            assert "Nothing was changed." in str(told.value)
            assert not isinstance(told.value, Unknown)
        stand.cluster.heal_cluster(outage.name)
        assert await stand.world.stands(k8s.SetReplicas(stand.ref, 2))

    tell(tmp_path, story)


def test_throttling_is_obeyed_for_as_long_as_it_asks(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        stand.cluster.breakages.retry_after = 7
        stand.cluster.break_cluster("throttle")
        with pytest.raises(Away) as told:
            await stand.world.do(k8s.SetReplicas(stand.ref, 5))
        assert told.value.again_in == 7

    tell(tmp_path, story)


def test_a_role_that_may_only_read_is_told_which_right_it_lacks(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        token = stand.cluster.users.named(BOT).token
        stand.cluster.users.add(BOT, [Rule(("*",), ("*",), ("*",), ("get", "list"))], token)
        for act in (stand.world.rehearse, stand.world.do):
            with pytest.raises(Refusal, match="its role lacks the verb patch on deployments/scale in namespace"):
                await act(k8s.SetReplicas(stand.ref, 5))
            with pytest.raises(Refusal, match="its role lacks the verb patch on deployments in namespace"):
                await act(k8s.Restart(stand.ref, "r1"))
        assert await stand.world.stands(k8s.SetReplicas(stand.ref, 2))

    tell(tmp_path, story)


def test_without_the_right_to_see_nodes_the_room_is_not_known_and_the_rest_is(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        known = await stand.world.ask(k8s.SizeOf(stand.ref))
        assert known.room is not None
        token = stand.cluster.users.named(BOT).token
        here = (stand.ref.namespace,)
        stand.cluster.users.add(BOT, [Rule(here, ("*",), ("*",), ("*",))], token)
        size = await stand.world.ask(k8s.SizeOf(stand.ref))
        assert (size.wanted, size.room) == (2, None)

    tell(tmp_path, story)


def test_without_the_right_to_see_pods_a_check_still_counts(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        token = stand.cluster.users.named(BOT).token
        here = (stand.ref.namespace,)
        stand.cluster.users.add(
            BOT, [Rule(here, ("apps",), ("deployments", "deployments/scale"), ("get", "patch"))], token
        )
        await stand.world.do(k8s.SetReplicas(stand.ref, 3))
        await stand.passes(0.5)
        assert await stand.world.test(k8s.Ready(stand.ref, 3)) == NotYet("2 of 3 pods ready")

    tell(tmp_path, story)


def test_a_read_before_a_write_that_is_not_answered_in_time_changed_nothing(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        impatient = Kubernetes(str(tmp_path / "aureus-bot.json"), Limits(connect=1, read=0.2, verb=1))
        assert await impatient.stands(k8s.SetReplicas(stand.ref, 2))
        stand.cluster.break_cluster("slow-api")
        with pytest.raises(Away, match="gave no answer in time") as told:
            await impatient.do(k8s.SetReplicas(stand.ref, 5))
        assert type(told.value) is Away, "only the read before the write was sent"
        stand.cluster.heal_cluster("slow-api")
        impatient.close()

    tell(tmp_path, story)


def test_verbs_of_other_systems_are_refused() -> None:
    async def story() -> None:
        kubernetes = Kubernetes("/nowhere")
        other: Question[object] = bot.Runs()
        with pytest.raises(Refusal, match="cannot answer Runs"):
            await kubernetes.ask(other)
        with pytest.raises(Refusal, match="cannot answer At"):
            await kubernetes.test(At(datetime(2026, 11, 24, tzinfo=UTC)))
        change: Change = bot.SetPaused(paused=True)
        with pytest.raises(Refusal, match="cannot do SetPaused"):
            await kubernetes.do(change)
        kubernetes.close()

    asyncio.run(story())


def test_twenty_looks_at_once_are_all_answered(tmp_path: Path) -> None:
    async def story(stand: SandboxStand) -> None:
        sizes = await asyncio.gather(*(stand.world.ask(k8s.SizeOf(stand.ref)) for _ in range(20)))
        assert {size.wanted for size in sizes} == {2}

    tell(tmp_path, story)
