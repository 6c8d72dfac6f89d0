"""What is said is said once, where it can be, when its turn has come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from bot.domain.alert import Severity
from bot.domain.errors import Away, Full, Unknown
from bot.domain.incident import Incident
from bot.domain.incident_event import Assessed, Fired
from bot.domain.report import Document, Report
from bot.domain.request import Place
from bot.engine import incident_teller
from bot.engine.outbox import Deliverer
from bot.ports import Kind, Outbox, Posting, Say, Unsayable
from tests.domain.toy import ANA, NOW, PEOPLE
from tests.engine.bench import Bench, bench
from tests.engine.wall import Wall


class Trouble(Wall):
    """A wall on which the next things go wrong as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[Exception] = []
        self.left: tuple[str, str] | None = None
        self.posted: list[str] = []

    async def post(self, posting: Posting) -> tuple[str, str]:
        if self.wrong:
            raise self.wrong.pop(0)
        self.posted.append(posting.say.key)
        return await super().post(posting)

    async def update(self, posting: Posting) -> None:
        if self.wrong:
            raise self.wrong.pop(0)
        await super().update(posting)

    async def find(self, posting: Posting) -> tuple[str, str] | None:
        return self.left


class FullFor:
    """The outbox of a store that is full as long as the test says, for what came of a saying."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.full = False

    async def posted(self, key: str, version: int, channel: str, ts: str) -> None:
        if self.full:
            raise Full("no room")
        await self._outbox.posted(key, version, channel, ts)

    def __getattr__(self, name: str) -> object:
        return getattr(self._outbox, name)


def play(folder: Path, story: Callable[[Bench, Trouble, Deliverer], Awaitable[None]], apart: float = 0.0) -> None:
    async def run() -> None:
        async with bench(folder) as b:
            wall = Trouble()
            await story(b, wall, Deliverer(b.core.outbox, wall, b.core.cases, b.clock, Place("C9"), apart))

    asyncio.run(run())


def card(key: str = "card:r-1", words: str = "one", channel: str = "C1") -> Say:
    return Say(key, Kind.CARD, Report(words), Place(channel))


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


def test_after_a_lost_answer_it_looks_before_it_says_it_again(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        wall.wrong, wall.left = [Unknown("no answer")], ("C1", "7.0")
        await b.core.outbox.say(card())
        await deliverer.deliver()
        b.clock.move(timedelta(seconds=10))
        await deliverer.deliver()
        assert wall.posted == []
        assert await b.core.outbox.where("card:r-1") == ("C1", "7.0")

    play(tmp_path, story)


def test_a_file_is_said_once_also_after_a_lost_answer(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card())
        await deliverer.deliver()
        wall.wrong, wall.left = [Unknown("no answer")], ("C1", "7.0")
        written = Report("It.", parts=(Document("a-1.md", "A", "# A"),))
        file = Say("file:r-1:1", Kind.FILE, written, Place("C1"), under="card:r-1")
        for _ in range(3):
            await b.core.outbox.say(file)
            await deliverer.deliver()
            b.clock.move(timedelta(seconds=10))
        assert wall.posted == ["card:r-1"]
        assert await b.core.outbox.where(file.key) == ("C1", "7.0")

    play(tmp_path, story)


def test_a_deleted_card_is_posted_anew(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card())
        await deliverer.deliver()
        wall.wrong = [Unsayable("message_not_found", gone=True)]
        await b.core.outbox.say(card(words="two"))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1", "card:r-1"]
        assert wall.cards["card:r-1"].summary == "two"

    play(tmp_path, story)


def line(number: int, thread: str = "") -> Say:
    return Say(f"line:r-1:{number}", Kind.LINE, Report("Ana, come"), Place("C1", thread), under="card:r-1")


def test_a_line_whose_card_was_deleted_is_said_under_the_card_that_is_posted_anew(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card())
        await deliverer.deliver()
        wall.wrong = [Unsayable("it was deleted", gone=True)]
        await b.core.outbox.say(line(1), line(2))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1", "card:r-1"]
        b.clock.move(timedelta(seconds=3))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1", "card:r-1", "line:r-1:1", "line:r-1:2"]

    play(tmp_path, story)


def test_a_card_that_was_posted_anew_already_is_not_posted_once_more(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card())
        await deliverer.deliver()
        gone = Unsayable("it was deleted", gone=True)
        wall.wrong = [gone, gone]
        await b.core.outbox.say(card(words="two"), line(1))
        await deliverer.deliver()
        b.clock.move(timedelta(seconds=3))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1", "card:r-1", "line:r-1:1"]

    play(tmp_path, story)


def test_a_line_is_given_up_where_its_card_can_never_be_said_or_stands_in_a_thread_of_others(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card())
        await deliverer.deliver()
        wall.wrong = [Unsayable("it was deleted", gone=True)]
        await b.core.outbox.say(line(1, thread="7.0"))
        await deliverer.deliver()
        wall.wrong = [Unsayable("invalid_blocks"), Unsayable("it was deleted", gone=True)]
        await b.core.outbox.say(card(words="two"))
        await deliverer.deliver()
        await b.core.outbox.say(line(2))
        await deliverer.deliver()
        b.clock.move(timedelta(minutes=5))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1"]
        assert [each.dropped for each in await b.core.outbox.deliveries(["line:r-1:1", "line:r-1:2"])] == [True, True]

    play(tmp_path, story)


def test_a_channel_that_does_not_take_it_sends_it_to_the_fall_back(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        wall.wrong = [Unsayable("not_in_channel", elsewhere=True)]
        await b.core.outbox.say(card())
        await deliverer.deliver()
        assert (await b.core.outbox.where("card:r-1"))[0] == "C9"
        wall.wrong = [Unsayable("is_archived", elsewhere=True)]
        await b.core.outbox.say(card("card:r-2", channel="C9"))
        await deliverer.deliver()
        assert await b.core.outbox.where("card:r-2") == ("", "")
        b.clock.move(timedelta(seconds=61))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1", "card:r-2"]

    play(tmp_path, story)


def test_what_can_never_be_said_is_dropped_and_the_rest_goes_on(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        wall.wrong = [Unsayable("invalid_blocks")]
        await b.core.outbox.say(card())
        await deliverer.deliver()
        await b.core.outbox.say(Say("private:1", Kind.PRIVATE, Report("psst"), Place("C1"), ANA))
        wall.wrong = [Unsayable("user_not_found")]
        await deliverer.deliver()
        await b.core.outbox.say(card("card:r-2"))
        await deliverer.deliver()
        assert wall.posted == ["card:r-2"]

    play(tmp_path, story)


def test_what_nobody_foresaw_is_tried_again(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        wall.wrong = [ZeroDivisionError()]
        await b.core.outbox.say(card())
        await deliverer.deliver()
        b.clock.move(timedelta(seconds=61))
        await deliverer.deliver()
        assert wall.posted == ["card:r-1"]

    play(tmp_path, story)


def test_what_was_said_while_the_store_is_full_is_written_down_as_soon_as_it_is_not(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, _: Deliverer) -> None:
        outbox = FullFor(b.core.outbox)
        deliverer = Deliverer(cast("Outbox", outbox), wall, b.core.cases, b.clock, Place("C9"))
        await b.core.outbox.say(card(), card("card:r-2"))
        outbox.full = True
        await deliverer.deliver()
        assert sorted(wall.posted) == ["card:r-1", "card:r-2"]
        assert await b.core.outbox.where("card:r-1") == ("", "")
        outbox.full = False
        await b.core.outbox.say(card(words="two"))
        await deliverer.deliver()
        assert len(wall.posted) == 2
        assert (await b.core.outbox.where("card:r-1"))[0] == "C1"
        assert await b.core.outbox.next_due() is None

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


def test_asked_at_the_terminal_it_is_not_said_in_a_channel(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(Say("private:t", Kind.PRIVATE, Report("psst"), Place(), ANA))
        await deliverer.deliver()
        assert wall.posted == []
        said = await b.core.outbox.read("private:t")
        assert said is not None
        assert said.summary == "psst"

    play(tmp_path, story)


def test_it_wakes_when_something_is_there_to_be_said(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        running = asyncio.create_task(deliverer.run())
        await asyncio.sleep(0)
        await b.core.outbox.say(card())
        deliverer.wake()
        for _ in range(200):
            if wall.posted:
                break
            await asyncio.sleep(0.01)
        running.cancel()
        assert wall.posted == ["card:r-1"]

    play(tmp_path, story)


def test_it_ends_when_it_is_ended_also_at_the_moment_in_which_it_is_woken(tmp_path: Path) -> None:
    """Else a bot that is stopped while it says something would never end."""

    async def story(_b: Bench, _wall: Trouble, deliverer: Deliverer) -> None:
        delivering = asyncio.create_task(deliverer.run())
        await asyncio.wait([delivering], timeout=0.05)
        deliverer.wake()
        delivering.cancel()
        await asyncio.wait([delivering], timeout=2)
        assert delivering.cancelled()

    play(tmp_path, story)
