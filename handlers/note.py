"""Write something into the timeline of an incident."""

from bot.runbook import Act, Ask, Level, Never, OrElse, Plan, Risk, Runbook, Shown, arg
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


class Note(Runbook[Incident]):
    """Write something into the timeline of an incident, here and in PagerDuty.

    Without words it says that you are still at it.
    """

    incident: incidents.Id = arg("the incident", example="i-7hb2k9qd")
    said: str = arg("what is to be written", example="the database is full", default="", rest=True)

    async def look(self, ask: Ask) -> Incident:
        return await ask(incidents.IncidentOf(self.incident))

    def plan(self, now: Incident) -> Plan:
        who = self.request.who
        note = incidents.WriteDown(now.id, who, self.said, self.request.case, self.request.at)
        steps = [Act(note, Shown(note), Never("what was written stays written"))]
        if now.page is not None and self.said:
            page = pagerduty.Note(now.page.id, "", f"{who.name}: {self.said}"[:2000])
            steps.append(Act(page, Shown(page), Never("what was written stays written"), or_else=OrElse.GO_ON))
        return Plan(f"Write into the timeline of {now.id}", Risk(Level.LOW, "it only writes"), tuple(steps))
