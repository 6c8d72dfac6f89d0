"""What is said waits for its turn: the share of a channel, what Slack asks for, and the urgent first."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.alert import Severity
from bot.domain.errors import Away
from bot.domain.incident import Incident
from bot.domain.incident_event import Assessed, Fired
from bot.domain.request import Place
from bot.engine import incident_teller
from bot.engine.outbox import Deliverer
from bot.ports import Posting, Say
from tests.domain.toy import NOW, PEOPLE
from tests.engine.bench import Bench, bench
from tests.engine.saying import Trouble, card, play


def test_a_limit_is_obeyed_for_as_long_as_it_says(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        wall.wrong = [Away("ratelimited", again_in=30)]
        await b.core.outbox.say(card())
        await deliverer.deliver()
        b.clock.move(timedelta(seconds=29))
        await deliverer.deliver()
        assert wall.posted == []
        b.clock.move(timedelta(seconds=2))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1"]

    play(tmp_path, story)


class Limited(Trouble):
    """A wall that asks to wait, of whoever posts into these channels; it counts who did."""

    def __init__(self) -> None:
        super().__init__()
        self.limited: set[str] = set()
        self.refused: list[str] = []

    async def post(self, posting: Posting) -> tuple[str, str]:
        if posting.say.place.channel in self.limited:
            self.refused.append(posting.say.key)
            raise Away("ratelimited", again_in=30)
        return await super().post(posting)


def test_a_limit_holds_for_its_channel_and_of_a_second_one_for_all(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as b:
            wall = Limited()
            deliverer = Deliverer(b.core.outbox, wall, b.core.cases, b.clock, Place("C9"))

            async def says(key: str, channel: str, urgency: int = 5) -> None:
                await b.core.outbox.say(replace(card(key, channel=channel), urgency=urgency))
                await deliverer.deliver()

            wall.limited = {"C1", "C2"}
            for number in range(3):
                await says(f"card:r-{number}", "C1")
            assert wall.refused == ["card:r-0"], "the others wait with it"
            await says("card:r-3", "C3")
            assert wall.posted == ["card:r-3"], "another channel has its own share"
            await says("card:r-4", "C2")
            assert wall.refused == ["card:r-0", "card:r-4"]
            await says("card:r-5", "C3")
            await says("card:r-6", "C1", urgency=1)
            assert (wall.refused, wall.posted) == (["card:r-0", "card:r-4"], ["card:r-3"])
            wall.limited = set()
            b.clock.move(timedelta(seconds=31))
            await deliverer.deliver()
            assert wall.posted[1] == "card:r-6", "the urgent one first"
            assert len(wall.posted) == 7

    asyncio.run(run())


def incident_says(key: str, severity: Severity) -> list[Say]:
    """What is said of an incident of this severity that has just begun."""
    fired = Fired(NOW, key=key, title=key, places=(Place("C1"),))
    assessed = Assessed(NOW, severity=severity)
    return incident_teller.says(Incident.born(fired).after(assessed), (fired, assessed), PEOPLE)


def test_a_p0_that_comes_after_a_flood_of_others_is_said_first(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        for number in range(30):
            for say in incident_says(f"k{number}", Severity.P3):
                await b.core.outbox.say(say)
        for severity in (Severity.P1, Severity.P0):
            for say in incident_says(severity.value, severity):
                await b.core.outbox.say(say)
        await deliverer.deliver()
        first = [incident_says(severity.value, severity)[0].key for severity in (Severity.P0, Severity.P1)]
        assert wall.posted[:2] == first

    play(tmp_path, story)


def test_a_channel_has_its_share_and_the_rest_comes_later(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        for number in range(6):
            await b.core.outbox.say(card(f"card:r-{number}"))
        await deliverer.deliver()
        few = len(wall.posted)
        assert 0 < few < 6
        for _ in range(6):
            b.clock.move(timedelta(seconds=1))
            await deliverer.deliver()
        assert len(wall.posted) == 6

    play(tmp_path, story, apart=1.0)
