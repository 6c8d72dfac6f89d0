"""The baseline: a bare Bolt ``AsyncApp`` that only acknowledges, under the same Starlette and uvicorn."""

import os
import socket
import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-bare", bot_user_id="UBOT")  # noqa: S106 - no secret


def main() -> None:
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=_authorize)

    @app.command("/aureus")
    async def command(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def readyz(_: Request) -> Response:
        return PlainTextResponse("ready")

    web = Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/readyz", readyz)])
    # A port that is free, and its own from now on; whoever started it reads which.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(web, log_level="error", access_log=False)).run(sockets=[listening])


if __name__ == "__main__":
    main()
