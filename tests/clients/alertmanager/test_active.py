"""Alerts by name, with what keeps them from being told: the client, and the sandbox's Alertmanager on a socket."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from bot.clients.alertmanager import Alertmanager as Client
from bot.domain.errors import Away, Barred
from bot.world.alertmanager import ActiveNamed
from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.matchers import Matcher
from sandbox.alertmanager.server import AlertmanagerServer
from sandbox.alertmanager.silences import Silence
from sandbox.clock import StandingClock
from sandbox.serving import serving


def with_alertmanager(story: Callable[[Alertmanager, Client], Awaitable[None]]) -> None:
    async def run() -> None:
        there = Alertmanager(StandingClock())
        async with serving(AlertmanagerServer(there).app) as url:
            await story(there, Client(url, there.clock))

    asyncio.run(run())


def posted(name: str, job: str, ago: float = 0) -> Posted:
    now = StandingClock().now()
    return Posted({"alertname": name, "job": job}, {}, now - timedelta(seconds=ago), now + timedelta(hours=1))


def test_those_of_a_name_are_found_in_any_case_the_oldest_first() -> None:
    async def story(there: Alertmanager, client: Client) -> None:
        there.post([posted("ServiceDown", "a", 5), posted("ServiceDown", "b", 60), posted("Other", "c")])
        found = await client.ask(ActiveNamed("servicedown"))
        assert [one.alert.labels["job"] for one in found] == ["b", "a"]
        assert [(one.silenced, one.inhibited, one.muted) for one in found] == [(0, 0, 0)] * 2
        assert found[0].receivers == (there.settings.receiver,)
        assert await client.ask(ActiveNamed("Service")) == ()

    with_alertmanager(story)


def test_how_many_silences_keep_one_from_being_told_is_said() -> None:
    async def story(there: Alertmanager, client: Client) -> None:
        there.post([posted("ServiceDown", "a"), posted("ServiceDown", "b")])
        now = there.clock.now()
        mine = (Matcher("job", "a"),)
        there.silences.set(Silence("", mine, now, now + timedelta(hours=2), "ana", "being mended"))
        found = await client.ask(ActiveNamed("ServiceDown"))
        assert {one.alert.labels["job"]: one.silenced for one in found} == {"a": 1, "b": 0}

    with_alertmanager(story)


def test_one_that_is_away_is_away() -> None:
    async def story(there: Alertmanager, client: Client) -> None:
        there.faults.switch(Fault.DOWN, on=True)
        with pytest.raises(Away):
            await client.ask(ActiveNamed("ServiceDown"))

    with_alertmanager(story)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_who_is_not_let_in_has_not_heard_how_it_is_there(status: int) -> None:
    async def run() -> None:
        async with serving(Starlette(routes=[Mount("/", PlainTextResponse("not you", status))])) as url:
            with pytest.raises(Barred, match=rf"\({status}\)\. Nothing was changed"):
                await Client(url, StandingClock()).ask(ActiveNamed("ServiceDown"))

    asyncio.run(run())
