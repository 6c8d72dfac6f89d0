"""Signed slash commands, one or many at once, and how long each took to be answered."""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

_number = itertools.count(1)


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


async def send(url: str, secret: str, words: str, count: int, at_once: int, now: Callable[[], float]) -> Answered:
    """Send ``count`` commands, ``at_once`` at a time."""
    verifier = SignatureVerifier(secret)
    seconds: list[float] = []
    left = iter(range(count))

    async def one(session: aiohttp.ClientSession) -> None:
        for _ in left:
            body = urlencode(
                {
                    "command": "/aureus", "text": words, "trigger_id": f"bench.{next(_number)}", "user_id": "UANA",
                    "user_name": "ana", "channel_id": "CONCALL", "channel_name": "aureus-on-call", "team_id": "T1",
                    "api_app_id": "A1", "response_url": "http://127.0.0.1:9/none",
                }
            )  # fmt: skip
            stamp = str(int(now()))
            signature = verifier.generate_signature(timestamp=stamp, body=body) or ""
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "x-slack-request-timestamp": stamp,
                "x-slack-signature": signature,
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
