"""A world with a bot that dies, and people who go on: they say again only what they were told had failed."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.objects import Json
from sandbox.slack.outbound import NOT_DISPATCHED, TIMED_OUT
from sandbox.slack.person import NotPossible, Person, Seen
from sandbox.world import World
from tests.crash.mortal import Fate, live, nursery

T = TypeVar("T")

CHANNEL = "#aureus-on-call"
ALERTS = "#aureus-alerts"
_CHANNELS = (CHANNEL, ALERTS, "#aureus-critical")
#: By the clock: longer than any lease and any grace, so that nothing of a dead process is waited for.
AWAY = timedelta(seconds=40)
PATIENCE = 30.0
#: So long without a write, and nothing more is to be written; in seconds.
_QUIET = 0.8
#: What others than the bot write to: a monitoring system, whoever turns a switch of the page.
_OTHERS = ("/v2/enqueue", "/sandbox/")


class Stage:
    """One sandbox, one bot at a time, and what people see and do."""

    def __init__(self, world: World, database_url: str = "", queue_too: bool = False) -> None:
        self.world = world
        self.fate = Fate(world.folder / "fate")
        self.deaths = 0
        #: Whoever is started after a death dies after so many moments, too; 0: it lives.
        self.again = 0
        #: How often the bot wrote to the cluster, to PagerDuty and to the Alertmanager; rehearsals are none.
        self.writes = 0
        self._url = database_url
        self._queue_too = queue_too
        self._process: Any = None
        self._reviving = asyncio.Lock()
        world.workspace.hear(lambda _: self.fate.outside())
        for app in (world.kubernetes.app, world.pagerduty.app, world.alerts.app):
            app.add_middleware(_Writes, told=self._written)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, database_url: str = "", queue_too: bool = False) -> AsyncIterator["Stage"]:
        """A new world with a bot in it that is ready; ``queue_too`` as for ``Watch``."""
        world = World(folder)
        world.cluster.set_pace(lag=0, schedule=0.02, start=0.05, ready=0.05, grace=0.02, sync=0.5)
        stage = cls(world, database_url, queue_too)
        async with world.serve():
            try:
                await stage.revive()
                yield stage
            finally:
                stage.kill()

    def _written(self) -> None:
        self.writes += 1
        self.fate.outside()

    @property
    def alive(self) -> bool:
        """Whether there is a bot."""
        return self._process is not None and bool(self._process.is_alive())

    def person(self, name: str) -> Person:
        """Somebody of the sandbox's Slack."""
        return Person(self.world.slack, name)

    @property
    def log(self) -> Path:
        """What all the bots of this world wrote."""
        return self.world.folder / "bot.log"

    async def revive(self) -> None:
        """Start a bot when there is none; the clock goes on by what a death costs."""
        async with self._reviving:
            while not self.alive:
                if self._process is not None:
                    self.deaths += 1
                    self.fate.set(self.again)
                    self.world.clock.move(AWAY)
                environment = self.world.bot.environment() | ({"DATABASE_URL": self._url} if self._url else {})
                told = (environment, self.fate.path, self.log, self._queue_too)
                self._process = nursery().Process(target=live, args=told)
                self._process.start()
                await self._ready()

    async def _ready(self) -> None:
        """Return when it is ready, or when it died while it started, as it was to."""
        for _ in range(400):
            if await self._answers():
                return
            if not self.alive:
                if self.again and self._process.exitcode == -signal.SIGKILL:
                    return
                break
            await asyncio.sleep(0.02)
        raise AssertionError(f"The bot did not come up:\n{self.log.read_text()[-3000:]}")

    async def _answers(self) -> bool:
        """Whether it says that it is ready. Asked so often that an HTTP client was a fifth of all that is done here."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.world.bot_port)
                with contextlib.closing(writer):
                    writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
                    return b" 200 " in await reader.readline()
        return False

    def send(self, sign: signal.Signals) -> None:
        """Send the bot a signal."""
        os.kill(self._process.pid, sign)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    async def until(self, what: Callable[[], T | None], about: str) -> T:
        """Look until there is an answer; whenever the bot is dead, another one is started."""
        end = time.monotonic() + PATIENCE
        while not (found := what()):
            await self.revive()
            self._deliver()
            if time.monotonic() > end:
                raise AssertionError(
                    f"waited {PATIENCE:g} s for {about}\n{self.shown()}\n{self._waiting()}"
                    f"\n{self.log.read_text()[-4000:]}"
                )
            await asyncio.sleep(0.04)
        return found

    def _waiting(self) -> str:
        """What PagerDuty has not delivered, for the words of a failure."""
        told = [f"It is {self.world.clock.now()}."]
        for hook in self.world.account.subscriptions.values():
            told.append(f"PagerDuty delivered {hook.delivered} webhooks, dropped {hook.dropped}, is off until")
            told.append(f"{hook.disabled_until}, and these wait:")
            told += [f"{each.event_type} (tried {each.attempts} times, next {each.next_at})" for each in hook.queue]
        return " ".join(told)

    def _deliver(self) -> None:
        """What PagerDuty could not deliver to a bot that was dead, or not yet ready, it delivers later: now."""
        now, hooks = self.world.clock.now(), self.world.account.subscriptions.values()
        later = [each.next_at - now for hook in hooks for each in hook.queue if each.attempts and each.next_at > now]
        if later:
            self.world.clock.move(min(later))

    async def quiet(self) -> None:
        """Wait until the bot has nothing more to write; whenever it is dead, another one is started."""
        moments, since = self.fate.moments, time.monotonic()
        while time.monotonic() - since < _QUIET:
            await asyncio.sleep(0.05)
            await self.revive()
            if self.fate.moments != moments:
                moments, since = self.fate.moments, time.monotonic()

    async def says(self, who: str, words: str) -> None:
        """Somebody types a command; again when Slack has told that it failed, and only if nothing was stored."""
        person = self.person(who)
        await self._tells(who, lambda: person.says(CHANNEL, f"/aureus {words}"))

    async def presses(self, who: str, card: Callable[[], Seen | None], button: str) -> None:
        """Somebody presses a button of a card as it is now."""
        await self._tells(who, lambda: self._press(who, card, button))

    async def _press(self, who: str, card: Callable[[], Seen | None], button: str) -> None:
        await self.until(lambda: (shown := card()) is not None and button in shown.buttons, f"[{button}]")
        shown = card()
        assert shown is not None
        await self.person(who).presses(shown, button)

    async def fills_in(self, who: str, card: Callable[[], Seen | None], button: str, words: str) -> None:
        """Press a button that asks for words, and send its form: again as long as Slack tells that it had trouble.

        Slack keeps a form that it could not deliver. So what was stored, and not answered, is sent a second time.
        """
        person = self.person(who)
        for _ in range(3):
            await self.revive()
            try:
                if person.modal is None:
                    await self._press(who, card, button)
                assert person.modal is not None, f"{button} opened no form"
                wrong = await person.submits(person.modal, {"words": words})
            except NotPossible as no:
                if not _failed(str(no)):
                    raise
                await self._known_dead()
            else:
                assert not wrong, wrong
                return
        raise AssertionError("sent three times, and never delivered")

    async def _tells(self, who: str, act: Callable[[], Awaitable[None]]) -> None:
        before = self.fate.received
        for _ in range(3):
            await self.revive()
            heard, deaths, told = len(self._complaints(who)), self.deaths, ""
            try:
                await act()
            except NotPossible as no:
                if not _failed(told := str(no)):
                    raise
            told += "".join(self._complaints(who)[heard:])
            if TIMED_OUT in told:
                # A busy machine. It may yet be stored, so people look before they say it again.
                await self._stored_or_dead(before, deaths)
            if self.fate.received > before:
                return  # whatever the person was told: what is stored is carried out
            assert told, f"the bot took it from {who} and stored nothing\n{self.shown(who)}"
            await self._known_dead()
        raise AssertionError(f"said three times, and never stored: {told}\n{self.log.read_text()[-4000:]}")

    async def _known_dead(self) -> None:
        """Give a moment to whoever tells that a process is dead: on a busy machine that takes longer than to try."""
        await asyncio.to_thread(self._process.join, 0.5)

    async def _stored_or_dead(self, before: int, deaths: int) -> None:
        await self.until(lambda: self.fate.received > before or self.deaths > deaths, "what came too late")

    def _complaints(self, who: str) -> list[str]:
        """What Slack has told this person of commands that failed."""
        return [one.text for one in self.person(who).sees(CHANNEL) if one.ephemeral and _failed(one.text)]

    def messages(self, since: str = "") -> list[Seen]:
        """All that everybody sees in the channels of the bot, replies too, in order; only what came after a ts."""
        ana = self.person("ana")
        seen = [one for channel in _CHANNELS for one in ana.sees(channel, since) if not one.ephemeral]
        return sorted(seen, key=lambda one: one.ts)

    def whispers(self, who: str) -> list[Seen]:
        """What only this person sees."""
        return [one for one in self.person(who).sees(CHANNEL) if one.ephemeral and one.user != "USLACKBOT"]

    def deployment(self, name: str, namespace: str = "aureus") -> Json:
        """How the cluster shows a Deployment."""
        shown = state_of(self.world.cluster)["deployments"]
        found: Json = next(one for one in shown if (one["namespace"], one["name"]) == (namespace, name))
        return found

    def generation(self, name: str, namespace: str = "aureus") -> int:
        """How often the wish of a Deployment was changed."""
        return int(self.world.cluster.deployment(namespace, name)["metadata"]["generation"])

    def shown(self, who: str = "ana") -> str:
        """Everything in the channels that somebody sees, for the words of a failure."""
        seen = [one for channel in _CHANNELS for one in self.person(who).sees(channel)]
        return "\n".join(f"  {one.ts} {one.thread_ts or ''} {one.words!r}" for one in seen)


def _failed(told: str) -> bool:
    """Whether Slack tells that the bot was not reached, or did not answer in three seconds."""
    return NOT_DISPATCHED in told or TIMED_OUT in told


class _Writes:
    """Tells of every request that changes something, when it is answered."""

    def __init__(self, app: ASGIApp, told: Callable[[], None]) -> None:
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] != "http" or scope["method"] == "GET" or scope["path"].startswith(_OTHERS):
            return
        if b"dryRun" not in scope["query_string"]:
            self._told()
