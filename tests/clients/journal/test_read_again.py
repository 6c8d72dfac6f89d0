"""The events of a case that was read before: what is new is read, and what is another journal is read anew."""

from bot.clients.journal import SqlJournal
from tests.clients.journal.samples import Store, tamper, within, write


def test_what_another_process_appended_since_is_read_and_what_was_read_is_the_same_object(database_url: str) -> None:
    async def story(store: Store) -> None:
        other = SqlJournal(store.database)
        first, second, third = write("r-1", events=3), write("r-1", after=3, events=1), write("r-1", after=4, events=2)
        await store.journal.append(first)
        before = await store.journal.events("r-1")
        await other.append(second)
        await other.append(third)
        after = await store.journal.events("r-1")
        assert after == (*first.events, *second.events, *third.events) == await other.events("r-1")
        assert [new is old for new, old in zip(after, before, strict=False)] == [True] * 3
        assert await store.journal.events("r-1") == after

    within(database_url, story)


def test_what_was_put_back_from_a_backup_is_as_the_backup_has_it(database_url: str) -> None:
    async def story(store: Store) -> None:
        whole = write("r-1", events=4)
        await store.journal.append(whole)
        assert await store.journal.events("r-1") == whole.events
        tamper(database_url, "DELETE FROM journal WHERE position > 2")
        assert await store.journal.events("r-1") == whole.events[:2]
        tamper(database_url, "DELETE FROM journal")
        assert await store.journal.events("r-1") == ()

    within(database_url, story)


def test_another_journal_that_is_as_long_is_read_from_its_beginning(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", events=2))
        before = await store.journal.events("r-1")
        tamper(database_url, "UPDATE journal SET event = replace(event, 'scale bridge 5', 'scale bridge 7')",
               "UPDATE journal SET hash = hash || '~' WHERE position = 2")  # fmt: skip
        after = await store.journal.events("r-1")
        assert "scale bridge 5" in str(before[0])
        assert "scale bridge 7" in str(after[0])

    within(database_url, story)
