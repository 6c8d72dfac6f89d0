"""Hands commands, interactions and events to apps, over HTTP or Socket Mode, as each app wants it."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.slack.apps import App
from sandbox.slack.objects import token_of
from sandbox.slack.outbound import Ack, Outbound, What
from sandbox.slack.records import JSON
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.workspace import Workspace

# An event that is not answered comes again: at once, after a minute, after five.
AGAIN: Final = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))


class Delivery:
    """The way from the workspace to its apps, while it is served."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._outbound: Outbound | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        #: When those events are told that wait for it: late ones, and those that were refused.
        self.waiting: list[datetime] = []
        self.sockets = SocketMode(workspace)

    async def start(self) -> None:
        """Begin; events are handed over on the loop that this is called on, from whatever thread they come."""
        loop = asyncio.get_running_loop()
        self._outbound = Outbound(self._workspace)

        def deliver(app: App, event: JSON) -> None:
            loop.call_soon_threadsafe(self._event, app, event)

        self._workspace.deliver = deliver

    async def stop(self) -> None:
        """End; what is on its way is dropped, as in an outage."""
        self._workspace.deliver = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        if self._outbound:
            await self._outbound.close()

    @property
    def on_their_way(self) -> int:
        """How many events are being handed over now; those that wait for their time are not."""
        return len(self._tasks) - len(self.waiting)

    async def ask(self, app: App, what: What, payload: JSON) -> Ack:
        """Hand over a command or an interaction, and wait for the app's answer."""
        return await self._send(app, what, payload)

    async def _send(self, app: App, what: What, payload: JSON, attempt: int = 0, reason: str = "") -> Ack:
        if app.socket_mode:
            return await self.sockets.send(app, what, payload, attempt, reason)
        if self._outbound is None:
            raise RuntimeError("the sandbox's Slack is not served yet, so no app can be asked")
        again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        return await self._outbound.send(app, what, payload, again)

    def _event(self, app: App, event: JSON) -> None:
        envelope = self._envelope(app, event)
        late = self._workspace.faults.take("late")
        when = self._workspace.clock.now() + timedelta(seconds=late.seconds if late else 0)
        self._begin(self._hand_over(app, envelope, when))
        if self._workspace.faults.take("duplicate"):
            self._begin(self._hand_over(app, envelope, when))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hand_over(self, app: App, envelope: JSON, when: datetime) -> None:
        await self._until(when)
        ack = await self._send(app, "events_api", envelope)
        for attempt, wait in enumerate(AGAIN, 1):
            if not ack.problem or ack.no_retry:
                return
            await self._until(self._workspace.clock.now() + wait)
            ack = await self._send(app, "events_api", envelope, attempt, ack.reason)
        if ack.problem:
            self._workspace.problems.append(f"{app.name} never answered the event {envelope['event_id']}: {ack.reason}")

    async def _until(self, when: datetime) -> None:
        self.waiting.append(when)
        try:
            while self._workspace.clock.now() < when:  # noqa: ASYNC110 - the clock is moved by hand and has no alarm
                await asyncio.sleep(0.02)
        finally:
            self.waiting.remove(when)

    def _envelope(self, app: App, event: JSON) -> JSON:
        team = self._workspace.team["id"]
        right = {"enterprise_id": None, "team_id": team, "user_id": app.bot_user_id, "is_bot": True,
                 "is_enterprise_install": False}  # fmt: skip
        return {
            "token": token_of(app), "team_id": team, "context_team_id": team, "context_enterprise_id": None,
            "api_app_id": app.id, "event": event, "type": "event_callback", "event_id": self._workspace.next_id("Ev"),
            "event_time": self._workspace.seconds(), "authorizations": [right], "is_ext_shared_channel": False,
            "event_context": f"4-{app.id}",
        }  # fmt: skip
