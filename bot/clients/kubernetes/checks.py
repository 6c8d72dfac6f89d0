"""Testing what must hold: numbers first, then the reasons, read only when the numbers do not agree yet."""

import asyncio

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.autoscaler import is_off, least_of
from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.changes import mark_of
from bot.clients.kubernetes.fields import name_of, writer_of
from bot.clients.kubernetes.looks import pods_left, reasons_of, sets_of
from bot.clients.kubernetes.rollout import AGAIN, Reasons, Rollout, judge, of_pods, wanted
from bot.clients.kubernetes.template import present
from bot.domain.verb import Answer, Broken, Met, NotYet
from bot.world import k8s


async def ready(api: Api, check: k8s.Ready) -> Answer:
    """The number is still ours, and all of them are ready. At 0, the last pod is gone too."""
    found = await api.deployment(check.deployment)
    if wanted(found) != check.replicas:
        return Broken(f"{writer_of(found, 'replicas')} set {check.deployment} to {wanted(found)} meanwhile")
    return await _progress(api, found)


async def rolled_out(api: Api, check: k8s.RolledOut) -> Answer:
    """The template is still the one with the mark, and every pod is made from it."""
    found = await api.deployment(check.deployment)
    if mark_of(found) != check.mark:
        return Broken(f"somebody restarted or deployed {check.deployment} again meanwhile: its template is another one")
    return await _progress(api, found)


async def template_is(api: Api, check: k8s.TemplateIs) -> Answer:
    """The template is this one, and every pod is made from it. Raises ``Away`` while the cluster has not named it."""
    found = await api.deployment(check.deployment)
    if present(found, await sets_of(api, found)) != check.template:
        return Broken(f"somebody restarted or deployed {check.deployment} meanwhile: its template is another one")
    return await _progress(api, found)


async def least_is(api: Api, check: k8s.LeastIs) -> Answer:
    """The minimum is still ours, the autoscaler has raised the number, and as many pods are ready."""
    scaler, found = await asyncio.gather(api.autoscaler(check.autoscaler), api.deployment(check.deployment))
    least = least_of(scaler)
    if least != check.least:
        return Broken(f"{writer_of(scaler, 'minReplicas')} set the minimum of {check.autoscaler} to {least} meanwhile")
    if is_off(scaler, found):
        return Broken(f"{name_of(scaler)} is switched off, because {check.deployment} was set to 0 replicas")
    rollout = Rollout.of(found)
    if rollout.wanted < least:
        return NotYet(
            f"minimum {least}; {name_of(scaler)} has not raised the number yet, it is {rollout.wanted}", AGAIN
        )
    if rollout.observed and min(rollout.ready, rollout.available) >= least:
        return Met(f"minimum {least}, {of_pods(rollout.ready, rollout.wanted)}")
    return judge(found, await reasons_of(api, found))


async def _progress(api: Api, found: Json) -> Answer:
    if not Rollout.of(found).complete:
        return judge(found, await reasons_of(api, found))
    if wanted(found) == 0 and (left := await pods_left(api, found)):
        return NotYet(f"{left} {'pod is' if left == 1 else 'pods are'} still ending", AGAIN)
    return judge(found, Reasons())
