"""The incident document, and when its post-mortem is held."""

from typing import ClassVar

from bot.runbook import Act, Ask, Level, Never, Offer, Offers, Plan, Refusal, Risk, Runbook, Shown, arg
from bot.world import incidents
from bot.world.incidents import Incident


class Postmortem(Runbook[Incident]):
    """Write the incident document anew from what really happened, as a file in the incident's thread.

    It is written by itself when an incident is over. For what was a P0 or P1, also where it was lowered since, a
    post-mortem is scheduled then, and reminded of. What is written anew says which one it replaces, and the reason;
    without a reason only where something was noted since.
    """

    looks_back: ClassVar[bool] = True

    incident: incidents.Id = arg(
        "the incident; the newest one that is over where none is named", example="i-7hb2k9qd", default=""
    )

    async def look(self, ask: Ask) -> Incident:
        found = await ask(incidents.IncidentOf(self.incident, over=True))
        if not found.over:
            raise Refusal(
                f"{found.id} is not over yet, so its document would be out of date at once.",
                f"`resolve {found.id}` when it is.",
            )
        return found

    def plan(self, now: Incident) -> Plan | Offers:
        if now.documented and not self.because:
            again = Offer("Write it anew", f"postmortem {now.id}", "Why is it written anew?", before="because")
            return Offers(f"Nothing was noted of {now.id} since its document was written, in its thread.", (again,))
        write = incidents.WriteUp(now.id, self.request.who, self.request.case, self.because)
        step = Act(write, Shown(write), Never("a document that was written stays in the thread"))
        # Who is just ending it is about to say why: that is to stand in it.
        ends = () if now.cause else (incidents.End(now.id, self.request.who, "").touches,)
        title = f"Write the document of {now.id}"
        return Plan(title, Risk(Level.LOW, "it only writes"), (step,), claims=frozenset(ends))
