"""Give an incident back, so that it pages again."""

from bot.runbook import Act, Ask, Level, Never, Offers, OrElse, Plan, Risk, Runbook, Shown, arg
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


class Release(Runbook[Incident]):
    """Give an incident back: nobody has it any more, and PagerDuty pages again."""

    incident: incidents.Id = arg("the incident; the newest one where none is named", example="i-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Incident:
        return await ask(incidents.IncidentOf(self.incident))

    def plan(self, now: Incident) -> Plan | Offers:
        if now.holder is None or now.over:
            return Offers(f"Nobody has {now.id}: nothing to do.")
        because = self.because or f"{self.request.who.name} gave it back"
        note = incidents.Release(now.id, because)
        steps = [Act(note, Shown(note), Never("somebody takes it by acknowledging"))]
        if now.page is not None:
            page = pagerduty.Release(now.page.id, "")
            steps.append(Act(page, Shown(page), Never("it has paged again"), or_else=OrElse.GO_ON))
        return Plan(f"Give {now.id} back", Risk(Level.LOW, "it only says that nobody is at it"), tuple(steps))
