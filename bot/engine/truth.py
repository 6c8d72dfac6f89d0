"""What is asked outside before what was told is believed: webhooks come late, cut, and in any order."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Group, NoteTold, PageTold
from bot.domain.errors import Away, Refusal
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Cleared, Resolved
from bot.domain.incident_state import Stage
from bot.domain.person import BOT, Who
from bot.domain.run import Run
from bot.domain.state import Phase
from bot.domain.telling import ECHO, READ, Firings, burning, returning
from bot.engine.cases import Cases
from bot.engine.tellers import Tellers
from bot.ports import World
from bot.world.alertmanager import Firing
from bot.world.pagerduty import Acknowledge, Assign, PageOf, Resolve, UserOf

#: So long an incident is not opened that PagerDuty alone tells of, while it cannot be read whether it is over.
_UNREAD: Final = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Truth:
    """Asks PagerDuty and Alertmanager how it is."""

    def __init__(self, cases: Cases, world: World, tellers: Tellers) -> None:
        self._cases = cases
        self._world = world
        self._tellers = tellers

    async def whole(self, group: Group) -> Group:
        """The group with those that its Alertmanager left out, where it can be asked for them. Raises ``Away``."""
        if not group.truncated:
            return group
        try:
            wanted = Firing(tuple(sorted(group.labels.items())), told=True, receiver=group.receiver)
            active = await self._world.ask(wanted)
        except Refusal as no:
            log.warning("%d alerts were left out of a webhook and are not known: %s", group.truncated, no)
            return group
        told = {alert.fingerprint for alert in (*group.firing, *group.ended)}
        more = tuple(alert for alert in active if alert.fingerprint not in told)
        return replace(group, firing=(*group.firing, *more), truncated=0)

    async def back(self, incident: Incident, group: Group, received: datetime, now: datetime) -> Firings:
        """The firings of a group that have ended here, and fire all the same.

        An Alertmanager that Prometheus cannot reach says that they have ended; afterwards they come as they began. So
        does a late telling of what is over: only Alertmanager knows which it is, and only one that is asked. What
        another tells is believed when it is told long after the end.
        """
        told = returning(incident, group)
        # Who resolves it ends its alerts there, too: what fires after that, as it began, fires again.
        on = burning(incident, group)
        if on and incident.page is not None and await self.at_work(incident.page.id):
            on = frozenset()
        if not told | on:
            return told
        there: Firings = frozenset()
        try:
            firing = await self._world.ask(Firing())
            await self._tellers.learn(((group.url, alert.firing) for alert in group.firing), firing)
            there = (told | on) & {alert.firing for alert in firing}
            if await self._tellers.can_ask(group.url):
                return there
        except Away:
            # Asked again by a later sweep, unless something else waits that is new.
            if now < received + ECHO and all(alert.firing in incident.seen for alert in group.firing):
                raise
        except Refusal:
            pass  # it tells, and cannot be asked: then what is told long after the end is no late telling
        events = await self._cases.journal.events(incident.id)
        return there | {firing for firing in told if received >= _ended(events, firing[0]) + ECHO}

    async def page(self, incident: Incident | None, told: PageTold, received: datetime, now: datetime) -> PageTold:
        """What would open an incident, again too, or take it away from somebody, is read before it is believed.

        Webhooks come late and in any order, people are added by giving it back for a moment, and a look may have
        fallen into that very moment.
        """
        given_back = incident is not None and incident.stage is Stage.TAKEN and told.status == "triggered"
        opened = (incident is None or incident.over) and told.status != "resolved"
        if not (given_back or opened):
            return told
        runs = await self.at_work(told.id) if given_back else ()
        # One that rests for people may rest for hours, and changes nothing meanwhile.
        if any(run.leg and run.phase in (Phase.DOING, Phase.UNDOING) for run in runs):
            raise Away("a run is changing who has it; what comes of that is seen when it is done")
        try:
            page = await self._world.ask(PageOf(told.id))
        except Refusal:
            return told  # PagerDuty is heard and cannot be asked: what it tells is all there is
        except Away:
            if incident is None and now >= received + _UNREAD:
                return told  # nobody would be called as long as it is away
            raise
        if page is None or (incident is None and page.status.value == told.status):
            return told
        return replace(page.told(told.event, now), urgency=told.urgency)

    async def still_ending(self, incident: Incident) -> bool:
        """Whether it is over here, and was not yet, or could not be, resolved in PagerDuty."""
        if not incident.over:
            return False
        runs = await self._cases.load_all([each.case for each in incident.children])
        return any(run.command == "resolve" and (run.ended is None or run.ended.how != "done") for run in runs)

    async def who(self, told: PageTold | NoteTold) -> Who:
        """Who did it there, as the bot knows them; by the name that PagerDuty tells, where it does not."""
        if not told.by:
            return BOT
        try:
            user = await self._world.ask(UserOf(id=told.by))
        except (Away, Refusal):
            return Who(f"pagerduty:{told.by}", told.by_name or "somebody in PagerDuty")
        person = self._cases.people.by_email(user.email)
        return person.who if person else Who(f"pagerduty:{user.id}", user.name)

    async def said_here(self, told: PageTold, who: Who, events: Sequence[Event]) -> Sequence[Event]:
        """These events of PagerDuty; what somebody asked for here is not said to be done in PagerDuty.

        Its webhook may come before the run has read back what it did.
        """
        said = [isinstance(event, Acknowledged | Resolved) for event in events]
        if not any(said) or all(run.request.who.id != who.id for run in await self.at_work(told.id)):
            return events
        return [replace(event, via="") if isinstance(event, Acknowledged | Resolved) else event for event in events]

    async def at_work(self, page: str) -> Sequence[Run]:
        """The runs that have in hand who has an incident of PagerDuty, or whether it is over."""
        objects = {Acknowledge(page, "", "").touches, Assign(page, "", frozenset()).touches, Resolve(page, "").touches}
        held = await self._cases.journal.claims(frozenset(objects))
        return await self._cases.load_all(sorted(set(held.values())))


def passed_on(incident: Incident, told: PageTold) -> bool:
    """Whether PagerDuty only passes on that alerts have ended: resolved by nobody, while they fire here.

    Their Alertmanager says so itself, and says which; where it does not, the next look sees it in PagerDuty.
    """
    by_nobody = told.status == "resolved" and not told.by and told.event != READ
    return by_nobody and not incident.over and bool(incident.alerts)


def _ended(events: Sequence[Event], fingerprint: str) -> datetime:
    """When an alert of an incident was last told to have ended."""
    return max(event.at for event in events if isinstance(event, Cleared) and fingerprint in event.alerts)
