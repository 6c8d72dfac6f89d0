"""Write something into the timeline of an incident."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Level, Never, OrElse, Plan, Risk, Runbook, Shown, arg, hours
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident, and its id in PagerDuty ("": it has none, or is not told)."""

    incident: Incident
    page: str


class Note(Runbook[Now]):
    """Write something into the timeline of an incident, here and in PagerDuty.

    Without words it says that you are still at it.
    """

    incident: incidents.Id = arg("the incident", example="i-7hb2k9qd")
    said: str = arg("what is to be written", example="the database is full", default="", rest=True)

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        return Now(incident, await ask(incidents.KnownAs(incident.id)))

    def plan(self, now: Now) -> Plan:
        who = self.request.who
        note = incidents.WriteDown(now.incident.id, who, self.said, self.request.case, self.request.at)
        steps = [Act(note, Shown(note), Never("what was written stays written"))]
        if now.page and self.said:
            page = pagerduty.Note(now.page, "", f"{who.name}: {self.said}"[:2000])
            stays = Never("what was written stays written")
            steps.append(Act(page, Shown(page), stays, within=hours(12), or_else=OrElse.GO_ON))
        return Plan(f"Write into the timeline of {now.incident.id}", Risk(Level.LOW, "it only writes"), tuple(steps))
