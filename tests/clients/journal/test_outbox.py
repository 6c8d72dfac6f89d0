"""What the port Outbox promises, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from bot.clients.journal import Database, SqlOutbox
from bot.domain.person import Who
from bot.domain.report import Report
from bot.domain.request import Place
from bot.ports import Delivery, Kind, Posting, Say
from tests.clients.journal.samples import ANA, START, Store, card, line, within, write


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


async def taken(store: Store, **how: object) -> list[str]:
    """The keys of those whose turn it is."""
    return [each.say.key for each in await store.outbox.take(store.clock.now(), **how)]  # type: ignore[arg-type]  # as given


async def take_one(store: Store) -> Posting:
    (posting,) = await store.outbox.take(store.clock.now())
    return posting


async def post(store: Store, ts: str = "1.1") -> str:
    """Say the one whose turn it is."""
    posting = await take_one(store)
    await store.outbox.posted(posting.say.key, posting.version, "C1", ts)
    return posting.say.key


def test_a_saying_comes_back_as_it_was_stored(database_url: str) -> None:
    whole = Say(
        "r-1:3", Kind.PRIVATE, Report("Only \N{LOCK} for you"), Place("C1", "1.0", "https://example.test/r"), to=ANA
    )

    async def story(store: Store) -> None:
        await store.outbox.say(whole)
        posting = await take_one(store)
        assert posting == Posting(whole, 1, "", "", "", "", 0, False)

    within(database_url, story)


def test_sayings_of_an_append_are_stored_with_it(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.journal.append(write("r-1"), says=[card("r-1"), line("r-1:1")])
        assert await taken(store) == ["r-1", "r-1:1"]

    within(database_url, story)


def test_urgent_ones_go_first_then_in_the_order_of_asking(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(line("b"), line("a"), card("calm", urgency=9))
        await store.outbox.say(line("c"), card("urgent", urgency=0))
        assert await taken(store, limit=2) == ["urgent", "b"]
        assert await taken(store) == ["a", "c", "calm"]

    within(database_url, story)


def test_a_card_said_again_is_redrawn_in_place_and_a_line_stays_as_it_is(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card", "one"), line("line"))
        await store.outbox.say(card("card", "two"), Say("line", Kind.LINE, Report("something else")))
        first, second = await store.outbox.take(START)
        assert (first.say.report.summary, first.version) == ("two", 2)
        assert second.say == line("line")
        await store.outbox.posted("card", 2, "C1", "1.1")
        await store.outbox.posted("line", 1, "C1", "1.2")
        assert await store.outbox.next_due() is None

        await store.outbox.say(card("card", "three"), line("line"))
        redrawn = await take_one(store)
        assert (redrawn.say.key, redrawn.version, redrawn.channel, redrawn.ts) == ("card", 3, "C1", "1.1")

    within(database_url, story)


def test_a_card_that_would_look_the_same_is_not_drawn_again(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card())
        await post(store)
        await store.outbox.say(card())
        assert await taken(store) == []

    within(database_url, story)


def test_one_message_of_a_key_is_in_flight_and_a_newer_version_comes_after_it(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card", "one"))
        posting = await take_one(store)
        await store.outbox.say(card("card", "two"))
        assert await taken(store) == []
        await store.outbox.posted("card", posting.version, "C1", "1.1")
        assert (await take_one(store)).say.report.summary == "two"

    within(database_url, story)


def test_a_late_answer_to_an_old_version_does_not_bring_it_back(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card", "one"))
        await take_one(store)
        await store.outbox.say(card("card", "two"))
        await store.outbox.posted("card", 2, "C1", "1.1")
        await store.outbox.posted("card", 1, "C1", "1.1")
        assert await taken(store) == []

    within(database_url, story)


def test_two_replicas_never_take_the_same_one(database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await Database.open(database_url, store.clock)
        try:
            await store.outbox.say(*(line(f"line-{n}") for n in range(60)))
            boxes = [store.outbox, SqlOutbox(other)]
            takes = await asyncio.gather(*(box.take(START, limit=7) for box in boxes * 6))
            keys = [posting.say.key for take in takes for posting in take]
            assert sorted(keys) == sorted({f"line-{n}" for n in range(60)})
        finally:
            await other.close()

    within(database_url, story)


def test_one_whose_lease_ran_out_comes_again_and_may_have_been_said(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card())
        first = (await store.outbox.take(START, lease=10))[0]
        assert (first.attempts, first.unsure) == (0, False)
        store.clock.move(seconds(9.999))
        assert await taken(store) == []
        assert await store.outbox.next_due() == START + seconds(10)

        store.clock.move(seconds(0.001))
        second = await take_one(store)
        assert (second.attempts, second.unsure) == (1, True)
        await store.outbox.again("card", store.clock.now(), "the search was refused")
        third = await take_one(store)
        assert (third.attempts, third.unsure) == (2, True), "what may have been said may still have been said"

        await store.outbox.posted("card", 1, "C1", "1.1")
        await store.outbox.say(card("card", "two"))
        fourth = await take_one(store)
        assert (fourth.attempts, fourth.unsure) == (0, False)

    within(database_url, story)


@pytest.mark.parametrize("unsure", [False, True])
def test_one_that_could_not_be_said_comes_when_it_may(database_url: str, unsure: bool) -> None:
    async def story(store: Store) -> None:
        later = START + seconds(30)
        await store.outbox.say(card("card", "one"))
        await take_one(store)
        await store.outbox.again("card", later, "ratelimited", unsure=unsure)
        await store.outbox.say(card("card", "two"))
        assert await taken(store) == [], "a newer version does not go before its time"
        assert await store.outbox.next_due() == later
        store.clock.move(seconds(30))
        posting = await take_one(store)
        assert (posting.say.report.summary, posting.unsure, posting.attempts) == ("two", unsure, 1)

    within(database_url, story)


def test_what_can_never_be_said_is_not_tried_again(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"), line("line", under="card"))
        await take_one(store)
        await store.outbox.dropped("card", "the channel is gone")
        await store.outbox.say(card("card", "two"))
        assert await taken(store) == []
        assert await store.outbox.next_due() is None, "nor does anything wait for its thread"

    within(database_url, story)


def test_a_card_whose_place_does_not_take_it_goes_elsewhere_and_stays_there(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card", "one"))
        await post(store)
        await store.outbox.say(card("card", "two"))
        await take_one(store)
        await store.outbox.move("card", Place("C2"), "that channel is archived")
        posting = await take_one(store)
        assert (posting.say.place, posting.ts, posting.unsure) == (Place("C2"), "", False)
        await store.outbox.posted("card", posting.version, "C2", "2.1")

        await store.outbox.say(card("card", "three"))
        redrawn = await take_one(store)
        assert (redrawn.say.place, redrawn.channel, redrawn.ts) == (Place("C2"), "C2", "2.1")

    within(database_url, story)


def test_a_message_that_was_looked_for_in_vain_is_said_anew_unless_it_moved_or_is_in_hand(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("r-1"))
        await post(store)
        await store.outbox.move("r-1", Place("C1"), "deleted", stood="9.9")
        assert await store.outbox.where("r-1") == ("C1", "1.1")
        await store.outbox.say(card("r-1", "two"))
        posting = await take_one(store)
        await store.outbox.move("r-1", Place("C1"), "deleted", stood="1.1")
        assert await store.outbox.where("r-1") == ("C1", "1.1"), "who has it in hand finds that out"
        await store.outbox.posted("r-1", posting.version, "C1", "1.1")
        await store.outbox.move("r-1", Place("C1"), "deleted", stood="1.1")
        anew = await take_one(store)
        assert (anew.ts, anew.say.place, anew.unsure) == ("", Place("C1"), False)

    within(database_url, story)


def test_how_far_sayings_have_come_can_be_read(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"))
        await post(store)
        await store.outbox.say(card("other"), line("never"))
        await store.outbox.again("other", START + seconds(60), "ratelimited")
        await store.outbox.dropped("never", "too long")
        never, stands, waits = await store.outbox.deliveries(["never", "nobody", "card", "other"])
        assert stands == Delivery("card", Place("C1"), START, "C1", "1.1", START, "", None, "", dropped=False)
        assert (waits.ts, waits.due, waits.trouble) == ("", START + seconds(60), "ratelimited")
        assert (never.dropped, never.trouble) == (True, "too long")
        assert await store.outbox.deliveries([]) == []

    within(database_url, story)


def test_why_it_was_said_elsewhere_is_kept_also_when_it_was_said(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"))
        posting = await take_one(store)
        await store.outbox.move("card", Place("C2"), "that channel is archived")
        await store.outbox.posted("card", posting.version, "C2", "2.1")
        await store.outbox.say(card("card", "two"))
        (there,) = await store.outbox.deliveries(["card"])
        assert (there.place, there.moved, there.because) == (Place("C1"), Place("C2"), "that channel is archived")
        assert (there.channel, there.ts) == ("C2", "2.1")

    within(database_url, story)


def test_where_a_message_stands_and_which_card_stands_there(database_url: str) -> None:
    async def story(store: Store) -> None:
        assert await store.outbox.where("card") == ("", "")
        await store.outbox.say(card("card"))
        assert await store.outbox.where("card") == ("", "")
        assert await store.outbox.card_at("", "") == ""
        await post(store, "1.1")
        await store.outbox.say(line("line"), Say("private", Kind.PRIVATE, Report("hush"), to=Who("ben", "Ben")))
        await store.outbox.posted("line", 1, "C1", "1.2")
        assert await store.outbox.where("card") == ("C1", "1.1")
        assert await store.outbox.card_at("C1", "1.1") == "card"
        assert await store.outbox.card_at("C2", "1.1") == ""
        assert await store.outbox.card_at("C1", "1.2") == "", "a line is no card"

    within(database_url, story)


def test_what_was_said_last_can_be_read(database_url: str) -> None:
    async def story(store: Store) -> None:
        assert await store.outbox.read("card") is None
        await store.outbox.say(card("card", "one"))
        await post(store)
        await store.outbox.say(card("card", "two"))
        assert await store.outbox.read("card") == Report("two")

    within(database_url, story)


def test_who_starts_again_lets_go_of_what_was_in_hand_and_a_file_has_a_moment_to_appear(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("r-1"), Say("file", Kind.FILE, Report("it"), Place("C1")))
        assert await taken(store) == ["r-1", "file"]
        assert isinstance(store.outbox, SqlOutbox)
        await store.outbox.let_go()
        one = await take_one(store)
        assert (one.say.key, one.unsure) == ("r-1", True)
        store.clock.move(seconds(8))
        two = await take_one(store)
        assert (two.say.key, two.unsure) == ("file", True)

    within(database_url, story)
