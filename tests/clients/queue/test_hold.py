"""The session that a process holds on PostgreSQL, over a line that breaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest

from bot.clients.queue.hold import SessionHold
from bot.domain.errors import Refusal


@contextlib.asynccontextmanager
async def broken_line(url: str, breaks: int) -> AsyncIterator[str]:
    """An address of the same database; the first so many who connect to it are cut off while they do."""
    there, left = urlsplit(url), iter(range(breaks))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            if next(left, None) is not None:
                return
            back, forth = await asyncio.open_connection(there.hostname, there.port)
            with contextlib.closing(forth), contextlib.suppress(ConnectionError):
                await asyncio.gather(_carry(reader, forth), _carry(back, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield url.replace(f":{there.port}/", f":{port}/")


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()


@pytest.fixture
def lost() -> Iterator[list[str]]:
    said: list[str] = []
    yield said
    assert said == [], "who let go by itself has lost nothing"


def test_a_line_that_breaks_while_it_is_made_is_made_once_more(postgres: str, lost: list[str]) -> None:
    async def story() -> None:
        async with broken_line(postgres, breaks=1) as url:
            hold = SessionHold(url, "line", "p1")
            await hold.take(lost.append)
            async with hold.gone("p2") as gone:
                assert gone
            await hold.release()

    asyncio.run(story())


def test_a_line_that_breaks_again_is_told_and_nothing_was_changed(postgres: str, lost: list[str]) -> None:
    async def story() -> None:
        async with broken_line(postgres, breaks=2) as url:
            hold = SessionHold(url, "line", "p1")
            with pytest.raises(Refusal, match=r"cannot be used.*Nothing was changed"):
                await hold.take(lost.append)

    asyncio.run(story())
