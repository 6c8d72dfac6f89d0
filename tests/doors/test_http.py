"""The server of the web door: it reads what is sent however it is cut, and no head without an end."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.doors.http import HEAD, server

BEGINS = b"POST /length HTTP/1.1\r\nhost: bot\r\n"


def play(story: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> None:
    """Over a connection to a server whose app answers how long a body is."""

    async def length(request: Request) -> Response:
        return PlainTextResponse(f"{len(await request.body())} bytes")

    async def run() -> None:
        made = server(Starlette(routes=[Route("/length", length, methods=["POST"])]))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            serving = asyncio.create_task(made.serve(sockets=[listening]))
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            async with asyncio.timeout(10):
                await story(reader, writer)
            writer.close()
            made.should_exit = True
            await serving

    asyncio.run(run())


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The first line of an answer, and its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = next(line for line in head.splitlines() if line.startswith(b"content-length:"))
    return head.splitlines()[0], await reader.readexactly(int(length.split(b":")[1]))


def test_bodies_far_longer_than_a_head_are_read_in_pieces_and_one_after_another() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for size in (3, 40 * HEAD):
            writer.write(BEGINS + b"content-length: %d\r\n\r\n" % size)
            for begin in range(0, size, HEAD // 2):
                writer.write(b"x" * min(HEAD // 2, size - begin))
                await writer.drain()
            assert await answer(reader) == (b"http/1.1 200 ok", b"%d bytes" % size)

    play(story)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"x-more: and more\r\n", id="many headers"),
        pytest.param(b"x" * 100, id="a header without an end"),
        pytest.param(b"x-more: " + b"x" * 2 * HEAD + b"\r\n\r\n", id="one that has an end, too late"),
    ],
)
def test_a_head_without_an_end_is_refused(piece: bytes) -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(BEGINS + piece * (HEAD // len(piece) + 1))
        assert (await answer(reader))[0] == b"http/1.1 400 bad request"
        assert await reader.read() == b""  # it hangs up

    play(story)


def test_what_follows_the_last_piece_of_a_body_has_an_end_too() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(BEGINS + b"expect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n")
        await reader.readuntil(b"Continue\r\n\r\n")
        writer.write(b"0\r\n" + b"x-more: and more\r\n" * (HEAD // 10))
        assert (await answer(reader))[0] == b"http/1.1 400 bad request"

    play(story)


def test_no_other_protocol_is_spoken() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(
            BEGINS + b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert (await answer(reader))[0] == b"http/1.1 200 ok"

    play(story)


@pytest.mark.parametrize("body", [b"content-length: 31\r\n\r\n", b"transfer-encoding: chunked\r\n\r\n1f\r\n"])
def test_a_body_is_never_the_next_request(body: bytes) -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(
            BEGINS + b"connection: upgrade\r\nupgrade: h2c\r\n" + body + b"GET /length HTTP/1.1\r\nhost: bot\r\n\r\n"
        )
        assert (await answer(reader))[0] == b"http/1.1 400 bad request"
        assert await reader.read() == b""

    play(story)


def test_some_requests_wait_for_the_answer_before_them_and_no_more_are_read() -> None:
    one = BEGINS + b"content-length: 3\r\n\r\nabc"

    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(one * 5)
        for _ in range(5):
            assert await answer(reader) == (b"http/1.1 200 ok", b"3 bytes")
        writer.write(one * 1000)
        answers = (await reader.read()).lower()
        assert answers.count(b"http/1.1 400 bad request") == 1
        assert answers.count(b"http/1.1 200 ok") < 20

    play(story)


def test_what_is_no_http_is_refused() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x16\x03\x01 this is TLS\r\n\r\n")
        assert (await answer(reader))[0] == b"http/1.1 400 bad request"

    play(story)
