"""Cards that somebody deleted are posted anew, each once, and what stands is left alone."""

from pathlib import Path

from bot.domain.errors import Away
from bot.engine.cards import Cards
from tests.engine.bench import Bench, play
from tests.engine.wall import Wall


def test_a_card_that_was_deleted_is_posted_anew_once(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        key = f"card:{run.id}"
        channel, ts = await b.core.outbox.where(key)
        assert await b.core.cards.check() == 0
        b.wall.deleted.add(ts)
        assert await b.core.cards.check() == 1
        assert await b.core.cards.check() == 0, "it is on its way"
        await b.core.deliverer.deliver()
        again = await b.core.outbox.where(key)
        assert again[0] == channel
        assert again[1] not in ("", ts)
        assert await b.core.cards.check() == 0
        assert await b.core.outbox.where(key) == again

    play(tmp_path, story)


def test_what_stands_elsewhere_by_now_is_left_there(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        key = f"card:{run.id}"
        place = (await b.core.outbox.deliveries([key]))[0].place
        where = await b.core.outbox.where(key)
        await b.core.outbox.move(key, place, "deleted", stood="another time")
        assert await b.core.outbox.where(key) == where
        await b.presses("elif", run, "Approve")

    play(tmp_path, story)


class Blind(Wall):
    """A screen that is away."""

    async def stands(self, channel: str, ts: str) -> bool:
        raise Away("Slack cannot be reached.")


def test_a_slack_that_is_away_says_nothing_of_what_stands(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        where = await b.core.outbox.where(f"card:{run.id}")

        assert await Cards(b.core.cases, b.core.outbox, Blind(), b.clock).check() == 0
        assert await b.core.outbox.where(f"card:{run.id}") == where

    play(tmp_path, story)
