"""Requests, one or many at once, and how long each took to be answered: slash commands, and webhooks of alerts."""

import asyncio
import gc
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count as numbers
from urllib.parse import urlencode

import aiohttp
import httpx
from slack_sdk.signature import SignatureVerifier

from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.records import Settings, Webhook
from sandbox.clock import Clock
from sandbox.slack import payloads
from sandbox.world import World


@dataclass(frozen=True)
class Answered:
    """Seconds of each request, sorted, and of all together."""

    seconds: list[float]
    total: float

    def at(self, part: float) -> float:
        """A percentile, in milliseconds."""
        return 1000 * self.seconds[min(len(self.seconds) - 1, int(part * len(self.seconds)))]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.seconds) / self.total


def commands(world: World, words: str, count: int) -> list[bytes]:
    """Bodies as Slack sends them when somebody types a command, each with its own way to answer."""
    channel = next(each for each in world.workspace.channels.values() if each.name == "aureus-on-call")
    made = (payloads.command(world.workspace, world.app, "UANA", channel, "/aureus", words) for _ in range(count))
    return [urlencode(each).encode() for each in made]


#: Of the alerts: no two bodies of a process are of the same group.
_groups = numbers(1)


def alerts(count: int, each: int) -> list[bytes]:
    """Bodies as Alertmanager sends them: ``count`` groups that are new, with so many alerts ``each``."""
    teller = Alertmanager(Clock(), [Webhook("")], Settings(group_by=("alertname", "namespace"), group_wait=timedelta()))
    for _ in range(count):
        group = {"alertname": "PodCrashLooping", "severity": "warning", "namespace": f"bench-{next(_groups)}"}
        teller.post(
            Posted(
                {**group, "job": "kube-state-metrics", "instance": "10.0.0.9:8080", "pod": f"web-{number}"},
                {
                    "summary": f"web-{number} restarts",
                    "description": f"It has restarted {number + 3} times in an hour.",
                },
                generator_url="http://prometheus:9090/graph?g0.expr=increase%28restarts%5B1h%5D%29+%3E+2&g0.tab=1",
            )
            for number in range(each)
        )
    teller.catch_up()
    return [json.dumps(teller.body_of(one), separators=(",", ":")).encode() for one in teller.take()]


async def send(url: str, secret: str, bodies: Sequence[bytes], at_once: int) -> Answered:
    """Send every command, ``at_once`` at a time, signed now."""
    verifier = SignatureVerifier(secret)

    def signed(body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": verifier.generate_signature(timestamp=stamp, body=body) or "",
        }

    return await post(url, bodies, at_once, signed)


async def post(
    url: str, bodies: Sequence[bytes], at_once: int, headers_for: Callable[[bytes], Mapping[str, str]]
) -> Answered:
    """Post every body, ``at_once`` at a time. Raises ``AssertionError`` when one is not answered with 200."""
    seconds: list[float] = []
    left = iter(bodies)

    async def one(session: aiohttp.ClientSession) -> None:
        for body in left:
            headers = headers_for(body)
            began = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            seconds.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        # This process is the sandbox, too: to look for its garbage takes 70 ms, which are nobody's who is measured.
        gc.collect()
        gc.disable()
        try:
            began = time.perf_counter()
            await asyncio.gather(*(one(session) for _ in range(at_once)))
            total = time.perf_counter() - began
        finally:
            gc.enable()
    return Answered(sorted(seconds), total)


async def drained(world: World) -> None:
    """Wait until the bot has carried out all that it has answered."""
    async with httpx.AsyncClient() as client:
        before = -1.0
        while True:
            text = (await client.get(f"http://127.0.0.1:{world.bot_port}/metrics")).text
            ended = sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("aureus_events_total"))
            if ended == before:
                return
            before = ended
            await asyncio.sleep(2)
