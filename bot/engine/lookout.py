"""The lookout: reads now and then how PagerDuty and Alertmanager have the open incidents, in case nobody told."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Alert, Gone, Group, NoPage, PageTold
from bot.domain.errors import Away, Refusal, Unreadable
from bot.domain.incident import Incident
from bot.domain.request import Notice
from bot.domain.telling import ECHO, READ
from bot.engine.switchboard import Switchboard
from bot.ports import Clock, World
from bot.world import alertmanager, pagerduty
from bot.world.bot import Unconfigured
from bot.world.incidents import Incidents, PageFor

log = logging.getLogger(__name__)

#: An Alertmanager that has just started has no alerts until Prometheus tells it again, which takes a minute or two.
PATIENCE: Final = timedelta(minutes=5)
#: So long an Alertmanager has to tell PagerDuty, too.
_PAGED: Final = timedelta(minutes=2)
#: From when on after its end it is seen whether PagerDuty has it open again.
_SETTLED: Final = timedelta(minutes=2)
#: So long it is seen whether it is open again there, or its alerts fire on. The bot may be away for hours.
_WATCHED: Final = timedelta(hours=24)
#: An incident that began earlier than this is looked at only while it is open.
_BEGAN: Final = timedelta(days=2)


class Lookout:
    """What is not told: PagerDuty gives a webhook up after a while, and what ends while it is silenced is never told.

    What it reads goes the way of what is told by webhook.
    """

    def __init__(self, switchboard: Switchboard, world: World, clock: Clock) -> None:
        self._switchboard = switchboard
        self._world = world
        self._clock = clock
        #: Since when an alert of an incident is no longer there. Forgotten at a restart: then it takes a little longer.
        self._missed: dict[tuple[str, str], datetime] = {}

    async def look(self) -> int:
        """Read how it stands with each open incident; how many there are."""
        found = await self._world.ask(Incidents())
        recent = await self._world.ask(Incidents(since=self._clock.now() - _BEGAN))
        try:
            await self._pages(found)
            await self._pages(await self._open_again(recent))
        except (Away, Refusal) as no:
            log.debug("how PagerDuty has the incidents is not known now: %s", no)
        try:
            if any(incident.alerts for incident in found):
                await self._alerts(found, await self._world.ask(alertmanager.Firing()))
        except (Away, Refusal) as no:
            self._missed.clear()  # who does not answer does not say that an alert has ended
            log.debug("which alerts fire is not known now: %s", no)
        try:
            await self._fires_on([incident for incident in recent if self._ended(incident, ECHO, _WATCHED)])
        except (Away, Refusal) as no:
            log.debug("whether alerts fire on is not known now: %s", no)
        return len(found)

    def _ended(self, incident: Incident, least: timedelta, most: timedelta) -> bool:
        """Whether it is over for so long."""
        return incident.resolved is not None and least <= self._clock.now() - incident.resolved.at <= most

    async def _open_again(self, recent: tuple[Incident, ...]) -> list[Incident]:
        """Those that are over here and not there: opened again without a word, they are open here, too.

        One list says it of all of them, since hardly any ever is.
        """
        paged = {each.page.id: each for each in recent if each.page and self._ended(each, _SETTLED, _WATCHED)}
        there = await self._world.ask(pagerduty.OpenPages()) if paged else frozenset()
        return [incident for page, incident in paged.items() if page in there]

    async def _pages(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            try:
                await self._page(incident)
            except (Refusal, Unreadable) as no:
                log.debug("how PagerDuty has %s is not known: %s", incident.id, no)

    async def _page(self, incident: Incident) -> None:
        before = self._clock.now()
        page = await self._world.ask(PageFor(incident.id))
        if page is not None:
            await self._tell(incident, page.told(READ, before))
        elif (
            not incident.over
            and before - incident.counts >= _PAGED
            and not await self._world.ask(Unconfigured(pagerduty.NAME))
        ):
            await self._tell(incident, NoPage(incident.id))

    async def _alerts(self, found: tuple[Incident, ...], firing: tuple[Alert, ...]) -> None:
        now, there, tellers = self._clock.now(), {alert.fingerprint for alert in firing}, self._switchboard.tellers
        told = [(each.told_by[name], alert.firing) for each in found for name, alert in each.alerts.items()]
        await tellers.learn(told, firing)
        asked = {url for url, _ in told if await tellers.can_ask(url)}
        gone = {
            (incident.id, name): self._missed.get((incident.id, name), now)
            for incident in found
            for name in incident.alerts
            if name not in there and incident.told_by[name] in asked
        }
        self._missed = gone
        for incident in found:
            names = frozenset(name for case, name in gone if case == incident.id and now - gone[case, name] >= PATIENCE)
            if names:
                await self._tell(incident, Gone(incident.id, names))

    async def _fires_on(self, over: list[Incident]) -> None:
        """What was resolved by a person and fires on: what is told of that at once is an echo, and then not for hours.

        A silence that somebody made for it is the end of it, too.
        """
        if not any(incident.alerts for incident in over):
            return
        firing = await self._world.ask(alertmanager.Firing(told=True))
        for incident in over:
            still = tuple(alert for alert in firing if alert.fingerprint in incident.alerts)
            if still:
                await self._tell(incident, Group("", "", still, (), known_as=incident.key))

    async def _tell(self, incident: Incident, tells: PageTold | NoPage | Gone | Group) -> None:
        now = self._clock.now()
        await self._switchboard.take(Notice(f"look:{incident.id}:{now.isoformat()}", now, tells))
