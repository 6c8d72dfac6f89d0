"""`/metrics` says of each door how many webhooks came to it, and what became of them."""

import re
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot.doors.afterwards import Afterwards
from bot.doors.webhooks import Webhooks
from sandbox.serving import serving
from tests.doors.hooks import PROVED, Hooks, event, group, hooks
from tests.stories.alarm import TOKEN

_LINE = re.compile(r'aureus_webhooks_total\{door="(\w+)",outcome="(\w+)"\} (\d+)')


async def counted(url: str) -> dict[tuple[str, str], int]:
    async with httpx.AsyncClient() as client:
        return {(door, how): int(many) for door, how, many in _LINE.findall((await client.get(f"{url}/metrics")).text)}


def test_each_webhook_is_counted_by_its_door_and_what_became_of_it(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        before = await counted(s.url)
        assert before["pagerduty", "gone"] >= 0, "it is there before the first of a kind"
        await s.sends("alertmanager", group())
        await s.sends("alertmanager", group(), {"authorization": "Bearer none-of-ours"})
        await s.sends("pagerduty", event())
        await s.sends("pagerduty", event())
        await s.sends("pagerduty", b"{")
        shut = Webhooks(s.bot.core, s.clock, "", "", Afterwards())
        async with serving(Starlette(routes=shut.routes)) as url, httpx.AsyncClient() as client:
            await client.post(f"{url}/webhooks/alertmanager", content=group(), headers=PROVED)
        after = await counted(s.url)
        assert {which: many - before[which] for which, many in after.items() if many != before[which]} == {
            ("alertmanager", "taken"): 1,
            ("alertmanager", "refused"): 1,
            ("alertmanager", "shut"): 1,
            ("pagerduty", "taken"): 1,
            ("pagerduty", "known"): 1,
            ("pagerduty", "refused"): 1,
        }

    hooks(tmp_path, story)


def test_who_is_told_to_come_again_is_counted_as_such(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        before = await counted(s.url)
        slow = Webhooks(s.bot.core, s.clock, TOKEN, "", Afterwards(), slowest=0.05)
        bot = s.url
        async with serving(Starlette(routes=slow.routes)) as s.url:
            line = await s.opens("alertmanager", b"{", 100)
            assert await line.status() == 503
            await line.closes()
        after = await counted(bot)
        assert after["alertmanager", "overloaded"] == before["alertmanager", "overloaded"] + 1

    hooks(tmp_path, story)
