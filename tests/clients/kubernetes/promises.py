"""What the client keeps with every cluster: one function a promise, tried in the sandbox and in a real one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.domain.errors import Refusal
from bot.domain.verb import Broken, Met, NotYet
from bot.world import k8s
from tests.clients.kubernetes.stand import Stand

Use = tuple[type, str]


@dataclass(frozen=True)
class Promise:
    """One promise, and the verbs (with the way of using them) that its trial must have used."""

    name: str
    uses: frozenset[Use]
    trial: Callable[[Stand], Awaitable[None]]

    async def keep(self, stand: Stand) -> None:
        """Try it. Raises ``AssertionError`` when it is broken, or when it was not tried at all."""
        try:
            await stand.begin()
            stand.world.seen.clear()
            await self.trial(stand)
        finally:
            await stand.end()
        assert self.uses <= stand.world.seen, f"{self.name} says that it uses what it did not use"


PROMISES: list[Promise] = []


def promise(*uses: Use) -> Callable[[Callable[[Stand], Awaitable[None]]], Callable[[Stand], Awaitable[None]]]:
    """Add a promise, with the verbs that it is about."""

    def add(trial: Callable[[Stand], Awaitable[None]]) -> Callable[[Stand], Awaitable[None]]:
        PROMISES.append(Promise(trial.__name__, frozenset(uses), trial))
        return trial

    return add


@promise((k8s.SizeOf, "ask"))
async def the_size_is_what_was_made(stand: Stand) -> None:
    size = await stand.world.ask(k8s.SizeOf(stand.ref))
    assert (size.wanted, size.ready, size.available, size.updated, size.paused) == (2, 2, 2, 2, False)
    assert size.autoscaler is None
    assert size.room is None or size.room >= 0


@promise((k8s.HealthOf, "ask"))
async def the_health_names_pods_images_and_revision(stand: Stand) -> None:
    health = await stand.world.ask(k8s.HealthOf(stand.ref))
    assert len(health.pods) == 2
    assert all(pod.ready and pod.node and pod.started and not pod.trouble for pod in health.pods)
    assert all(pod.name.startswith(stand.ref.name) for pod in health.pods)
    assert (len(health.images), health.revision, health.troubles, health.rolling) == (1, "1", (), False)


@promise((k8s.SetReplicas, "rehearse"), (k8s.SetReplicas, "stands"))
async def a_rehearsed_scale_changes_nothing(stand: Stand) -> None:
    await stand.world.rehearse(k8s.SetReplicas(stand.ref, 3))
    assert not await stand.world.stands(k8s.SetReplicas(stand.ref, 3))
    assert await stand.world.stands(k8s.SetReplicas(stand.ref, 2))


@promise((k8s.SetReplicas, "do"), (k8s.SetReplicas, "stands"), (k8s.Ready, "test"))
async def a_scale_up_becomes_ready_and_stands(stand: Stand) -> None:
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    assert await stand.world.stands(k8s.SetReplicas(stand.ref, 3))
    assert await stand.until(k8s.Ready(stand.ref, 3)) == Met("3 of 3 pods ready")


@promise((k8s.SetReplicas, "do"))
async def a_scale_that_is_done_twice_is_done_once(stand: Stand) -> None:
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    before = (await stand.read()).metadata.generation
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    assert (await stand.read()).metadata.generation == before


@promise((k8s.SetReplicas, "do"))
async def a_write_names_its_field_manager(stand: Stand) -> None:
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    managers = {(entry.manager, entry.subresource) for entry in (await stand.read()).metadata.managed_fields}
    assert ("aureus-bot", "scale") in managers


@promise((k8s.Ready, "test"))
async def scaled_to_zero_means_that_the_last_pod_is_gone(stand: Stand) -> None:
    await stand.world.do(k8s.SetReplicas(stand.ref, 0))
    assert isinstance(await stand.world.test(k8s.Ready(stand.ref, 0)), NotYet)
    assert await stand.until(k8s.Ready(stand.ref, 0)) == Met("no pods wanted")
    assert (await stand.world.ask(k8s.HealthOf(stand.ref))).pods == ()


@promise((k8s.Ready, "test"))
async def a_number_that_somebody_else_set_is_broken(stand: Stand) -> None:
    await stand.somebody_scales(1)
    answer = await stand.world.test(k8s.Ready(stand.ref, 2))
    assert answer == Broken(f"somebody (with kubectl) set {stand.ref} to 1 meanwhile")


@promise((k8s.Ready, "test"), (k8s.HealthOf, "ask"))
async def an_image_that_cannot_be_pulled_is_named_and_waited_for(stand: Stand) -> None:
    stand.break_image()
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    assert "the image " in await stand.until_says(k8s.Ready(stand.ref, 3), "cannot be pulled")
    health = await stand.world.ask(k8s.HealthOf(stand.ref))
    assert any("cannot be pulled" in trouble for trouble in health.troubles)
    assert any("cannot be pulled" in pod.trouble for pod in health.pods)


@promise((k8s.Ready, "test"))
async def an_image_whose_name_is_none_is_broken_at_once(stand: Stand) -> None:
    await stand.somebody_patches({"template": {"spec": {"containers": [{"name": "main", "image": "No Image:::"}]}}})
    answer = await stand.until(k8s.Ready(stand.ref, 2))
    assert isinstance(answer, Broken)
    assert "can never be pulled (InvalidImageName)" in answer.because


@promise((k8s.Restart, "rehearse"), (k8s.Restart, "stands"))
async def a_rehearsed_restart_changes_nothing(stand: Stand) -> None:
    before = (await stand.read()).metadata.generation
    await stand.world.rehearse(k8s.Restart(stand.ref, "r1"))
    assert not await stand.world.stands(k8s.Restart(stand.ref, "r1"))
    assert (await stand.read()).metadata.generation == before


@promise((k8s.Restart, "do"), (k8s.Restart, "stands"), (k8s.RolledOut, "test"))
async def a_restart_replaces_every_pod_once(stand: Stand) -> None:
    old = {pod.name for pod in (await stand.world.ask(k8s.HealthOf(stand.ref))).pods}
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    assert await stand.world.stands(k8s.Restart(stand.ref, "r1"))
    assert await stand.until(k8s.RolledOut(stand.ref, "r1")) == Met("2 of 2 pods ready")
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    health = await stand.world.ask(k8s.HealthOf(stand.ref))
    assert health.revision == "2"
    assert not old & {pod.name for pod in health.pods if pod.ready}
    notes = (await stand.read()).spec.template.metadata.annotations
    assert notes["aureus.io/restarted-by"] == "r1"
    assert notes["kubectl.kubernetes.io/restartedAt"].endswith("Z")


@promise((k8s.RolledOut, "test"))
async def a_restart_by_another_run_is_broken(stand: Stand) -> None:
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    await stand.world.do(k8s.Restart(stand.ref, "r2"))
    answer = await stand.world.test(k8s.RolledOut(stand.ref, "r1"))
    assert isinstance(answer, Broken)
    assert "again meanwhile" in answer.because
    assert not await stand.world.stands(k8s.Restart(stand.ref, "r1"))


@promise((k8s.Restart, "do"), (k8s.Restart, "rehearse"), (k8s.SizeOf, "ask"))
async def a_paused_deployment_is_not_restarted(stand: Stand) -> None:
    await stand.somebody_patches({"paused": True})
    assert (await stand.world.ask(k8s.SizeOf(stand.ref))).paused
    for act in (stand.world.rehearse, stand.world.do):
        with pytest.raises(Refusal, match=r"are paused, so a restart would replace no pod\. Nothing was changed"):
            await act(k8s.Restart(stand.ref, "r1"))
    assert not await stand.world.stands(k8s.Restart(stand.ref, "r1"))


@promise((k8s.TemplateOf, "ask"), (k8s.SetTemplate, "stands"))
async def the_present_template_has_a_name(stand: Stand) -> None:
    name = await stand.world.ask(k8s.TemplateOf(stand.ref))
    assert name
    assert await stand.world.stands(k8s.SetTemplate(stand.ref, name))
    await stand.world.do(k8s.SetReplicas(stand.ref, 3))
    assert await stand.world.ask(k8s.TemplateOf(stand.ref)) == name


@promise((k8s.SetTemplate, "do"), (k8s.SetTemplate, "rehearse"), (k8s.SetTemplate, "stands"), (k8s.TemplateIs, "test"))
async def the_template_before_a_restart_is_put_back_and_never_flips_forward(stand: Stand) -> None:
    old = await stand.world.ask(k8s.TemplateOf(stand.ref))
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    assert await stand.until(k8s.RolledOut(stand.ref, "r1")) == Met("2 of 2 pods ready")
    back = k8s.SetTemplate(stand.ref, old)
    assert not await stand.world.stands(back)
    await stand.world.rehearse(back)
    assert not await stand.world.stands(back)
    await stand.world.do(back)
    assert await stand.world.stands(back)
    assert not await stand.world.stands(k8s.Restart(stand.ref, "r1"))
    assert await stand.until(k8s.TemplateIs(stand.ref, old)) == Met("2 of 2 pods ready")
    before = await stand.read()
    assert not before.spec.template.metadata.annotations
    await stand.world.do(back)
    assert (await stand.read()).metadata.generation == before.metadata.generation
    assert await stand.world.ask(k8s.TemplateOf(stand.ref)) == old


@promise((k8s.SetTemplate, "do"), (k8s.TemplateIs, "test"))
async def containers_variables_and_labels_of_a_template_are_put_back(stand: Stand) -> None:
    old = await stand.world.ask(k8s.TemplateOf(stand.ref))
    then = (await stand.read()).spec.template.to_dict()
    container = {"name": "main", "env": [{"name": "LEVEL", "value": "debug"}]}
    await stand.somebody_patches(
        {"template": {"metadata": {"labels": {"more": "yes"}}, "spec": {"containers": [container]}}}
    )
    assert isinstance(await stand.until(k8s.Ready(stand.ref, 2)), Met)
    await stand.world.do(k8s.SetTemplate(stand.ref, old))
    assert isinstance(await stand.until(k8s.TemplateIs(stand.ref, old)), Met)
    assert (await stand.read()).spec.template.to_dict() == then


@promise((k8s.TemplateIs, "test"))
async def a_template_that_somebody_else_set_is_broken(stand: Stand) -> None:
    old = await stand.world.ask(k8s.TemplateOf(stand.ref))
    await stand.somebody_patches({"template": {"metadata": {"annotations": {"more": "yes"}}}})
    await stand.until(k8s.Ready(stand.ref, 2))
    answer = await stand.world.test(k8s.TemplateIs(stand.ref, old))
    assert answer == Broken(f"somebody restarted or deployed {stand.ref} meanwhile: its template is another one")


@promise((k8s.SetTemplate, "do"), (k8s.SetTemplate, "rehearse"))
async def a_template_is_not_put_back_while_paused_nor_when_it_is_not_kept(stand: Stand) -> None:
    old = await stand.world.ask(k8s.TemplateOf(stand.ref))
    for act in (stand.world.rehearse, stand.world.do):
        with pytest.raises(Refusal, match=r"does not keep the pod template 0000 of Deployment .*Nothing was changed"):
            await act(k8s.SetTemplate(stand.ref, "0000"))
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    await stand.until(k8s.RolledOut(stand.ref, "r1"))
    await stand.somebody_patches({"paused": True})
    for act in (stand.world.rehearse, stand.world.do):
        with pytest.raises(Refusal, match=r"are paused, so an earlier template would not be rolled out\. Nothing was"):
            await act(k8s.SetTemplate(stand.ref, old))
    assert await stand.world.stands(k8s.Restart(stand.ref, "r1"))


@promise((k8s.Restart, "do"), (k8s.SetTemplate, "do"), (k8s.TemplateIs, "test"), (k8s.RolledOut, "test"))
async def a_restart_that_does_not_become_ready_leaves_none_of_its_pods_behind(stand: Stand) -> None:
    old = await stand.world.ask(k8s.TemplateOf(stand.ref))
    mine = {pod.name for pod in (await stand.world.ask(k8s.HealthOf(stand.ref))).pods}
    await stand.somebody_patches({"strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}})
    await stand.until(k8s.Ready(stand.ref, 2))
    stand.break_image()  # in a real cluster by another template, in the sandbox for every new pod
    await stand.world.do(k8s.Restart(stand.ref, "r1"))
    await stand.until_says(k8s.RolledOut(stand.ref, "r1"), "cannot be pulled")
    await stand.world.do(k8s.SetTemplate(stand.ref, old))
    assert await stand.until(k8s.TemplateIs(stand.ref, old)) == Met("2 of 2 pods ready")
    assert {pod.name for pod in (await stand.world.ask(k8s.HealthOf(stand.ref))).pods if pod.ready} == mine


@promise((k8s.SetLeast, "rehearse"), (k8s.SetLeast, "do"), (k8s.SetLeast, "stands"), (k8s.LeastIs, "test"))
async def a_minimum_is_held_and_put_back(stand: Stand) -> None:
    await stand.autoscale(2, 5)
    await stand.world.rehearse(k8s.SetLeast(stand.hpa, 3))
    assert not await stand.world.stands(k8s.SetLeast(stand.hpa, 3))
    await stand.world.do(k8s.SetLeast(stand.hpa, 3))
    assert await stand.world.stands(k8s.SetLeast(stand.hpa, 3))
    assert isinstance(await stand.world.test(k8s.LeastIs(stand.hpa, stand.ref, 3)), NotYet)
    assert await stand.until(k8s.LeastIs(stand.hpa, stand.ref, 3)) == Met("minimum 3, 3 of 3 pods ready")
    await stand.world.do(k8s.SetLeast(stand.hpa, 2))
    assert isinstance(await stand.until(k8s.LeastIs(stand.hpa, stand.ref, 2)), Met)


@promise((k8s.LeastIs, "test"))
async def a_minimum_that_somebody_else_set_is_broken(stand: Stand) -> None:
    await stand.autoscale(2, 5)
    await stand.somebody_sets_least(1)
    answer = await stand.world.test(k8s.LeastIs(stand.hpa, stand.ref, 2))
    assert answer == Broken(f"somebody (with kubectl) set the minimum of {stand.hpa} to 1 meanwhile")


@promise((k8s.SizeOf, "ask"), (k8s.LeastIs, "test"))
async def the_autoscaler_is_told_and_is_off_at_zero(stand: Stand) -> None:
    await stand.autoscale(2, 5)
    owner = (await stand.world.ask(k8s.SizeOf(stand.ref))).autoscaler
    assert owner is not None
    assert (owner.ref, owner.least, owner.most, owner.targets) == (stand.hpa, 2, 5, ("cpu 70 %",))
    await stand.world.do(k8s.SetReplicas(stand.ref, 0))
    off = (await stand.world.ask(k8s.SizeOf(stand.ref))).autoscaler
    assert off is not None
    assert not off.active
    answer = await stand.world.test(k8s.LeastIs(stand.hpa, stand.ref, 2))
    assert answer == Broken(f"{stand.hpa.name} is switched off, because {stand.ref} was set to 0 replicas")


@promise((k8s.SetLeast, "rehearse"))
async def a_minimum_above_the_maximum_is_refused_with_the_clusters_reason(stand: Stand) -> None:
    await stand.autoscale(2, 5)
    with pytest.raises(Refusal, match=r"does not accept that for .*maxReplicas.*Nothing was changed"):
        await stand.world.rehearse(k8s.SetLeast(stand.hpa, 9))


@promise((k8s.SetReplicas, "rehearse"))
async def a_number_below_zero_is_refused_with_the_clusters_reason(stand: Stand) -> None:
    with pytest.raises(Refusal, match=r"spec\.replicas: Invalid value: -1: must be greater than or equal to 0"):
        await stand.world.rehearse(k8s.SetReplicas(stand.ref, -1))


@promise((k8s.SizeOf, "ask"), (k8s.SetReplicas, "do"), (k8s.Restart, "do"), (k8s.Ready, "test"))
async def what_is_not_there_is_named(stand: Stand) -> None:
    nothing = k8s.Deployment(stand.ref.namespace, "aureus-bot-test-none")
    for use in (
        stand.world.ask(k8s.SizeOf(nothing)),
        stand.world.do(k8s.SetReplicas(nothing, 1)),
        stand.world.do(k8s.Restart(nothing, "r1")),
        stand.world.test(k8s.Ready(nothing, 1)),
    ):
        with pytest.raises(Refusal, match=f"There is no Deployment {nothing} in the cluster"):
            await use
