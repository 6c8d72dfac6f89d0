"""What is said is said once, where it can be, when its turn has come."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import cast

from bot.domain.errors import Full, Unknown
from bot.domain.report import Document, Report
from bot.domain.request import Place
from bot.engine.outbox import Deliverer
from bot.ports import Kind, Outbox, Say, Unsayable
from tests.domain.toy import ANA
from tests.engine.bench import Bench
from tests.engine.saying import Trouble, card, play


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
