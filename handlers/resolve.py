"""End an incident, everywhere."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Away, Level, Never, Offers, OrElse, Plan, Refusal, Risk, Runbook, Shown, arg, hours
from bot.world import alertmanager, bot, incidents, pagerduty
from bot.world.incidents import Alert, Incident

_NEVER = Never("one that is not over after all fires again")


@dataclass(frozen=True)
class Now:
    """The incident, how PagerDuty has it, as whom it is told, and what of its alerts still fires."""

    incident: Incident
    page: pagerduty.Page | None
    as_: str
    firing: tuple[Alert, ...]


class Resolve(Runbook[Now]):
    """End an incident in PagerDuty, in Alertmanager and here, and read each back.

    An alert whose rule still holds fires again within a minute, and is a new incident then.
    """

    incident: incidents.Id = arg("the incident; the newest one where none is named", example="i-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        page = await ask(incidents.PageFor(incident.id))
        return Now(incident, page, await self._as(ask) if page else "", await self._firing(ask, incident))

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

    def plan(self, now: Now) -> Plan | Offers:
        steps: list[Act] = []
        if now.page is not None and now.page.status is not pagerduty.Status.RESOLVED:
            change = pagerduty.Resolve(now.page.id, now.as_)
            steps.append(Act(change, Shown(change), _NEVER, within=hours(12), or_else=OrElse.ASK))
        if now.firing:
            end = alertmanager.End(now.firing)
            steps.append(Act(end, alertmanager.Ended(now.firing), _NEVER, or_else=OrElse.GO_ON))
        # Also when others were quicker: why it is over is written down, whoever knows it.
        if not now.incident.ended_with(self.request.who, self.because):
            note = incidents.End(now.incident.id, self.request.who, self.because)
            steps.append(Act(note, Shown(note), _NEVER))
        if not steps:
            return Offers(f"{now.incident.id} is resolved everywhere: nothing to do.")
        return Plan(f"Resolve {now.incident.id}", Risk(Level.LOW, "it only says that it is over"), tuple(steps))
