"""Who tells, and can be asked: found out by what is seen, and kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.alert import Alert
from bot.engine.tellers import Tellers
from tests.engine.bench import Bench, play

ALERT = Alert("5ee5ee5e", "ServiceDown", datetime(2026, 11, 24, 10, tzinfo=UTC), {"job": "bridge"})


def test_an_address_is_known_once_a_firing_of_it_was_seen_where_the_bot_asks(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        tellers = Tellers(b.core.journal)
        assert not await tellers.can_ask("http://one")
        # The same rule in another cluster began at another time.
        other = replace(ALERT, since=ALERT.since + timedelta(seconds=1))
        await tellers.learn([("http://one", ALERT.firing), ("http://two", other.firing)], [ALERT])
        assert [await tellers.can_ask(url) for url in ("http://one", "http://two")] == [True, False]
        after_a_restart = Tellers(b.core.journal)
        assert [await after_a_restart.can_ask(url) for url in ("http://one", "http://two", "")] == [True, False, True]

    play(tmp_path, story)


def test_what_is_kept_of_them_does_not_grow_for_ever(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        tellers = Tellers(b.core.journal)
        for number in range(60):
            await tellers.learn([(f"http://{number}", ALERT.firing)], [ALERT])
        known = [await tellers.can_ask(f"http://{number}") for number in range(60)]
        assert (known[49], known[50]) == (True, False)

    play(tmp_path, story)
