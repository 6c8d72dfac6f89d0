"""A tiny server that speaks the page's contract with made-up data, and remembers what the page sent."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Mount, Route

from sandbox.page.routes import page_app
from tests.sandbox.page import fake_data as data
from tests.sandbox.page.fake_cluster import fake_cluster
from tests.sandbox.page.fake_data import Json
from tests.sandbox.page.fake_pager import FakePager


class FakeWorld:
    """Slack, the cluster, the pager and the clock in one: enough for a page to be drawn and pressed."""

    def __init__(self) -> None:
        self.messages = data.messages()
        self.replies = list(data.REPLIES)
        self.cluster = fake_cluster()
        self.views: list[Json] = []
        self.bot: Json = {"running": True, "pid": 4711, "starts": 1}
        self.moved = 0
        self.sent: list[tuple[str, Json]] = []
        self.pager = FakePager(self.sent)
        self._listeners: list[asyncio.Queue[Json]] = []

    def received(self, path: str) -> list[Json]:
        """The bodies that the page posted to this path, oldest first."""
        return [body for where, body in self.sent if where == path]

    def _hint(self, kind: str, channel: str | None = None) -> None:
        for queue in self._listeners:
            queue.put_nowait({"kind": kind, "channel": channel})

    # Slack

    async def state(self, request: Request) -> JSONResponse:
        me = request.query_params.get("as", "UANA")
        channels = [one for one in data.CHANNELS if one["kind"] != "im" or me in one["members"]]
        state = {"team": "Aureus", "now": self._now(), "users": data.USERS, "channels": channels}
        return JSONResponse({**state, "commands": data.COMMANDS})

    async def list_messages(self, request: Request) -> JSONResponse:
        ours = request.query_params["channel"] == data.ON_CALL
        return JSONResponse({"messages": self.messages if ours else []})

    async def list_replies(self, request: Request) -> JSONResponse:
        parent = [one for one in self.messages if one["ts"] == request.query_params["ts"]]
        return JSONResponse({"messages": [*parent, *self.replies]})

    async def home(self, _: Request) -> JSONResponse:
        return JSONResponse({"view": data.HOME})

    async def list_views(self, _: Request) -> JSONResponse:
        return JSONResponse({"views": self.views})

    async def events(self, _: Request) -> StreamingResponse:
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._listeners.append(queue)

        async def lines() -> AsyncIterator[str]:
            yield ": hello\n\n"
            while True:
                yield f"data: {json.dumps(await queue.get())}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def slack_post(self, request: Request) -> JSONResponse:
        what, body = request.path_params["what"], await request.json()
        self.sent.append((f"/page/{what}", body))
        act = getattr(self, f"_{what}", None)
        answer: Json = (act(body) if act else None) or {}
        return JSONResponse({"ok": True, **answer})

    def _say(self, body: Json) -> None:
        said = data.message(body["as"], -len(self.sent) / 60, body["text"])
        if body.get("thread_ts"):
            self.replies.append(said)
        elif body["text"].startswith("/"):
            self.messages.append({**said, "user": "UAUREUS", "text": f"Heard: {body['text']}", "ephemeral": True})
        else:
            self.messages.append(said)
        self._hint("message", body["channel"])

    def _press(self, body: Json) -> None:
        if body["action_id"] == "form":
            self.views = [data.VIEW]
            self._hint("view")
        elif body["action_id"] == "confirm":
            card = next(one for one in self.messages if one["ts"] == body["ts"])
            told = {"type": "section", "block_id": "told", "text": data.text("✅ *Confirmed* by Ana Silva")}
            card["blocks"] = [*data.CARD[:-1], told]
            self._hint("message", body["channel"])

    def _submit(self, body: Json) -> Json | None:
        if body["values"]["reason"]["words"]["value"] == "because":
            return {"errors": {"reason": "Say more than “because”."}}
        self.views = []
        self._hint("view")
        return None

    def _close(self, _: Json) -> None:
        self.views = []
        self._hint("view")

    def _react(self, body: Json) -> None:
        said = next(one for one in self.messages if one["ts"] == body["ts"])
        users = {one["name"]: one["users"] for one in said["reactions"]}
        others = [user for user in users.get(body["name"], []) if user != body["as"]]
        users[body["name"]] = [*others, body["as"]] if body["on"] else others
        said["reactions"] = [{"name": name, "users": who} for name, who in users.items() if who]
        self._hint("reaction", body["channel"])

    def _open_dm(self, body: Json) -> Json:
        return {"channel": "DAUREUS" if body["user"] == "UAUREUS" else "DBEN"}

    # The cluster and the world

    async def cluster_state(self, _: Request) -> JSONResponse:
        return JSONResponse(self.cluster)

    def _deployment(self, body: Json) -> Json:
        where = (body["namespace"], body["name"])
        return next(one for one in self.cluster["deployments"] if (one["namespace"], one["name"]) == where)

    async def break_it(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.sent.append(("/sandbox/break", body))
        owner = self._deployment(body) if body.get("name") else self.cluster
        owner["broken"] = sorted(
            {*owner["broken"], body["what"]} if body["on"] else {*owner["broken"]} - {body["what"]}
        )
        return JSONResponse({"ok": True})

    async def scale(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.sent.append(("/sandbox/scale", body))
        self._deployment(body)["wanted"] = body["replicas"]
        return JSONResponse({"ok": True})

    def _now(self) -> str:
        return (datetime.now(UTC) + timedelta(seconds=self.moved)).isoformat()

    async def world_state(self, _: Request) -> JSONResponse:
        return JSONResponse({"now": self._now(), "moved_seconds": self.moved, "bot": self.bot})

    async def move(self, request: Request) -> JSONResponse:
        self.moved += (await request.json())["seconds"]
        return JSONResponse({"ok": True})

    async def bot_does(self, request: Request) -> JSONResponse:
        what = (await request.json())["do"]
        self.sent.append(("/world/bot", {"do": what}))
        self.bot = {**self.bot, "running": what != "kill", "starts": self.bot["starts"] + (what != "kill")}
        return JSONResponse({"ok": True})

    def app(self) -> Starlette:
        slack: list[tuple[str, Any]] = [
            ("state", self.state),
            ("messages", self.list_messages),
            ("replies", self.list_replies),
            ("home", self.home),
            ("views", self.list_views),
            ("events", self.events),
        ]
        return Starlette(
            routes=[
                *(Route(f"/page/{name}", endpoint) for name, endpoint in slack),
                Route("/page/{what}", self.slack_post, methods=["POST"]),
                Route("/sandbox/state", self.cluster_state),
                Route("/sandbox/break", self.break_it, methods=["POST"]),
                Route("/sandbox/scale", self.scale, methods=["POST"]),
                *self.pager.routes(),
                Route("/world/state", self.world_state),
                Route("/world/move", self.move, methods=["POST"]),
                Route("/world/bot", self.bot_does, methods=["POST"]),
                Mount("/", page_app()),
            ]
        )


@contextmanager
def running(world: FakeWorld) -> Iterator[str]:
    """Serve the page and `world` on a free port of this machine; gives the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(world.app(), log_level="critical", timeout_graceful_shutdown=0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join(timeout=5)
