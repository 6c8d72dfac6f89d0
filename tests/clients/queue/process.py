"""A process with a queue, told by lines what to do: ``python -m tests.clients.queue.process <url> <name>``."""

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta

from bot.clients.queue import DbosQueue
from bot.domain.errors import Refusal
from sandbox.clock import Clock


def say(*words: object) -> None:
    """To whoever started this process."""
    print(*words, flush=True)  # noqa: T201  its standard output is read


async def hang(subject: str) -> None:
    """A hand that comes to no end."""
    say("hangs", subject)
    await asyncio.Event().wait()


async def note(subject: str) -> None:
    """A hand that is done at once."""
    say("noted", subject)


async def sweeping(queue: DbosQueue) -> None:
    """As the bot's clock does."""
    while True:
        await asyncio.sleep(0.5)
        if taken := await queue.sweep():
            say("took", taken)


async def main(url: str, name: str) -> None:
    """Do what the lines say, until they end."""
    loop = asyncio.get_running_loop()
    queue = DbosQueue(url, Clock(), name, lost=lambda because: say("lost", because), soon=1.0)
    queue.register("hang", hang)
    queue.register("note", note)
    try:
        await queue.launch()
    except Refusal as refusal:
        say("refused", refusal)
        return
    say("ready")
    sweeper: asyncio.Task[None] | None = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match line.split():
            case ["start", work, subject, key]:
                await queue.start(work, subject, key)
            case ["later", work, subject, key, seconds]:
                await queue.later(work, subject, key, datetime.now(UTC) + timedelta(seconds=float(seconds)))
            case ["sweep"]:
                sweeper = asyncio.create_task(sweeping(queue))
            case ["close", patience]:
                await queue.close(float(patience))
            case _:
                raise ValueError(f"what is {line!r}?")
        say("ok")
    if sweeper is not None:
        sweeper.cancel()
    await queue.close(0)
    say("closed")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(sys.argv[1], sys.argv[2]))
