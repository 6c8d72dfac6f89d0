"""Floor 6: where everything is made and handed to what needs it."""

import asyncio
import contextlib
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

import handlers
from bot.clients.alertmanager import Alertmanager
from bot.clients.journal import Database, SqlJournal, SqlOutbox
from bot.clients.kubernetes import Kubernetes
from bot.clients.pagerduty import PagerDuty
from bot.clients.queue import DbosQueue
from bot.config import Config, load
from bot.domain.errors import Away, Full, Occupied, Refusal
from bot.domain.request import Place
from bot.doors.afterwards import Afterwards
from bot.doors.clock import Job, Ticker
from bot.doors.metrics import observe
from bot.doors.slack.connection import SlackDoor
from bot.doors.slack.home import Home
from bot.doors.slack.listeners import Listeners
from bot.doors.slack.people import SlackDirectory
from bot.doors.slack.screen import SlackScreen
from bot.doors.web import SlackEvents, web
from bot.doors.webhooks import Webhooks
from bot.engine.commands import Commands
from bot.engine.core import Core
from bot.engine.words import mask
from bot.engine.worlds import Absent, Outside, Worlds
from bot.ports import Clock, Queue
from bot.runbook import Handler
from bot.settings import Settings
from bot.world import pagerduty

log = logging.getLogger(__name__)

_SWEEP = 1.0  # seconds between two looks for what is due
_CONNECT = 30.0  # seconds between two attempts to reach Slack at the most
_TAKEOVER = 2.0  # seconds between two looks for processes that are gone
_LOOK = 60.0  # seconds between two looks at how PagerDuty and Alertmanager have the open incidents
_CARDS = 120.0  # seconds between two looks whether cards of what is not over stand where they were posted
_CHANNELS = 3600.0  # seconds between two looks at which channels take what is said
_FORGET = 3600.0  # seconds between two looks for what is old


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def find_handlers() -> list[type[Handler]]:
    """Every handler of the folder ``handlers``: found by looking, imported by nobody."""
    found: list[type[Handler]] = []
    for module in pkgutil.iter_modules(handlers.__path__):
        loaded = importlib.import_module(f"handlers.{module.name}")
        found += [
            value
            for value in vars(loaded).values()
            if isinstance(value, type) and issubclass(value, Handler) and value.__module__ == loaded.__name__
        ]
    return found


def read_config(settings: Settings) -> tuple[Config, Commands]:
    """What ``config/`` says, checked against the commands that there are. Raises ``Misconfigured``."""
    found = find_handlers()
    config = load(settings.config_folders, frozenset(handler.command for handler in found))
    return config, Commands(found, config.catalogue, config.people.roles)


class GuestQueue(DbosQueue):
    """The queue of a short visit: where another process holds it already, that one sweeps and drives."""

    elsewhere = False

    async def launch(self) -> None:
        try:
            await super().launch()
        except Occupied:
            self.elsewhere = True

    async def start(self, work: str, subject: str, key: str) -> None:
        if not self.elsewhere:
            await super().start(work, subject, key)

    async def later(self, work: str, subject: str, key: str, at: datetime) -> None:
        if not self.elsewhere:
            await super().later(work, subject, key, at)


@dataclass
class Bot:
    """A bot that runs: its engine and its doors."""

    core: Core
    database: Database
    slack: SlackDoor
    web: Starlette
    afterwards: Afterwards
    trouble: str = "it is starting"
    #: Why this process must end at once: another one has taken its work over.
    lost: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def ready(self) -> str:
        """Why it is not ready, or ""."""
        return self.trouble


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    read: tuple[Config, Commands] | None = None,
    queue: Queue | None = None,
    guest: bool = False,
) -> AsyncIterator[Bot]:
    """The bot, from its first breath to its last: everything opened in order, and closed in reverse.

    ``read`` is what ``config/`` says, for who has it already. A ``guest`` (``aureus say``) leaves the driving to the
    process that already does it; it drives only when alone.
    """
    config, commands = read or read_config(settings)
    lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with contextlib.AsyncExitStack() as stack:
        database = await Database.open(settings.database_url, clock)
        stack.push_async_callback(database.close)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)))
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, session=session
        )
        client.retry_handlers.clear()  # the outbox tries again, and knows what it has said
        door = SlackDoor(client, settings.slack_app_token.get_secret_value())
        directory = SlackDirectory(config.people, client)
        outbox = SqlOutbox(database)
        cluster = Kubernetes(settings.kubeconfig)
        stack.callback(cluster.close)
        world = await _outside(settings, clock, cluster, stack)
        core = Core(
            journal=SqlJournal(database),
            outbox=outbox,
            queue=queue or (GuestQueue if guest else DbosQueue)(settings.queue_url, clock, lost=lost.set_result),
            world=world,
            screen=SlackScreen(client, directory.account),
            directory=directory,
            commands=commands,
            people=config.people,
            policy=config.policy,
            catalogue=config.catalogue,
            clock=clock,
            meanings=config.meanings,
            ladder=config.ladder,
            fallback=Place(config.channels.fallback),
            apart=1.0,
        )
        observe(core.cases, commands)
        afterwards = Afterwards()
        listeners = Listeners(core, clock, Home(core.cases, commands, directory, config.policy), afterwards)
        door.listen(listeners)
        secret = settings.slack_signing_secret.get_secret_value()
        events = SlackEvents(door.app, secret, clock) if secret else None
        bot = Bot(core, database, door, Starlette(), afterwards, lost=lost)
        token, pager = settings.alertmanager_webhook_token, settings.pagerduty_webhook_secret
        hooks = Webhooks(core, clock, token.get_secret_value(), pager.get_secret_value(), afterwards)
        bot.web = web(events, bot.ready, hooks.routes)
        await core.queue.launch()
        stack.push_async_callback(core.queue.close)
        if isinstance(core.queue, GuestQueue) and core.queue.elsewhere:
            yield bot  # another process drives and delivers
            return
        if settings.database_url.startswith("sqlite"):
            await outbox.let_go()  # one process a file: whoever had something in hand is gone
        delivering = asyncio.create_task(core.deliverer.run(), name="deliver")
        stack.push_async_callback(_end, delivering)
        ticker = Ticker(_jobs(bot, in_slack=bool(settings.slack_bot_token.get_secret_value())))
        ticker.start()
        stack.callback(ticker.stop)
        stack.push_async_callback(afterwards.finish)
        stack.push_async_callback(door.close)
        warming = asyncio.create_task(_warm(cluster), name="warm")
        stack.push_async_callback(_end, warming)
        bot.trouble = await door.connect() if settings.slack_bot_token.get_secret_value() else ""
        if bot.trouble:
            log.error("%s", bot.trouble)
            connecting = asyncio.create_task(_connect(bot), name="connect")
            stack.push_async_callback(_end, connecting)
        if settings.slack_bot_token.get_secret_value():
            # Now, and not only when the ticker comes to it.
            checking = asyncio.create_task(_check_channels(bot), name="channels")
            stack.push_async_callback(_end, checking)
        yield bot


def _jobs(bot: Bot, in_slack: bool) -> dict[str, tuple[float, Job]]:
    """What is done again and again, and after how many seconds."""
    core = bot.core
    jobs: dict[str, tuple[float, Job]] = {
        "sweep": (_SWEEP, core.sweep),
        "takeover": (_TAKEOVER, core.queue.sweep),
        "look": (_LOOK, core.look),
        "forget": (_FORGET, core.forget),
    }
    if in_slack:
        jobs |= {"channels": (_CHANNELS, partial(_check_channels, bot)), "cards": (_CARDS, core.check_cards)}
    return jobs


async def _outside(settings: Settings, clock: Clock, cluster: Kubernetes, stack: contextlib.AsyncExitStack) -> Worlds:
    """All outside systems as one world; those that are not configured say so."""
    outsides: list[Outside | Absent] = [cluster]
    if key := settings.pagerduty_api_key.get_secret_value():
        pager = PagerDuty(settings.pagerduty_api_url, key, settings.pagerduty_from, settings.pagerduty_policy)
        stack.callback(pager.close)
        outsides.append(pager)
    else:
        outsides.append(Absent(pagerduty.NAME, PagerDuty.verbs, "PAGERDUTY_API_KEY"))
    if settings.alertmanager_url:
        alerts = Alertmanager(settings.alertmanager_url, clock, mask=mask)
        stack.callback(alerts.close)
        outsides.append(alerts)
    else:
        outsides.append(Absent("Alertmanager", Alertmanager.verbs, "ALERTMANAGER_URL"))
    return Worlds(*outsides)


async def _connect(bot: Bot) -> None:
    """Try until Slack is there: a start while it is away must not be the last word."""
    pause = 1.0
    while bot.trouble:
        await asyncio.sleep(pause)
        pause = min(pause * 2, _CONNECT)
        trouble = await bot.slack.connect()
        if trouble != bot.trouble:
            log.log(logging.ERROR if trouble else logging.INFO, "%s", trouble or "Slack is there")
        bot.trouble = trouble


async def _check_channels(bot: Bot) -> None:
    """Say which channels take nothing, as soon as Slack and the store can be asked: nobody waits for either."""
    pause = 1.0
    while True:
        try:
            if not bot.trouble:
                await bot.core.check_channels()
                return
        except Away as away:
            log.info("which channels take what is said is looked at later: %s", away.because)
            pause = max(pause, away.again_in or 0.0)
        except Full as full:
            log.info("which channels take what is said is looked at later: %s", full.because)
        except Exception:
            log.exception("unforeseen while looking at the channels of config/")
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _CONNECT)


async def _warm(cluster: Kubernetes) -> None:
    """Load what the first command would otherwise wait for."""
    try:
        await cluster.open()
    except Refusal as no:
        log.warning("%s", no)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
