"""Say how bad an incident is."""

from bot.runbook import Act, Ask, Level, Offers, Plan, Refusal, Risk, Runbook, Shown, Undo, arg
from bot.world import incidents
from bot.world.incidents import Incident
from bot.world.incidents import Severity as How


class Severity(Runbook[Incident]):
    """Set how bad an incident is; the ladder of who is told when follows it.

    P0: a service is down, data is lost, a breach. P1: degraded. P2: one component. P3: a warning.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")
    to: str = arg("how bad it is", example="p1", choices=("p0", "p1", "p2", "p3"))

    async def look(self, ask: Ask) -> Incident:
        incident = await ask(incidents.IncidentOf(self.incident))
        if incident.over:
            raise Refusal(f"{incident.id} is resolved, so its severity stays as it is.", "Nothing was changed.")
        return incident

    def plan(self, now: Incident) -> Plan | Offers:
        how = How(self.to.upper())
        if now.severity is how:
            return Offers(f"{now.id} is {how.value} already: nothing to do.")
        who = self.request.who
        change = incidents.Assess(now.id, how, who, self.because, run=self.request.case)
        back = incidents.Assess(now.id, now.severity, who, "taken back", takes_back=self.request.case)
        step = Act(change, Shown(change), Undo(back, Shown(back)))
        title = f"{now.id}: {now.severity.value} → {how.value}"
        return Plan(title, Risk(Level.LOW, "it only says how bad it is"), (step,))
