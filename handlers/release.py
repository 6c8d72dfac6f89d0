"""Give an incident back, so that it pages again."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Level, Never, Offers, OrElse, Plan, Risk, Runbook, Shown, arg
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident, and its id in PagerDuty ("": it has none, or is not told)."""

    incident: Incident
    page: str


class Release(Runbook[Now]):
    """Give an incident back: nobody has it any more, and PagerDuty pages again."""

    incident: incidents.Id = arg("the incident; the newest one where none is named", example="i-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        return Now(incident, await ask(incidents.KnownAs(incident.id)))

    def plan(self, now: Now) -> Plan | Offers:
        if now.incident.holder is None or now.incident.over:
            return Offers(f"Nobody has {now.incident.id}: nothing to do.")
        because = self.because or f"{self.request.who.name} gave it back"
        note = incidents.Release(now.incident.id, because, self.request.who)
        steps = [Act(note, Shown(note), Never("somebody takes it by acknowledging"))]
        if now.page:
            page = pagerduty.Release(now.page, "")
            steps.append(Act(page, Shown(page), Never("it has paged again"), or_else=OrElse.GO_ON))
        return Plan(f"Give {now.incident.id} back", Risk(Level.LOW, "it only says that nobody is at it"), tuple(steps))
