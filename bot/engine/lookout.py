"""The lookout: reads now and then how PagerDuty and Alertmanager have the open incidents, in case nobody told."""

import logging
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Alert, Gone, PageTold
from bot.domain.errors import Away, Refusal
from bot.domain.incident import Incident
from bot.domain.request import Notice
from bot.engine.switchboard import Switchboard
from bot.engine.truth import READ
from bot.ports import Clock, World
from bot.world import alertmanager, pagerduty
from bot.world.incidents import Incidents

log = logging.getLogger(__name__)

#: An Alertmanager that has just started has no alerts until Prometheus tells it again, which takes a minute or two.
PATIENCE: Final = timedelta(minutes=5)


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
        try:
            for incident in found:
                await self._page(incident)
        except (Away, Refusal) as no:
            log.debug("how PagerDuty has the incidents is not known now: %s", no)
        try:
            if any(incident.alerts for incident in found):
                await self._alerts(found, await self._world.ask(alertmanager.Firing()))
        except (Away, Refusal) as no:
            self._missed.clear()  # who does not answer does not say that an alert has ended
            log.debug("which alerts fire is not known now: %s", no)
        return len(found)

    async def _page(self, incident: Incident) -> None:
        before = self._clock.now()
        page = await self._world.ask(pagerduty.PageOf(incident.page.id if incident.page else "", incident.key))
        if page is not None:
            await self._tell(incident, page.told(READ, before))

    async def _alerts(self, found: tuple[Incident, ...], firing: tuple[Alert, ...]) -> None:
        now, there = self._clock.now(), {alert.fingerprint for alert in firing}
        gone = {
            (incident.id, name): self._missed.get((incident.id, name), now)
            for incident in found
            for name in incident.alerts
            if name not in there
        }
        self._missed = gone
        for incident in found:
            names = frozenset(name for case, name in gone if case == incident.id and now - gone[case, name] >= PATIENCE)
            if names:
                await self._tell(incident, Gone(incident.id, names))

    async def _tell(self, incident: Incident, tells: PageTold | Gone) -> None:
        now = self._clock.now()
        await self._switchboard.take(Notice(f"look:{incident.id}:{now.isoformat()}", now, tells))
