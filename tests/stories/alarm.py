"""A stage with alarms: an Alertmanager whose notifications are carried by hand, and a PagerDuty on its socket."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.domain.incident import Incident
from bot.settings import Settings
from sandbox.alertmanager.alertmanager import Alertmanager, Posted
from sandbox.alertmanager.bodies import headers_of
from sandbox.alertmanager.grouping import Answer
from sandbox.alertmanager.predefined import PREDEFINED
from sandbox.alertmanager.records import VERSION, Webhook
from sandbox.alertmanager.records import PagerDuty as Events
from sandbox.alertmanager.records import Settings as AlertSettings
from sandbox.alertmanager.server import AlertmanagerServer
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import API_KEY, BOT_EMAIL, ROUTING_KEY, SUBSCRIPTION, WEBHOOK_SECRET
from sandbox.pagerduty.aureus import seed_aureus as seed_pagerduty
from sandbox.pagerduty.records import Incident as Page
from sandbox.pagerduty.server import PagerDutyServer
from sandbox.serving import serving
from sandbox.slack.person import Seen
from tests.stories.stage import Stage

ALERTS = "#aureus-alerts"
TOKEN = "a-token-of-the-story"
_AT_ONCE = AlertSettings(group_wait=timedelta(), group_interval=timedelta(seconds=5))


class Alarm(Stage):
    """What a story of an alert is told with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.account = PagerDuty(self.clock)
        seed_pagerduty(self.account, "http://127.0.0.1:9/none")
        self.pager = PagerDutyServer(self.account)
        self.alerts = Alertmanager(self.clock, settings=_AT_ONCE)
        self._trust: Any = None
        self._burning: dict[tuple[str, ...], Posted] = {}
        self.alerts_url = ""
        #: How many alerts a webhook carries at most; 0: all.
        self.most = 0
        #: Whether Prometheus tells the Alertmanager nothing of what goes on: what is ended there stays ended.
        self.is_silent = False
        #: Whether the Alertmanager's webhooks to the bot do not come through.
        self.holds_back = False

    @contextlib.asynccontextmanager
    async def set_up(self) -> AsyncIterator["Alarm"]:
        # Its API only: what it tells is carried by hand, so that a story knows when.
        api = serving(AlertmanagerServer(self.alerts).app)
        async with self.pager.serve(), api as self.alerts_url, super().set_up():
            self.pager.write_ca(self.folder / "ca.pem")
            self._trust = self.pager.trust()
            before = os.environ.get("SSL_CERT_FILE")
            os.environ["SSL_CERT_FILE"] = str(self.folder / "ca.pem")
            try:
                yield self
            finally:
                os.environ.pop("SSL_CERT_FILE")
                os.environ.update({"SSL_CERT_FILE": before} if before else {})

    @contextlib.asynccontextmanager
    async def with_bot(self, trouble: bool = False) -> AsyncIterator["Alarm"]:
        async with super().with_bot(trouble):
            self.url = self.app.urls["event"].removesuffix("/slack/events")
            self.account.subscriptions[SUBSCRIPTION].url = f"{self.url}/webhooks/pagerduty"
            self.alerts.receivers[:] = [
                Webhook(f"{self.url}/webhooks/alertmanager", TOKEN, max_alerts=self.most),
                Events(f"{self.pager.url}/v2/enqueue", ROUTING_KEY, tls=self._trust),
            ]
            yield self

    def _settings(self) -> Settings:
        return (
            super()
            ._settings()
            .model_copy(
                update={
                    "pagerduty_api_url": self.pager.url,
                    "pagerduty_api_key": _secret(API_KEY),
                    "pagerduty_from": BOT_EMAIL,
                    "pagerduty_webhook_secret": _secret(WEBHOOK_SECRET),
                    "alertmanager_url": self.alerts_url,
                    "alertmanager_webhook_token": _secret(TOKEN),
                }
            )
        )

    # What happens

    async def fires(self, name: str, **labels: str) -> None:
        """An alert of this name begins to fire, and is told of to everybody."""
        self.burns(name, None, **labels)
        await self.settle()

    def burns(self, name: str, since: datetime | None = None, **labels: str) -> None:
        """An alert of this name begins to fire, or did then, and nobody was told yet."""
        known, began = PREDEFINED[name], since or self.clock.now()
        told = {"alertname": name, **known.labels, **labels}
        self._burning[name, *labels.values()] = Posted(told, known.annotations, starts_at=began)

    async def ends(self, name: str, **labels: str) -> None:
        """It has ended."""
        known, now = PREDEFINED[name], self.clock.now()
        self._burning.pop((name, *labels.values()))
        self.alerts.post([Posted({"alertname": name, **known.labels, **labels}, known.annotations, ends_at=now)])
        await self.passes(seconds=6)

    async def settle(self) -> None:
        for _ in range(3):
            await self._carry()
            await super().settle()

    def on_its_way(self) -> bool:
        outbox, told = self.account.outbox, self.account.subscriptions.values()
        return super().on_its_way() or any(outbox.due(one) is not None for one in told)

    async def _carry(self) -> None:
        # As Prometheus does, which tells again and again that it goes on.
        if not self.is_silent:
            self.alerts.post(self._burning.values())
        self.alerts.catch_up()
        self.account.catch_up()
        for one in self.alerts.take():
            if self.holds_back and isinstance(one.receiver, Webhook):
                self.alerts.settle(one, Answer(problem="held back"))
                continue
            tls = getattr(one.receiver, "tls", None) or False
            body = json.dumps(self.alerts.body_of(one)).encode()
            async with httpx.AsyncClient(verify=tls) as client:
                try:
                    answer = await client.post(one.receiver.url, content=body, headers=headers_of(one, VERSION))
                    self.alerts.settle(one, Answer(answer.status_code))
                except httpx.HTTPError as error:
                    self.alerts.settle(one, Answer(problem=str(error)))

    async def looks(self) -> None:
        """The bot looks by itself how everything stands, as it does each minute."""
        await self.bot.core.look()
        await self.settle()

    # What is seen

    @property
    def page(self) -> Page:
        """The newest incident in PagerDuty."""
        return list(self.account.incidents.values())[-1]

    async def incident(self, case: str = "") -> Incident:
        """An incident of the bot, or the newest."""
        rows = await self.bot.core.journal.list(kind="incident", limit=1)
        found = await self.bot.core.cases.incident(case or rows[0].case)
        assert found is not None
        return found

    async def document(self, text: str = "") -> str:
        """The newest document of the newest incident, when there is one that has this."""
        case = (await self.incident()).id

        def found() -> list[bytes]:
            files = self.workspace.files.values()
            made = [each.content for each in files if each.content and each.name.startswith(case)]
            return [content for content in made if text in content.decode()]

        return (await self.until(found))[-1].decode()

    def lines(self, text: str) -> list[Seen]:
        """All messages in #aureus-alerts that show this."""
        return [one for one in self.person("ana").sees(ALERTS) if text in one]

    async def sees_card(self, text: str) -> Seen:
        """The card in #aureus-alerts, when it shows this."""
        return await self.sees("ana", text, where=ALERTS)


def _secret(value: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(value)


def alarm(folder: Path, story: Callable[[Alarm], Awaitable[None]]) -> None:
    """Tell a story of an alert."""

    async def run() -> None:
        async with Alarm(folder).set_up() as stage, stage.with_bot():
            await story(stage)
            assert stage.workspace.problems == []

    asyncio.run(run())
