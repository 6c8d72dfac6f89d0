"""The assembly: Slack, the cluster, the pager and the page under one address; the real bot in its own process."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from bot.doors.slack.manifest import manifest
from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.control import Control as AlertControl
from sandbox.alertmanager.records import PagerDuty as Events
from sandbox.alertmanager.records import Settings as AlertSettings
from sandbox.alertmanager.records import Webhook
from sandbox.alertmanager.rules import RESEND, Watch
from sandbox.alertmanager.server import AlertmanagerServer
from sandbox.clock import SharedClock
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.aureus import seed_aureus as seed_cluster
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import Control, state_of
from sandbox.kubernetes.scale import Scales
from sandbox.kubernetes.server import KubernetesServer
from sandbox.page.routes import page_app
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import API_KEY, BOT_EMAIL, ROUTING_KEY, WEBHOOK_SECRET
from sandbox.pagerduty.aureus import seed_aureus as seed_pagerduty
from sandbox.pagerduty.server import PagerDutyServer
from sandbox.serving import serving
from sandbox.slack.aureus import seed_aureus as seed_slack
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace

CONFIG = Path(__file__).parent / "config"
#: Obviously none that is used anywhere.
ALERTMANAGER_TOKEN = "sandbox-alertmanager-token"
#: Quicker than a real one, so that nobody waits who tries it.
_QUICK = AlertSettings(group_wait=timedelta(seconds=1), group_interval=timedelta(seconds=10))
_DOWN_FOR = timedelta(seconds=5)


class _Impatient(Watch):
    """As Prometheus, and the rules that wait before they fire wait less."""

    def fire(
        self,
        name: str,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        for_: timedelta = timedelta(),
        cause: str = "hand",
    ) -> None:
        super().fire(name, labels, annotations, min(for_, _DOWN_FOR), cause)


#: Time is moved in so many steps at most.
_STEPS = 5000


class World:
    """Everything in the box, while ``serve`` runs. ``folder`` keeps what the bot stores."""

    def __init__(self, folder: Path, bridge_hpa: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = SharedClock(folder / "clock")
        self.bot_port = _free_port()
        self.workspace = Workspace(self.clock)
        self.app = self.workspace.install(manifest(f"http://127.0.0.1:{self.bot_port}"))
        seed_slack(self.workspace)
        self.slack = SlackServer(self.workspace)
        self.cluster = Cluster(self.clock)
        seed_cluster(self.cluster, bridge_hpa=bridge_hpa)
        self.kubernetes = KubernetesServer(self.cluster)
        self.account = PagerDuty(self.clock)
        seed_pagerduty(self.account, f"http://127.0.0.1:{self.bot_port}/webhooks/pagerduty")
        self.pagerduty = PagerDutyServer(self.account)
        self.alertmanager = Alertmanager(self.clock, settings=_QUICK)
        self.watch = _Impatient(self.alertmanager)
        self.alerts = AlertmanagerServer(self.alertmanager, self.watch, lambda: state_of(self.cluster))
        self.bot = BotProcess(self)
        self.url = ""

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["World"]:
        """Serve all of it; the bot is started by ``bot.start``. Raises ``NotFree``."""
        async with contextlib.AsyncExitStack() as stack:
            for outside in (self.kubernetes.serve(), self.slack.live(), self.pagerduty.serve(), self.alerts.serve()):
                await stack.enter_async_context(outside)
            self.pagerduty.write_ca(self.folder / "pagerduty-ca.pem")
            bot = f"http://127.0.0.1:{self.bot_port}/webhooks/alertmanager"
            pager = f"{self.pagerduty.url}/v2/enqueue"
            self.alertmanager.receivers[:] = [
                Webhook(bot, ALERTMANAGER_TOKEN), Events(pager, ROUTING_KEY, tls=self.pagerduty.trust()),
            ]  # fmt: skip
            self.url = self.workspace.url = await stack.enter_async_context(serving(self._site(), port))
            try:
                yield self
            finally:
                await self.bot.stop()
                await self.slack.stop()

    def _site(self) -> Starlette:
        return Starlette(
            routes=[
                *self.slack.routes,
                *Control(self.cluster, Scales(self.cluster, Api(self.cluster))).routes(),
                *self.pagerduty.routes,
                *AlertControl(self.alertmanager, self.watch).routes(),
                Route("/world/state", self._state),
                Route("/world/move", self._move, methods=["POST"]),
                Route("/world/bot", self._steer, methods=["POST"]),
                Mount("/", page_app()),
            ]
        )

    async def _state(self, _: Request) -> Response:
        return JSONResponse(
            {
                "now": self.clock.now().isoformat(),
                "moved_seconds": self.clock.moved.total_seconds(),
                "bot": {"running": self.bot.running, "pid": self.bot.pid, "starts": self.bot.starts},
            }
        )

    async def _move(self, request: Request) -> Response:
        seconds = float((await request.json())["seconds"])
        left = timedelta(seconds=max(0.0, min(seconds, 30 * 86400)))
        # In steps, in which what fires is told again: at one stroke every alert would end of which nobody told.
        step = max(RESEND, left / _STEPS)
        while left:
            by = min(step, left)
            self.clock.move(by)
            self.watch.catch_up()
            left -= by
        return await self._state(request)

    async def _steer(self, request: Request) -> Response:
        do = (await request.json())["do"]
        if do in ("kill", "restart"):
            await self.bot.kill()
        if do in ("start", "restart"):
            await self.bot.start()
        return await self._state(request)


class BotProcess:
    """The bot: started, killed with SIGKILL as a crash would, ended with SIGTERM."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self.running else None

    @property
    def log(self) -> Path:
        """Where it logs."""
        return self._world.folder / "bot.log"

    @property
    def database_url(self) -> str:
        """Where it stores what it does."""
        return f"sqlite:///{self._world.folder / 'aureus.db'}"

    def environment(self) -> dict[str, str]:
        """Its settings: every outside address points into the sandbox."""
        world = self._world
        kubeconfig = world.folder / "kubeconfig"
        world.kubernetes.write_kubeconfig(kubeconfig, "aureus-bot")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        return kept | {
            "SANDBOX_CLOCK": str(world.folder / "clock"),
            "SLACK_API_URL": f"{world.url}/api/",
            "SLACK_BOT_TOKEN": world.app.bot_token,
            "SLACK_SIGNING_SECRET": world.app.signing_secret,
            "KUBECONFIG": str(kubeconfig),
            "PAGERDUTY_API_URL": world.pagerduty.url,
            "PAGERDUTY_API_KEY": API_KEY,
            "PAGERDUTY_FROM": BOT_EMAIL,
            "PAGERDUTY_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SSL_CERT_FILE": str(world.folder / "pagerduty-ca.pem"),
            "ALERTMANAGER_URL": world.alerts.url,
            "ALERTMANAGER_WEBHOOK_TOKEN": ALERTMANAGER_TOKEN,
            "DATABASE_URL": self.database_url,
            "AUREUS_CONFIG": os.pathsep.join((str(CONFIG), str(CONFIG.parent.parent / "config"))),
            "HOST": "127.0.0.1",
            "PORT": str(world.bot_port),
            "LOG_FORMAT": "console",
        }

    async def start(self, patience: float = 30.0) -> None:
        """Start it and wait until it is ready. Raises ``RuntimeError`` with the end of its log when it is not."""
        if self.running:
            return
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "sandbox.bot", env=self.environment(), stdin=PIPE, stdout=log, stderr=log,
                start_new_session=True, cwd=CONFIG.parent.parent,
            )  # fmt: skip
        self.starts += 1
        address = f"http://127.0.0.1:{self._world.bot_port}/readyz"
        async with httpx.AsyncClient() as client:
            for _ in range(int(patience / 0.05)):
                if self._process.returncode is not None:
                    break
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(address, timeout=1)).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        tail = self.log.read_text()[-2000:]
        raise RuntimeError(f"The bot did not come up. The end of its log:\n{tail}")

    async def kill(self) -> None:
        """As a crash: SIGKILL, and nothing is tidied up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As Kubernetes does: SIGTERM, then SIGKILL after a while."""
        await self._end(signal.SIGTERM)

    async def _end(self, sign: signal.Signals) -> None:
        if self._process is None or not self.running:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(sign)
        try:
            await asyncio.wait_for(self._process.wait(), 8)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def _free_port() -> int:
    """A port for a bot that comes and goes: none of those that systems give to whoever asks for just any."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
