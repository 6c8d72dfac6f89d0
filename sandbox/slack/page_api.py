"""What a page in the browser, or a driver in a test, sees and does as a person: plain JSON below `/page`."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.slack.delivery import Delivery
from sandbox.slack.element_state import KEEPS
from sandbox.slack.interactions import Interactions, Refused
from sandbox.slack.modals import Modals
from sandbox.slack.objects import file_json, view_json
from sandbox.slack.records import JSON, SLACKBOT, Channel, Message, View
from sandbox.slack.workspace import Hint, Workspace

Answer = Callable[[Any], Awaitable[JSON]]


class PageApi:
    """Every request says as whom: `as`, a person's id or name."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._do = Interactions(workspace, delivery)
        self._modals = Modals(workspace, delivery)
        self._streams: set[asyncio.Queue[Hint | None]] = set()
        gets = {"state": self._state, "messages": self._messages, "replies": self._replies, "home": self._home,
                "views": self._views}  # fmt: skip
        posts = {"say": self._say, "press": self._press, "submit": self._submit, "close": self._close,
                 "react": self._react, "shortcut": self._shortcut, "delete": self._delete, "open_dm": self._open_dm,
                 "open_home": self._open_home, "break": self._break}  # fmt: skip
        self.routes = [
            *(Route(f"/page/{name}", _get(answer)) for name, answer in gets.items()),
            *(Route(f"/page/{name}", _post(answer), methods=["POST"]) for name, answer in posts.items()),
            Route("/page/events", self._events),
        ]

    def close(self) -> None:
        """End the streams of changes."""
        for stream in self._streams:
            stream.put_nowait(None)

    # Seeing

    async def _state(self, asked: JSON) -> JSON:
        workspace, me = self._workspace, self._person(asked) if asked.get("as") else ""
        users = [one for one in workspace.users.values() if not one.deleted and one.id != SLACKBOT]
        return {
            "team": workspace.team, "now": workspace.clock.now().isoformat(),
            "users": [
                {"id": one.id, "name": one.name, "real_name": one.real_name, "title": one.title, "email": one.email,
                 "is_bot": one.is_bot, "color": one.color, "initials": one.initials} for one in users
            ],
            "channels": [
                {"id": one.id, "name": one.name, "kind": one.kind, "topic": one.topic, "members": one.members,
                 "is_member": me in one.members, "unread": self._unread(one, me)}
                for one in workspace.channels.values()
                if not one.archived and (one.kind == "public" or me in one.members)
            ],
            "commands": [
                {"command": one.command, "usage_hint": one.usage_hint, "description": one.description}
                for app in workspace.apps.values() for one in app.commands.values()
            ],
            "shortcuts": [
                {"name": one.name, "type": one.type, "callback_id": one.callback_id}
                for app in workspace.apps.values() for one in app.shortcuts.values()
            ],
            "broken": [{"what": one.what, "method": one.method, "times": one.times} for one in workspace.faults.now()],
        }  # fmt: skip

    def _unread(self, channel: Channel, me: str) -> int:
        if me not in channel.members:
            return 0
        last = channel.last_read.get(me, "")
        return sum(1 for one in channel.messages.values() if one.ts > last and not one.deleted and not one.is_reply)

    async def _messages(self, asked: JSON) -> JSON:
        me, channel = self._person(asked), self._channel(asked)
        top = [one for one in channel.messages.values() if not one.is_reply or one.broadcast]
        mine = [
            one for one in channel.ephemerals.values() if one.seen_by == me and not one.thread_ts and not one.deleted
        ]
        shown = sorted([*top, *mine], key=lambda one: one.ts)
        if shown and channel.last_read.get(me, "") < shown[-1].ts:
            channel.last_read[me] = shown[-1].ts
        return {"messages": [self._told(one) for one in shown if not one.deleted or channel.replies(one.ts)]}

    async def _replies(self, asked: JSON) -> JSON:
        me, channel, ts = self._person(asked), self._channel(asked), str(asked.get("ts"))
        parent = channel.messages.get(ts)
        if parent is None:
            raise Refused("thread_not_found", "This thread is not there.")
        mine = [
            one for one in channel.ephemerals.values() if one.seen_by == me and one.thread_ts == ts and not one.deleted
        ]
        rest = sorted([*channel.replies(ts), *mine], key=lambda one: one.ts)
        return {"messages": [self._told(one) for one in [parent, *rest]]}

    def _told(self, message: Message) -> JSON:
        gone = message.deleted
        name = "Slackbot" if message.user == SLACKBOT else message.username
        return {
            "ts": message.ts, "user": message.user, "username": name or None, "text": "" if gone else message.text,
            "blocks": [] if gone else message.blocks, "attachments": [] if gone else message.attachments,
            "files": [] if gone else [file_json(self._workspace, file) for file in message.files],
            "thread_ts": message.thread_ts, "edited": message.edited, "ephemeral": bool(message.seen_by),
            "reply_count": len(self._workspace.channels[message.channel].replies(message.ts)), "deleted": gone,
            "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
        }  # fmt: skip

    async def _home(self, asked: JSON) -> JSON:
        me = self._person(asked)
        for (app, user), view in self._workspace.homes.items():
            if user == me and asked.get("app") in (None, app):
                return {"view": view_json(self._workspace, view)}
        return {"view": None}

    async def _views(self, asked: JSON) -> JSON:
        stack = self._workspace.stacks.get(self._person(asked), [])
        return {"views": [view_json(self._workspace, view) for view in stack]}

    async def _events(self, request: Request) -> Response:
        """Server-sent events: a hint on each change that this person can see."""
        try:
            me = self._person(dict(request.query_params))
        except Refused as wrong:
            return JSONResponse({"ok": False, "error": wrong.code, "detail": str(wrong)}, 400)
        return StreamingResponse(self._hints(me), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _hints(self, me: str) -> AsyncIterator[str]:
        loop, stream = asyncio.get_running_loop(), asyncio.Queue[Hint | None]()

        def hear(hint: Hint) -> None:
            channel = self._workspace.channels.get(hint.channel or "")
            hidden = channel is not None and channel.kind != "public" and me not in channel.members
            if hint.user in (None, me) and not hidden:
                loop.call_soon_threadsafe(stream.put_nowait, hint)

        stop = self._workspace.hear(hear)
        self._streams.add(stream)
        try:
            yield ": here\n\n"
            while (hint := await stream.get()) is not None:
                yield f"data: {json.dumps({'kind': hint.kind, 'channel': hint.channel})}\n\n"
        finally:
            self._streams.discard(stream)
            stop()

    # Doing

    async def _say(self, told: JSON) -> JSON:
        await self._do.say(self._person(told), self._channel(told), str(told.get("text", "")), told.get("thread_ts"))
        return {}

    async def _press(self, told: JSON) -> JSON:
        me, what = self._person(told), _chosen(told)
        where = str(told.get("block_id")), str(told.get("action_id"))
        if told.get("view_id"):
            homes = [view for (_, user), view in self._workspace.homes.items() if user == me]
            await self._do.press_in_view(self._view(me, told, homes), *where, what, told.get("values") or {})
        else:
            await self._do.press(me, self._message(me, told), *where, what, told.get("values") or {})
        return {}

    async def _submit(self, told: JSON) -> JSON:
        errors = await self._modals.submit(self._view(self._person(told), told), told.get("values") or {})
        return {"errors": errors} if errors else {}

    async def _close(self, told: JSON) -> JSON:
        await self._modals.close(self._view(self._person(told), told))
        return {}

    async def _react(self, told: JSON) -> JSON:
        me = self._person(told)
        self._do.react(me, self._message(me, told), str(told["name"]), bool(told.get("on", True)))
        return {}

    async def _shortcut(self, told: JSON) -> JSON:
        me = self._person(told)
        message = self._message(me, told) if told.get("ts") else None
        await self._do.shortcut(me, str(told.get("callback_id")), message)
        return {}

    async def _delete(self, told: JSON) -> JSON:
        me = self._person(told)
        self._do.delete(me, self._message(me, told))
        return {}

    async def _open_dm(self, told: JSON) -> JSON:
        return {"channel": self._do.open_direct(self._person(told), self._person({"as": told.get("user")})).id}

    async def _open_home(self, told: JSON) -> JSON:
        me = self._person(told)
        for app in self._workspace.apps.values():
            if told.get("app") in (None, app.id):
                self._do.open_home(me, app)
                return {}
        raise Refused("not_found", "No app is installed.")

    async def _break(self, told: JSON) -> JSON:
        """`{"what", "method"?, "times"?, "seconds"?, "closed"?, "on"?}`; `refresh` asks for new connections."""
        if told.get("what") == "refresh":
            await self._delivery.sockets.refresh()
        elif not told.get("on", True):
            self._workspace.mend(told.get("what"))
        else:
            more = {name: told[name] for name in ("method", "times", "seconds", "closed") if name in told}
            try:
                self._workspace.break_(told["what"], **more)
            except (KeyError, ValueError) as wrong:
                raise Refused("invalid_arguments", str(wrong)) from None
        self._workspace.hint("channel")
        return {}

    # Finding what is spoken of

    def _person(self, told: JSON) -> str:
        try:
            return self._workspace.user(str(told.get("as") or "")).id
        except LookupError as unknown:
            raise Refused("user_not_found", str(unknown)) from None

    def _channel(self, told: JSON) -> Channel:
        try:
            channel = self._workspace.channel(str(told.get("channel") or ""))
        except LookupError as unknown:
            raise Refused("channel_not_found", str(unknown)) from None
        if channel.kind != "public" and self._person(told) not in channel.members:
            raise Refused("channel_not_found", "You cannot see this conversation.")
        return channel

    def _message(self, me: str, told: JSON) -> Message:
        message = self._workspace.message(self._channel(told).id, str(told.get("ts")))
        if message is None or message.seen_by not in (None, me):
            raise Refused("message_not_found", "This message is not there any more.")
        return message

    def _view(self, me: str, told: JSON, homes: list[View] | None = None) -> View:
        for view in [*self._workspace.stacks.get(me, []), *(homes or [])]:
            if view.id == told.get("view_id"):
                return view
        raise Refused("not_found", "This view is closed already.")


def _chosen(told: JSON) -> Any:
    """What was chosen or typed: the state of the element, or a bare value."""
    state = told.get("state")
    if isinstance(state, dict):
        return next((state[name] for name, _ in KEEPS.values() if name in state), None)
    return told["selected"] if told.get("selected") is not None else told.get("value")


def _get(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def get(request: Request) -> Response:
        return await _guarded(answer, dict(request.query_params))

    return get


def _post(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def post(request: Request) -> Response:
        try:
            told = await request.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return JSONResponse({"ok": False, "error": "invalid_json", "detail": "a JSON object is wanted"}, 400)
        return await _guarded(answer, told)

    return post


async def _guarded(answer: Answer, told: JSON) -> Response:
    try:
        return JSONResponse({"ok": True, **await answer(told)})
    except Refused as refused:
        return JSONResponse({"ok": False, "error": refused.code, "detail": str(refused)})
