"""End an incident, everywhere."""

from dataclasses import dataclass

from bot.runbook import (
    Act,
    Ask,
    Away,
    Level,
    Never,
    Offers,
    OrElse,
    Plan,
    Refusal,
    Risk,
    Runbook,
    Shown,
    arg,
    hours,
    note,
    seconds,
)
from bot.world import alertmanager, bot, incidents, k8s, pagerduty
from bot.world.catalogue import Catalogue, Service
from bot.world.incidents import Alert, Incident

_NEVER = Never("one that is not over after all fires again")
#: So long the end of an incident waits for how its services are.
_PATIENCE = seconds(3)


@dataclass(frozen=True)
class Now:
    """The incident, how PagerDuty has it, as whom it is told, what of its alerts still fires, and what is not well."""

    incident: Incident
    page: pagerduty.Page | None
    as_: str
    firing: tuple[Alert, ...]
    #: A clause each.
    unwell: tuple[str, ...]


class Resolve(Runbook[Now]):
    """End an incident in PagerDuty, in Alertmanager and here, and read each back.

    An alert whose rule still holds fires again, and is a new incident within minutes. That a service of it is
    still down is said, and holds nobody up. Of what is over, the cause can be added: say it again, with `because`.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        page = await ask(incidents.PageFor(incident.id))
        firing = await self._firing(ask, incident)
        # Of what is over, and has nothing left to end, only the cause is added.
        unwell = await self._unwell(ask, incident) if firing or not incident.over else ()
        return Now(incident, page, await self._as(ask) if page else "", firing, unwell)

    async def _as(self, ask: Ask) -> str:
        """The asker, where PagerDuty knows them; else the bot's own user: that it is over matters more than by whom."""
        try:
            return (await ask(pagerduty.UserOf((await ask(bot.Me(self.request.who.id))).email))).email
        except Refusal:
            return ""

    @staticmethod
    async def _firing(ask: Ask, incident: Incident) -> tuple[Alert, ...]:
        try:
            found = {alert.firing for alert in await ask(alertmanager.Firing())}
        except (Away, Refusal):
            return ()  # an Alertmanager that does not answer holds nobody up: it tells by itself how its alerts are
        return tuple(alert for alert in incident.alerts.values() if alert.firing in found)

    async def _unwell(self, ask: Ask, incident: Incident) -> tuple[str, ...]:
        concerned = self._concerned(await ask(bot.TheCatalogue()), incident)
        looks = tuple(k8s.HealthOf(service.at(place)) for service, place in concerned)
        said: list[str] = []
        for (service, place), health in zip(concerned, await ask(bot.Each(looks, within=_PATIENCE)), strict=True):
            # A cluster that does not answer holds nobody up.
            if not isinstance(health, Away) and (trouble := _trouble(health)):
                said.append(f"{service}{'' if place == 'production' else f' in {place}'} {trouble}")
        return tuple(said)

    def _concerned(self, catalogue: Catalogue, incident: Incident) -> list[tuple[Service, str]]:
        """The services that the incident or its alerts name, where the alerts say that they run."""
        alerts = incident.alerts.values()
        names = [incident.service, *(alert.labels.get("service", "") for alert in alerts)]
        found = {service.name: service for name in names if (service := catalogue.find(name))}
        spaces = {alert.labels.get("namespace") for alert in alerts}
        places = [place for place, space in catalogue.places.items() if space in spaces] or [self.place]
        return [(service, place) for service in found.values() for place in places if place in service.deployments]

    def plan(self, now: Now) -> Plan | Offers:
        if now.incident.began_after(self.request.at):
            again = f"{now.incident.id} was opened again after this was asked for: nothing was ended."
            return Offers(f"{again} If it is over now, say so again.")
        steps: list[Act] = []
        if now.page is not None and now.page.status is not pagerduty.Status.RESOLVED:
            change = pagerduty.Resolve(now.page.id, now.as_, now.incident.id, self.request.at)
            steps.append(Act(change, Shown(change), _NEVER, within=hours(12), or_else=OrElse.ASK))
        if now.firing:
            whose = now.incident.id, self.request.at
            ends = alertmanager.End(now.firing, *whose)
            steps.append(Act(ends, alertmanager.Ended(now.firing, *whose), _NEVER, or_else=OrElse.GO_ON))
        # Also when others were quicker: why it is over is written down, whoever knows it.
        if not now.incident.ended_with(self.request.who, self.because):
            end = incidents.End(now.incident.id, self.request.who, self.because, self.request.at)
            steps.append(Act(end, Shown(end), _NEVER))
        if not steps:
            return Offers(f"{now.incident.id} is resolved everywhere: nothing to do.")
        again = "If its rule still holds it fires again, as a new incident."
        shows = (note(f"{'; '.join(now.unwell)}. {again}"),) if now.unwell else ()
        risk = Risk(Level.LOW, "it only says that it is over")
        return Plan(f"Resolve {now.incident.id}", risk, tuple(steps), shows=shows)


def _trouble(health: k8s.Health) -> str:
    """What is not well yet; "" where all is."""
    size = health.size
    if size.ready == size.wanted > 0 and not health.troubles:
        return ""
    state = "in trouble" if size.ready else "down"
    pods = f"{size.ready} of {size.wanted} pods ready" if size.wanted else "it has no replicas"
    why = f" ({health.troubles[0].rstrip('.')})" if health.troubles else ""
    return f"is still {state}: {pods}{why}"
