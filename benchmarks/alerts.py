"""Alerts: how many are stored in a second, how soon a card stands, how soon it says who has it."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx

from benchmarks import load
from benchmarks.bare import baseline
from benchmarks.load import Answered, drained, post
from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.bodies import headers_of
from sandbox.alertmanager.predefined import PREDEFINED
from sandbox.alertmanager.records import VERSION, PagerDuty, Settings, Webhook
from sandbox.pagerduty.aureus import ROUTING_KEY
from sandbox.slack.person import Person, Seen
from sandbox.world import ALERTMANAGER_TOKEN, World

_EACH = 30  # alerts of a webhook
_WEBHOOKS, _WARM, _AT_ONCE = 60, 15, 10
_ROUNDS = 5
_INCIDENTS = 20
_CHANNEL = "#aureus-alerts"
#: A channel takes one message a second, and an incident of this severity says four: what is measured is the bot.
_APART = 4.5


async def alerts(_world: World) -> None:
    """Webhooks of thirty alerts that are stored and answered, against a bare handler that does one INSERT.

    In a world of its own, since some hundred incidents come of it. Measured as the commands are.
    """
    headers = {"authorization": f"Bearer {ALERTMANAGER_TOKEN}", "content-type": "application/json"}

    async def told(address: str, count: int) -> Answered:
        url = f"{address}/webhooks/alertmanager"
        return await post(url, load.alerts(count, _EACH), _AT_ONCE, lambda _: headers)

    made, base = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with World(Path(folder)).serve() as world, baseline("insert", BARE_FILE=f"{folder}/bare.db") as bare:
            await world.bot.start()
            ours = f"http://127.0.0.1:{world.bot_port}"
            for _ in range(_ROUNDS):
                await told(bare, _WARM)
                base.append(await told(bare, _WEBHOOKS))
                await told(ours, _WARM)
                await drained(world)
                made.append(await told(ours, _WEBHOOKS))
                await drained(world)
            await world.bot.kill()  # the cards of all of these would stand in the channel only minutes later
    rates = [_EACH * statistics.median(each.rate for each in rounds) for rounds in (made, base)]
    ratio = statistics.median(one.rate / other.rate for one, other in zip(made, base, strict=True))
    print(
        f"alerts stored, 30 a webhook   {rates[0]:6.0f}/s   bare Starlette and INSERT {rates[1]:6.0f}/s   "
        f"ratio {ratio:.2f}   (goal 0.5)"
    )


async def incidents(world: World) -> None:
    """From the webhook of an alert to its card, and from ✅ on that to the card that says who has it, read back.

    Told by hand to the bot and to PagerDuty at once, as Alertmanager does, so that it is known when.
    """
    ana, cards, taken = Person(world.slack, "ana"), [], []
    async with httpx.AsyncClient(verify=world.pagerduty.trust()) as client:
        for number in range(_INCIDENTS):
            pod = f"bridge-bench-{number}"
            bodies = _told(world, pod)
            began = time.perf_counter()
            telling = asyncio.gather(*(client.post(url, content=body, headers=how) for url, body, how in bodies))
            card = await ana.waits_to_see(_CHANNEL, pod, 20)
            cards.append(time.perf_counter() - began)
            assert all(answer.is_success for answer in await telling)
            await asyncio.sleep(_APART)
            began = time.perf_counter()
            await ana.reacts(card, "white_check_mark")
            await world.workspace.wait_for(partial(_shows, world, card, "Ana Silva has it"), 20)
            taken.append(time.perf_counter() - began)
            await asyncio.sleep(_APART / 4)
    for name, seconds in (("webhook → card", cards), ("✅ → confirmed", taken)):
        answered = Answered(sorted(seconds), sum(seconds))
        print(f"{name + ', p50':28}  {answered.at(0.5):6.0f} ms")
        print(f"{name + ', p95':28}  {answered.at(0.95):6.0f} ms    (goal 1000 ms)")


def _told(world: World, pod: str) -> list[tuple[str, bytes, Mapping[str, str]]]:
    """What is posted where when bridge fails in a pod: addresses, bodies and headers."""
    known = PREDEFINED["BridgeHighErrorRate"]
    receivers = (
        Webhook(f"http://127.0.0.1:{world.bot_port}/webhooks/alertmanager", ALERTMANAGER_TOKEN),
        PagerDuty(f"{world.pagerduty.url}/v2/enqueue", ROUTING_KEY),
    )
    teller = Alertmanager(world.clock, receivers, Settings(group_by=("alertname", "pod"), group_wait=timedelta()))
    teller.post([Posted({"alertname": "BridgeHighErrorRate", **known.labels, "pod": pod}, known.annotations)])
    teller.catch_up()
    return [
        (one.receiver.url, json.dumps(teller.body_of(one)).encode(), headers_of(one, VERSION)) for one in teller.take()
    ]


def _shows(world: World, card: Seen, words: str) -> bool:
    message = world.workspace.message(card.channel, card.ts)
    return message is not None and words in json.dumps([message.text, message.blocks, message.attachments])
