"""What came in and what was said is forgotten in its time; what waits, what is kept and what happened are not."""

from datetime import timedelta

from bot.domain.person import Who
from bot.domain.report import Report
from bot.ports import Kind, Say
from tests.clients.journal.samples import START, Store, card, line, request, within, write

DAY = timedelta(days=1)
SAID, CARDS = frozenset({Kind.LINE, Kind.FILE, Kind.PRIVATE}), frozenset({Kind.CARD})


def private(key: str) -> Say:
    return Say(key, Kind.PRIVATE, Report("hush"), to=Who("ben", "Ben"))


async def say(store: Store, *says: Say) -> None:
    """Have it said, and stand in the channel."""
    await store.outbox.say(*says)
    for posting in await store.outbox.take(store.clock.now()):
        await store.outbox.posted(posting.say.key, posting.version, "C1", f"1.{posting.say.key}")


async def known(store: Store, *keys: str) -> list[str]:
    return [key for key in keys if await store.outbox.read(key) is not None]


def test_a_request_is_forgotten_when_something_was_made_of_it_long_ago(database_url: str) -> None:
    async def story(store: Store) -> None:
        for key in ("made", "made late", "never made"):
            await store.journal.receive(request(key))
        await store.journal.append(write("r-1"), taken="made")
        store.clock.move(DAY)
        await store.journal.append(write("r-2"), taken="made late")
        assert await store.journal.forget(START) == 0
        assert await store.journal.forget(START + DAY) == 1
        assert [await store.journal.receive(request(key)) for key in ("made late", "never made")] == [False, False]
        assert await store.journal.receive(request("made")), "its key is no longer known"
        assert len(await store.journal.events("r-1")) == 1

    within(database_url, story)


def test_what_happened_is_never_forgotten(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.journal.receive(request("key"))
        await store.journal.append(write("r-1", events=9), says=[card("r-1"), line("r-1:1")], taken="key")
        before = await store.journal.events("r-1"), await store.journal.found("r-1"), await store.journal.verify()
        await say(store)
        assert await store.journal.forget(START + DAY) == 1
        assert await store.outbox.forget(SAID | CARDS, START + DAY) == 2
        after = await store.journal.events("r-1"), await store.journal.found("r-1"), await store.journal.verify()
        assert after == before
        assert after[2].lines == 9

    within(database_url, story)


def test_what_was_said_is_forgotten_by_its_kind_and_its_age(database_url: str) -> None:
    async def story(store: Store) -> None:
        file = Say("file", Kind.FILE, Report("written"))
        await say(store, card("card"), line("line"), file, private("private"))
        store.clock.move(DAY)
        await say(store, line("young"))
        assert await store.outbox.forget(SAID, START) == 0
        assert await store.outbox.forget(SAID, START + DAY) == 3
        assert await known(store, "card", "line", "file", "private", "young") == ["card", "young"]
        assert await store.outbox.forget(CARDS, START + DAY) == 1
        assert await known(store, "card", "young") == ["young"]

    within(database_url, story)


def test_what_waits_is_not_forgotten_and_neither_is_its_card(database_url: str) -> None:
    async def story(store: Store) -> None:
        await say(store, card("card"), card("redrawn"))
        await store.outbox.say(line("waits", under="card"), card("redrawn", "two"), private("away"))
        await store.outbox.again("away", START, "Slack is away")
        assert await store.outbox.forget(SAID | CARDS, START + DAY) == 0
        await say(store)
        assert await store.outbox.forget(SAID | CARDS, START + DAY) == 4

    within(database_url, story)


def test_a_card_is_as_old_as_its_last_drawing(database_url: str) -> None:
    async def story(store: Store) -> None:
        await say(store, card("card", "one"))
        store.clock.move(2 * DAY)
        await say(store, card("card", "two"))
        assert await store.outbox.forget(CARDS, START + DAY) == 0
        assert await store.outbox.forget(CARDS, START + 3 * DAY) == 1

    within(database_url, story)


def test_what_is_kept_stays_however_old_it_is_and_is_redrawn_in_place(database_url: str) -> None:
    async def story(store: Store) -> None:
        await say(store, card("open"), card("open@C2"), card("over"))
        assert await store.outbox.forget(CARDS, START + 99 * DAY, keep=frozenset({"open"})) == 1
        await store.outbox.say(card("open", "two"))
        (posting,) = await store.outbox.take(store.clock.now())
        assert (posting.say.key, posting.ts) == ("open", "1.open")

    within(database_url, story)


def test_what_was_given_up_is_forgotten_with_all_that_waited_for_it(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("card"), line("line", under="card"))
        await store.outbox.dropped("card", "the channel is gone")
        assert await store.outbox.forget(CARDS, START + DAY) == 0, "its line first"
        assert await store.outbox.forget(SAID, START + DAY) == 1
        assert await store.outbox.forget(CARDS, START + DAY) == 1

    within(database_url, story)


def test_a_card_that_is_forgotten_and_said_again_is_a_new_message(database_url: str) -> None:
    async def story(store: Store) -> None:
        await say(store, card("card"))
        await store.outbox.forget(CARDS, START + DAY)
        await store.outbox.say(card("card"), line("line", under="card"))
        (posting,) = await store.outbox.take(store.clock.now())
        assert (posting.say.key, posting.version, posting.ts) == ("card", 1, "")

    within(database_url, story)


def test_it_is_done_in_small_pieces(database_url: str) -> None:
    async def story(store: Store) -> None:
        for n in range(5):
            await store.journal.receive(request(f"key-{n}"))
            await store.journal.append(write(f"r-{n}"), taken=f"key-{n}")
        await say(store, *(line(f"line-{n}") for n in range(5)))
        assert [await store.journal.forget(START + DAY, limit=2) for _ in range(4)] == [2, 2, 1, 0]
        assert [await store.outbox.forget(SAID, START + DAY, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    within(database_url, story)
