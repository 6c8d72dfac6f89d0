"""The baselines: what is the least that can answer, under the same Starlette and uvicorn, in a process of its own.

``bolt`` is a bare Bolt ``AsyncApp`` that only acknowledges. ``insert`` parses the JSON, stores the body by one INSERT
in a SQLite file of the same pragmas as the bot's, and answers after the commit.
"""

import asyncio
import contextlib
import json
import os
import socket
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator

import httpx
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


@contextlib.asynccontextmanager
async def baseline(which: str, **environment: str) -> AsyncIterator[str]:
    """The address of a baseline that runs and is ready."""
    command = (sys.executable, "-m", "benchmarks.bare", which)
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment}, stdout=PIPE)
    assert process.stdout is not None
    try:
        address = f"http://127.0.0.1:{int(await process.stdout.readline())}"
        await _ready(f"{address}/readyz")
        yield address
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.05)


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-bare", bot_user_id="UBOT")  # noqa: S106 - no secret


def bolt() -> Route:
    """``/slack/events``."""
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=_authorize)

    @app.command("/aureus")
    async def command(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Route("/slack/events", events, methods=["POST"])


def insert() -> Route:
    """``/webhooks/alertmanager``."""
    file = sqlite3.connect(os.environ["BARE_FILE"], isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        file.execute(f"PRAGMA {pragma}")
    file.execute("CREATE TABLE inbox (number INTEGER PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL)")

    async def alerts(request: Request) -> Response:
        body = await request.body()
        json.loads(body)
        # By itself each statement is a transaction: it is committed when this returns.
        file.execute("INSERT INTO inbox (at, body) VALUES (?, ?)", (time.time(), body.decode()))
        return JSONResponse({"taken": True})

    return Route("/webhooks/alertmanager", alerts, methods=["POST"])


def main() -> None:
    async def readyz(_: Request) -> Response:
        return PlainTextResponse("ready")

    route = {"bolt": bolt, "insert": insert}[sys.argv[1]]()
    web = Starlette(routes=[route, Route("/readyz", readyz)])
    # A port that is free, and its own from now on; whoever started it reads which.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(web, log_level="error", access_log=False)).run(sockets=[listening])


if __name__ == "__main__":
    main()
