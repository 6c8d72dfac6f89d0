"""Where the verbs of PagerDuty are tried: the sandbox's account over TLS, an incident, and somebody else at work."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clients.pagerduty import Limits, PagerDuty
from bot.domain.verb import Answer
from bot.world import pagerduty as pd
from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty as Account
from sandbox.pagerduty.aureus import API_KEY, BOT_EMAIL, SERVICE, seed_aureus
from sandbox.pagerduty.control import APP
from sandbox.pagerduty.faults import Fault, What
from sandbox.pagerduty.records import Incident
from sandbox.pagerduty.server import running

ANA, BEN, CHEN, DANA = "PANA001", "PBEN001", "PCHEN01", "PDANA01"
#: Real time: what is slow or lost must not make the tests slow.
LIMITS = Limits(connect=3.0, read=8.0, verb=15.0, threads=3)


def email(id_: str) -> str:
    return f"{id_[1:].rstrip('01').lower()}@aureus.example"


class Watched(Counter[str]):
    """Counts requests, and does something in the moment in which one comes, before it is carried out."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, Callable[[], None]] = {}

    def __setitem__(self, request: str, times: int) -> None:
        super().__setitem__(request, times)
        act = self.before.pop(request, None)
        if act is not None:
            act()


class Stand:
    """An account with one incident that Ana, who is on call, is asked about; the bot's client; and other people."""

    def __init__(self, url: str, account: Account, clock: StandingClock, limits: Limits) -> None:
        self.account, self.clock, self.url = account, clock, url
        self._requests = account.requests = Watched()
        self.bot = PagerDuty(url, API_KEY, BOT_EMAIL, limits=limits)
        self.incident = self.trigger()

    def trigger(self, key: str = "fire", title: str = "It burns") -> Incident:
        with self.account.lock:
            service = self.account.services[SERVICE]
            channel = {"type": "api", "summary": "Triggered through the API"}
            return self.account.life.trigger(service, title, key, service.agent, channel)

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.move(timedelta(seconds=seconds))
        self.account.catch_up()

    # Somebody in PagerDuty's own app.

    def acknowledges(self, who: str) -> None:
        with self.account.lock:
            self.account.life.acknowledge(self.incident, self.account.users[who].agent, APP)

    def resolves(self, who: str) -> None:
        with self.account.lock:
            self.account.life.resolve(self.incident, self.account.users[who].agent, APP)

    def ends(self) -> None:
        """The monitoring resolves it."""
        with self.account.lock:
            self.account.life.resolve(self.incident, self.incident.service.agent, {"type": "api"})

    def reopens(self, who: str) -> None:
        with self.account.lock:
            self.account.life.reopen(self.incident, self.account.users[who].agent, APP)

    def reassigns(self, who: str, to: list[str]) -> None:
        with self.account.lock:
            people = [self.account.users[each] for each in to]
            self.account.life.reassign(self.incident, people, self.account.users[who].agent, APP)

    def escalates(self, who: str, level: int) -> None:
        with self.account.lock:
            self.account.life.escalate(self.incident, level, self.account.users[who].agent, APP)

    # What goes wrong.

    def just_before(self, verb: str, act: Callable[[], None], path: str = "") -> None:
        """Do something when that request about the incident has come and is not carried out yet."""
        self._requests.before[f"{verb} /incidents/{self.incident.id}{path}"] = act

    def breaks(self, what: What, verb: str = "*", path: str = "*", **more: float) -> None:
        fault = Fault(what, path, verb, times=int(more["times"]) if "times" in more else None)
        fault.seconds, fault.status = more.get("seconds", 1.0), int(more.get("status", 500))
        self.account.faults.add(fault)

    # What the bot does, and what is to be seen.

    def acknowledge(self, who: str = ANA) -> pd.Acknowledge:
        return pd.Acknowledge(self.incident.id, email(who), who)

    def held(self, who: str = ANA) -> Awaitable[Answer]:
        return self.bot.test(pd.Held(self.incident.id, who, self.account.users[who].name))

    async def page(self) -> pd.Page:
        page = await self.bot.ask(pd.PageOf(self.incident.id))
        assert page is not None
        return page

    def sent(self) -> list[str]:
        """Which requests came that change something, with how often."""
        return sorted(
            f"{times} {request}" for request, times in self._requests.items() if not request.startswith("GET")
        )

    @property
    def having(self) -> list[str]:
        return [agent.id for _, agent in self.incident.acknowledgements]

    @property
    def assigned(self) -> list[str]:
        return [user.id for user in self.incident.assignees]


Story = Callable[[Stand], Awaitable[None]]


@contextlib.contextmanager
def standing(folder: Path, limits: Limits = LIMITS) -> Iterator[Stand]:
    """A stand that the bot trusts, as a site with an authority of its own has it trusted."""
    clock = StandingClock()
    account = Account(clock)
    seed_aureus(account)
    with running(account) as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(server.write_ca(folder / "ca.pem")))
        stand = Stand(server.url, account, clock, limits)
        try:
            yield stand
        finally:
            stand.bot.close()


def tell(folder: Path, story: Story, limits: Limits = LIMITS) -> None:
    with standing(folder, limits) as stand:

        async def whole() -> None:
            await stand.bot.open()
            await story(stand)

        asyncio.run(whole())
