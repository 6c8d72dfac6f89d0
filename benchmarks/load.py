"""Signed slash commands, one or many at once, and how long each took to be answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

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


async def send(url: str, secret: str, bodies: Sequence[bytes], at_once: int) -> Answered:
    """Send every body, ``at_once`` at a time, signed now."""
    verifier = SignatureVerifier(secret)
    seconds: list[float] = []
    left = iter(bodies)

    async def one(session: aiohttp.ClientSession) -> None:
        for body in left:
            stamp = str(int(time.time()))
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "x-slack-request-timestamp": stamp,
                "x-slack-signature": verifier.generate_signature(timestamp=stamp, body=body) or "",
            }
            began = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            seconds.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(one(session) for _ in range(at_once)))
        total = time.perf_counter() - began
    return Answered(sorted(seconds), total)
