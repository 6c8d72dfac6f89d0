"""A hand is called: whatever it raises, the work has ended and the others go on."""

import asyncio
import logging
import secrets
from collections.abc import Mapping

from bot.ports import Work

log = logging.getLogger(__name__)


async def call(hands: Mapping[str, Work], work: str, subject: str, key: str) -> str:
    """How it ended, in words: ``done``, or ``failed`` with the token under which the log tells why.

    Raises ``CancelledError`` when the task it runs in is cancelled, and only then.
    """
    task = asyncio.current_task()
    try:
        await hands[work](subject)
    except asyncio.CancelledError:
        if task is not None and task.cancelling():
            raise
        return _failed(work, subject, key)  # it came from inside the hand
    except Exception:  # noqa: BLE001  what a hand may raise is not known here
        return _failed(work, subject, key)
    return "done"


def _failed(work: str, subject: str, key: str) -> str:
    token = secrets.token_hex(4)
    log.exception("%s of %s failed, token %s (%s)", work, subject, token, key)
    return f"failed, token {token}"
