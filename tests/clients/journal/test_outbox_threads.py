"""What is said in the thread of a card waits for the card and for what comes before it; an answer about it does not."""

from bot.domain.report import Document, Report
from bot.domain.request import Place
from bot.ports import Kind, Say
from tests.clients.journal.samples import ANA, START, Store, card, line, within
from tests.clients.journal.test_outbox import post, seconds, take_one, taken


def test_a_line_waits_until_its_card_is_posted(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(line("early", under="card"))
        assert await store.outbox.next_due() is None
        await store.outbox.say(card("card"))
        assert await taken(store) == ["card"]
        assert await taken(store) == []
        await store.outbox.posted("card", 1, "C7", "1.1")
        posting = await take_one(store)
        assert (posting.say.key, posting.thread_channel, posting.thread_ts) == ("early", "C7", "1.1")

    within(database_url, story)


def test_an_answer_about_a_card_does_not_wait_for_it(database_url: str) -> None:
    """The channel of the card may be away, or the card be given up."""

    async def story(store: Store) -> None:
        def answer(key: str) -> Say:
            return Say(key, Kind.PRIVATE, Report(key), Place("C1"), ANA, under="card")

        await store.outbox.say(card("card"))
        posting = await take_one(store)
        await store.outbox.say(answer("while it is away"), line("line", under="card"))
        assert await store.outbox.next_due() is not None
        assert await taken(store) == ["while it is away"]
        await store.outbox.dropped(posting.say.key, "there is no such channel")
        await store.outbox.say(answer("given up"))
        now = store.clock.now()
        gone = await store.outbox.forget(frozenset({Kind.PRIVATE, Kind.LINE}), now + seconds(1))
        assert gone == 1, "the line is never said; what waits for its turn is"
        assert await taken(store) == ["given up"]

    within(database_url, story)


def test_lines_of_one_thread_keep_their_order_one_at_a_time(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"), card("other"))
        for key in await taken(store):
            await store.outbox.posted(key, 1, "C1", f"1.{key}")
        await store.outbox.say(
            line("r:9", under="card"), line("r:10", under="card", urgency=0), line("o:1", under="other")
        )
        assert await taken(store) == ["r:9", "o:1"]
        await store.outbox.again("r:9", START + seconds(60), "slow down")
        assert await taken(store) == [], "what comes later waits, also when it is urgent"
        assert await store.outbox.next_due() == START + seconds(30), "when the lease of the other thread's line ends"

        store.clock.move(seconds(60))
        await store.outbox.posted("o:1", 1, "C1", "2.0")
        assert await post(store, "2.1") == "r:9"
        assert await post(store, "2.2") == "r:10"

    within(database_url, story)


def test_a_file_is_said_once_and_in_its_turn_among_the_lines_of_its_thread(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"))
        await post(store)
        written = Report("It.", parts=(Document("a-1.md", "A", "# A\n"),))
        file = Say("file", Kind.FILE, written, Place("C1"), under="card")
        await store.outbox.say(line("before", under="card"), file, line("after", under="card"))
        await store.outbox.say(file, Say("file", Kind.FILE, Report("something else"), under="card"))
        assert await post(store, "1.2") == "before"
        posting = await take_one(store)
        assert (posting.say, posting.thread_ts) == (file, "1.1")
        await store.outbox.posted("file", 1, "C1", "")  # Slack tells no timestamp of a file
        assert await post(store, "1.4") == "after"
        assert await store.outbox.next_due() is None

    within(database_url, story)


def test_a_line_that_can_never_be_said_does_not_hold_up_its_thread(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"))
        await post(store)
        await store.outbox.say(line("first", under="card"), line("second", under="card"))
        assert await taken(store) == ["first"]
        await store.outbox.dropped("first", "too long")
        assert await taken(store) == ["second"]

    within(database_url, story)
