"""Write something into the timeline of an incident."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Level, Never, Offer, Offers, OrElse, Plan, Risk, Runbook, Shown, arg, hours
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident, and its id in PagerDuty ("": it has none, or is not told)."""

    incident: Incident
    page: str


class Note(Runbook[Now]):
    """Write something into the timeline of an incident, here and in PagerDuty.

    Without words it says that you are still at it, where you have it.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")
    said: str = arg("what is to be written", example="the database is full", default="", rest=True)

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        return Now(incident, await ask(incidents.KnownAs(incident.id)))

    def plan(self, now: Now) -> Plan | Offers:
        who = self.request.who
        if not self.said and (now.incident.over or now.incident.holder is None or now.incident.holder.id != who.id):
            return self._not_theirs(now.incident)
        note = incidents.WriteDown(now.incident.id, who, self.said, self.request.case, self.request.at)
        steps = [Act(note, Shown(note), Never("what was written stays written"))]
        if now.page and self.said:
            page = pagerduty.Note(now.page, "", pagerduty.signed(who.name, self.said))
            stays = Never("what was written stays written")
            steps.append(Act(page, Shown(page), stays, within=hours(12), or_else=OrElse.GO_ON))
        return Plan(f"Write into the timeline of {now.incident.id}", Risk(Level.LOW, "it only writes"), tuple(steps))

    @staticmethod
    def _not_theirs(incident: Incident) -> Offers:
        """Who has it is still asked: that somebody else pressed says nothing of them."""
        words = "Words can be written by everybody."
        if incident.over:
            return Offers(f"{incident.id} is resolved, so nobody is still at it. {words}")
        if incident.holder is None:
            take = Offer("Acknowledge", f"acknowledge {incident.id}")
            return Offers(f"Nobody has {incident.id}, so nobody is still at it. {words}", (take,))
        over = Offer("Take over", f"acknowledge {incident.id} over")
        return Offers(
            f"{incident.holder.name} has it, so only they can say that they are still at it. {words}", (over,)
        )
