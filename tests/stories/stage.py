"""A stage for stories: the real bot in this process, Slack and a cluster beside it on sockets, and time moved by hand.

Nothing here sleeps for the story's sake: whoever waits for something moves the clock until it is there.
"""

import asyncio
import contextlib
import functools
import io
import pickle
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.app import Bot, read_config, running
from bot.clients.journal.engine import locate, make_engine
from bot.clients.journal.upgrade import upgrade
from bot.clients.queue import MemoryQueue
from bot.config.load import Config
from bot.domain.run import Run
from bot.doors.slack.manifest import manifest
from bot.engine.commands import Commands
from bot.settings import PROJECT, Settings
from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus as seed_cluster
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.server import KubernetesServer
from sandbox.serving import serving
from sandbox.slack import payloads
from sandbox.slack.aureus import seed_aureus as seed_slack
from sandbox.slack.block_kit import elements
from sandbox.slack.element_state import action_of
from sandbox.slack.outbound import Ack
from sandbox.slack.person import Person, Seen
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace

T = TypeVar("T")
ON_CALL = "#aureus-on-call"
CONFIGS = f"{PROJECT / 'sandbox' / 'config'}:{PROJECT / 'config'}"
_PATIENCE = timedelta(minutes=20)  # of the story
_LONGEST_STEP = timedelta(seconds=5)  # an autoscaler looks every 15
_ARRIVES = 0.3  # seconds, real ones
_SECRETS = ("slack_bot_token", "slack_app_token", "slack_signing_secret")


class Stage:
    """What a story is told with."""

    def __init__(self, folder: Path, socket_mode: bool = False, bridge_hpa: bool = False) -> None:
        self.folder = folder
        self.socket_mode = socket_mode
        self.clock = StandingClock()
        self.workspace = Workspace(self.clock)
        self.cluster = _seeded(bridge_hpa, self.clock)
        self.slack = SlackServer(self.workspace)
        self.kubernetes = KubernetesServer(self.cluster)
        self.queue = MemoryQueue(self.clock)
        self._bot: Bot | None = None

    @property
    def bot(self) -> Bot:
        assert self._bot is not None, "the bot is not running"
        return self._bot

    @contextlib.asynccontextmanager
    async def set_up(self) -> AsyncIterator["Stage"]:
        """Slack and the cluster are served; the bot is not there yet."""
        (self.folder / "aureus.db").write_bytes(_empty_store())
        async with self.slack.serve(), self.kubernetes.serve():
            self.app = self.workspace.install(manifest("" if self.socket_mode else "http://127.0.0.1:1"))
            seed_slack(self.workspace)
            yield self

    @contextlib.asynccontextmanager
    async def with_bot(self, trouble: bool = False) -> AsyncIterator["Stage"]:
        """The bot lives while the block runs; a second block is the bot started again over the same store.

        ``trouble``: it begins with some.
        """
        self.queue = MemoryQueue(self.clock)
        settings = self._settings()
        started = running(settings, self.clock, _config(settings.aureus_config), self.queue)
        async with started as bot, serving(bot.web) as url:
            self.app.urls = dict.fromkeys(
                [*self.app.urls, "event", "interactive", *self.app.commands], f"{url}/slack/events"
            )
            self._bot = bot
            assert bool(bot.trouble) is trouble, bot.trouble
            try:
                yield self
            finally:
                self._bot = None

    def _settings(self) -> Settings:
        kubeconfig = self.kubernetes.write_kubeconfig(self.folder / "kubeconfig", "aureus-bot")
        said: dict[str, Any] = {
            "slack_bot_token": self.app.bot_token,
            "slack_app_token": self.app.app_token if self.socket_mode else "",
            "slack_signing_secret": "" if self.socket_mode else self.app.signing_secret,
            "slack_api_url": f"{self.slack.url}/api/",
            "kubeconfig": str(kubeconfig),
            "database_url": f"sqlite:///{self.folder / 'aureus.db'}",
            "aureus_config": CONFIGS,
        }
        return Settings(_env_file=None, **said)

    # What people do

    def person(self, name: str) -> Person:
        return Person(self.workspace, name)

    async def says(self, who: str, words: str, where: str = ON_CALL, thread: str | None = None) -> None:
        """Say it, and let everything come of it that comes at once."""
        await self.person(who).says(where, words, thread)
        await self.settle()

    async def presses(self, who: str, card: Seen, button: str) -> None:
        await self.person(who).presses(card, button)
        await self.settle()

    async def presses_as_it_was(
        self,
        who: str,
        card: Seen,
        button: str,
        value: str | None = None,
        twice: bool = False,
        after: timedelta = timedelta(),
        id_: str = "",
    ) -> Ack:
        """Press a button of a message that was redrawn since, as a slow browser does; ``value``, ``id_`` are made up.

        ``after``: it comes to the bot that much later.
        """
        block, element = next(
            (block, one) for block, one in elements(card.blocks) if one.get("text", {}).get("text") == button
        )
        element = element if value is None else {**element, "value": value}
        element = {**element, "action_id": id_} if id_ else element
        action = action_of(block, element, None, self.workspace.next_ts())
        message = self.workspace.message(card.channel, card.ts)
        assert message is not None
        payload = payloads.message_action(self.workspace, self.app, self.workspace.user(who).id, message, action, {})
        self.clock.move(after)
        ack = await self.slack.delivery.ask(self.app, "interactive", payload)
        if twice:
            await self.slack.delivery.ask(self.app, "interactive", payload)
        await self.settle()
        return ack

    async def fills_in(self, who: str, card: Seen, button: str, words: str = "", choice: str = "") -> None:
        """Press a button that asks for more, and send its form; without a ``choice`` as it is preselected."""
        person = self.person(who)
        await person.presses(card, button)
        assert person.modal is not None, f"{button} opened no form"
        given = {"static_select": choice, "plain_text_input": words}
        fields = {
            one["block_id"]: given[one["element"]["type"]]
            for one in person.modal.definition["blocks"]
            if "element" in one
        }
        errors = await person.submits(person.modal, {name: value for name, value in fields.items() if value})
        assert not errors
        await self.settle()

    # What they see

    async def sees(self, who: str, text: str, where: str = ON_CALL, alone: bool = False) -> Seen:
        """The newest message that shows this text (``alone``: to nobody else); time goes on until it is there."""
        person = self.person(who)

        def found() -> Seen | None:
            shown = (one for one in reversed(person.sees(where)) if one.ephemeral or not alone)
            return next((one for one in shown if text in one), None)

        try:
            return await self.until(found)
        except TimeoutError:
            shown = "\n".join(f"{'(only for them) ' if one.ephemeral else ''}{one.words}" for one in person.sees(where))
            raise AssertionError(f"{who} never saw {text!r} in {where}, but:\n{shown or 'nothing'}") from None

    async def is_told(self, who: str, text: str, where: str = ON_CALL) -> Seen:
        """As ``sees``; and nobody else sees it."""
        return await self.sees(who, text, where, alone=True)

    def card(self, seen: Seen) -> Seen:
        """The message as it is now."""
        person = self.person("ana")
        return next(one for one in person.sees(seen.channel) if one.ts == seen.ts)

    def shows(self, where: str = ON_CALL, who: str = "ana") -> str:
        """All that somebody sees in a channel."""
        return "\n".join(one.words for one in self.person(who).sees(where))

    # The world

    def replicas(self, name: str = "aureus-bridge", namespace: str = "aureus") -> int:
        return int(self.cluster.deployment(namespace, name)["spec"]["replicas"])

    def least(self, name: str = "aureus-os") -> int:
        """The minimum of a Deployment's autoscaler."""
        for one in state_of(self.cluster)["deployments"]:
            if one["name"] == name and one["hpa"]:
                return int(one["hpa"]["min"])
        raise LookupError(name)

    async def kubectl(self, path: str, **told: Any) -> None:
        """As somebody else would, past the bot: a switch of the panel."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.kubernetes.url}/sandbox/{path}", json=told)
        assert answer.status_code == 200, answer.text

    async def runs(self) -> list[Run]:
        """All runs that the journal has, newest first."""
        rows = await self.bot.core.journal.list(limit=100)
        return list(await self.bot.core.cases.load_all([row.case for row in rows]))

    # Time

    async def passes(self, **time: float) -> None:
        """Time goes by, at one stroke; then everything that is due happens."""
        self.clock.move(timedelta(**time))
        if self._bot is not None:
            await self.settle()
            await self.bot.core.sweep()
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        for _ in range(3):
            await asyncio.sleep(0.003)
            await self._arrived()
            if self._bot is not None:
                await self._bot.afterwards.wait(patience=_ARRIVES)
            await self.queue.run()
            if self._bot is not None:
                await self._bot.core.deliverer.deliver()

    def on_its_way(self) -> bool:
        """Whether something is being told to the bot just now."""
        return self.slack.delivery.on_their_way > 0

    async def _arrived(self) -> None:
        """Wait for what is on its way, however busy this machine is; not for what the bot does not answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ARRIVES):
                while self.on_its_way():  # noqa: ASYNC110  # several senders, of which none has an event
                    await asyncio.sleep(0.001)

    async def until(self, found: Callable[[], T | None], patience: timedelta = _PATIENCE) -> T:
        """Move time on, in growing steps, until something is there. Raises ``TimeoutError``."""
        end, step = self.clock.now() + patience, timedelta(seconds=0.25)
        await self.settle()
        while not (there := found()):
            if self.clock.now() >= end:
                raise TimeoutError
            self.clock.move(step)
            step = min(step * 1.3, _LONGEST_STEP)
            await self.settle()
        return there


# What is the same at the beginning of each story is made once.


@functools.cache
def _config(folders: str) -> tuple[Config, Commands]:
    return read_config(Settings(_env_file=None, aureus_config=folders))


@functools.cache
def _empty_store() -> bytes:
    """The file of a store with all of its tables."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "aureus.db"
        engine = make_engine(locate(f"sqlite:///{file}"), patience=1, connections=1)
        upgrade(engine, patience=1)
        engine.dispose()
        return file.read_bytes()


class _Pickler(pickle.Pickler):
    """Leaves out the lock and the clock of a cluster: each copy has its own."""

    def __init__(self, made: io.BytesIO, cluster: Cluster) -> None:
        super().__init__(made)
        self._own = {id(cluster.lock): "lock", id(cluster.clock): "clock"}

    def persistent_id(self, obj: Any) -> str | None:
        return self._own.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, made: io.BytesIO, clock: StandingClock) -> None:
        super().__init__(made)
        self._own = {"lock": threading.RLock(), "clock": clock}

    def persistent_load(self, pid: Any) -> Any:
        return self._own[pid]


@functools.cache
def _first_cluster(bridge_hpa: bool) -> bytes:
    cluster = Cluster(StandingClock())
    seed_cluster(cluster, bridge_hpa=bridge_hpa)
    made = io.BytesIO()
    _Pickler(made, cluster).dump(cluster)
    return made.getvalue()


def _seeded(bridge_hpa: bool, clock: StandingClock) -> Cluster:
    """A cluster as it begins, with this clock: unpickled, which is faster than to seed or to deep-copy it."""
    cluster = _Unpickler(io.BytesIO(_first_cluster(bridge_hpa)), clock).load()
    assert isinstance(cluster, Cluster)
    return cluster


Story = Callable[[Stage], Awaitable[None]]


def tell(folder: Path, story: Story, **how: bool) -> None:
    """Tell a story on a fresh stage."""

    async def run() -> None:
        async with Stage(folder, **how).set_up() as stage, stage.with_bot():
            await story(stage)
            assert stage.workspace.problems == []

    asyncio.run(run())
