"""A document stands in its thread exactly once, whatever goes wrong at whichever step on its way there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clients.journal import Database, SqlOutbox
from bot.domain.report import Document, Report
from bot.domain.request import Place
from bot.doors.slack.screen import SlackScreen
from bot.engine.outbox import Deliverer
from bot.ports import Kind, Say
from sandbox.slack.aureus import seed_aureus
from sandbox.slack.faults import What
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace
from tests.doors.slack.reports import CASE, LINE, WAITING
from tests.doors.slack.scene import HERE, MANIFEST, account
from tests.engine.bench import Bench, bench

DOCUMENT = Document(f"{CASE}-2.md", "What happened: bridge", "# What happened\n\nThe bridge was closed.\n")
#: In their order: the look whether the thread is there, the announcement, the bytes, the sharing.
STEPS = ("conversations.replies", "files.getUploadURLExternal", "upload", "files.completeUploadExternal")
TROUBLES: tuple[What, ...] = ("lose-answer", "down", "ratelimit")


@dataclass
class Halt:
    """Slack, at one of whose methods a call stops: before it is carried out, or after, and is never answered."""

    app: ASGIApp
    method: str = ""
    after: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not (scope["type"] == "http" and self.method and self.method in scope["path"]):
            await self.app(scope, receive, send)
            return
        if self.after:
            await self.app(scope, receive, _nowhere)
        self.reached.set()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _nowhere(_: Message) -> None:
    """Nobody hears it."""


class Room:
    """A database, a Slack on its socket, and processes that say what is in the outbox."""

    def __init__(self, b: Bench, workspace: Workspace, halt: Halt, token: str, folder: Path) -> None:
        self.b, self.workspace, self.halt, self.token, self.folder = b, workspace, halt, token, folder

    def process(self, outbox: SqlOutbox | None = None) -> Deliverer:
        """Another one, with a screen of its own."""
        screen = SlackScreen(AsyncWebClient(self.token, f"{self.workspace.url}/api/"), account, limit=5)
        return Deliverer(outbox or self.b.core.outbox, screen, self.b.core.cases, self.b.clock, Place("C9"))

    async def says_all(self, deliverer: Deliverer) -> None:
        """Time goes on until all is said."""
        for _ in range(40):
            await deliverer.deliver()
            if await self.b.core.outbox.next_due() is None:
                return
            self.b.clock.move(timedelta(seconds=5))
        raise AssertionError("something is never said")

    def names(self) -> list[str]:
        """Of the files in the threads of the channel."""
        return [each.name for message in self.workspace.messages("CONCALL") for each in message.files]


def play(folder: Path, story: Callable[[Room], Awaitable[None]]) -> None:
    """A story that begins with a card in the channel, and with a document that is to be said in its thread."""

    async def run() -> None:
        async with bench(folder) as b, _slack(b) as (workspace, halt, token):
            room = Room(b, workspace, halt, token, folder)
            card = Say(f"card:{CASE}", Kind.CARD, WAITING, HERE)
            await b.core.outbox.say(card)
            await room.says_all(room.process())
            written = Report("The timeline.", parts=(DOCUMENT,))
            file = Say(f"file:{CASE}:2", Kind.FILE, written, HERE, under=card.key)
            await b.core.outbox.say(file, Say(f"line:{CASE}:3", Kind.LINE, LINE, HERE, under=card.key))
            await story(room)
            assert room.names() == [DOCUMENT.name]
            card_, shared, line = workspace.messages("CONCALL")
            assert {shared.thread_ts, line.thread_ts} == {card_.ts}
            assert shared.files, "what comes after it in the thread was said after it"
            assert await b.core.outbox.next_due() is None

    asyncio.run(run())


@asynccontextmanager
async def _slack(b: Bench) -> AsyncIterator[tuple[Workspace, Halt, str]]:
    workspace = Workspace(b.clock)
    app = workspace.install(MANIFEST)
    seed_aureus(workspace)
    server = SlackServer(workspace)
    halt = Halt(server.app)
    server.app = halt  # type: ignore[assignment]
    async with server.serve():
        yield workspace, halt, app.bot_token


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_after_trouble_at_any_step_it_stands_there_once(tmp_path: Path, step: str, trouble: What) -> None:
    async def story(room: Room) -> None:
        deliverer = room.process()
        room.workspace.break_(trouble, method=step)
        await deliverer.deliver()
        await deliverer.deliver()
        room.workspace.mend()
        await room.says_all(deliverer)

    play(tmp_path, story)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_that_comes_again_and_again_makes_no_second_one(tmp_path: Path, step: str, trouble: What) -> None:
    async def story(room: Room) -> None:
        deliverer = room.process()
        for _ in range(3):
            room.workspace.break_(trouble, method=step, times=2)
            await deliverer.deliver()
            room.b.clock.move(timedelta(seconds=9))
        room.workspace.mend()
        await room.says_all(deliverer)

    play(tmp_path, story)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before it was done", "after it was done"])
def test_who_takes_it_up_after_a_process_died_at_any_step_says_it_once(tmp_path: Path, step: str, after: bool) -> None:
    async def story(room: Room) -> None:
        await _dies(room, step, after)
        survivor = room.process()
        room.b.clock.move(timedelta(seconds=29))
        await survivor.deliver()
        assert room.names() == ([DOCUMENT.name] if after and step == STEPS[-1] else []), "its lease is not over"
        await room.says_all(survivor)

    play(tmp_path, story)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before it was done", "after it was done"])
def test_a_bot_that_died_at_any_step_and_starts_again_says_it_once(tmp_path: Path, step: str, after: bool) -> None:
    """It waits for no lease, since it is the only one; but what Slack may still be sharing has a moment to appear."""

    async def story(room: Room) -> None:
        await _dies(room, step, after)
        database = await Database.open(f"sqlite:///{room.folder / 'journal.db'}", room.b.clock)
        try:
            outbox = SqlOutbox(database)
            await outbox.let_go()
            due = await outbox.next_due()
            assert due is not None
            assert timedelta(seconds=5) < due - room.b.clock.now() < timedelta(seconds=30)
            await room.says_all(room.process(outbox))
        finally:
            await database.close()

    play(tmp_path, story)


async def _dies(room: Room, step: str, after: bool) -> None:
    """A process that says it ends in the middle of this step, and writes down nothing more."""
    room.halt.method, room.halt.after = step, after
    dying = asyncio.create_task(room.process().deliver())
    await asyncio.wait_for(room.halt.reached.wait(), 10)
    dying.cancel()
    await asyncio.wait([dying])
    assert dying.cancelled()
    room.halt.method = ""
