"""Forgetting: what came in and what was said is kept for a time. What happened is the audit, and is kept for ever."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.engine.cases import Cases
from bot.engine.teller import card_key
from bot.ports import Kind, Outbox

log = logging.getLogger(__name__)

_KEPT = timedelta(days=30)  # requests, lines and files of threads, and private words
_CARDS_KEPT = timedelta(days=90)  # after they were drawn last
_BATCH = 500  # rows in one transaction: nobody who wants to store something waits for long
_MOST_OPEN = 10_000


async def forget(cases: Cases, outbox: Outbox, now: datetime) -> int:
    """Forget what is old and needed no more; how much that was.

    The card of a case that is not over stays however old it is, since it will be redrawn in place. When a case that
    was over for so long is taken back after all, its card is posted anew.
    """
    said = frozenset({Kind.LINE, Kind.FILE, Kind.PRIVATE})
    total = await _all(lambda: cases.journal.forget(now - _KEPT, _BATCH))
    total += await _all(lambda: outbox.forget(said, now - _KEPT, limit=_BATCH))
    not_over = await cases.journal.list(open_only=True, limit=_MOST_OPEN)
    if len(not_over) < _MOST_OPEN:  # else some may be missing here, and their cards would go
        keep = frozenset(card_key(found.case) for found in not_over)
        total += await _all(lambda: outbox.forget(frozenset({Kind.CARD}), now - _CARDS_KEPT, keep, _BATCH))
    if total:
        log.info("%d old requests and sayings were forgotten", total)
    return total


async def _all(batch: Callable[[], Awaitable[int]]) -> int:
    """One batch after the other until one is not full: others may have been quicker."""
    total = 0
    while True:
        gone = await batch()
        total += gone
        if gone < _BATCH:
            return total
