"""Take an incident, so that nobody else need."""

from dataclasses import dataclass

from bot.runbook import (
    Act,
    Ask,
    Level,
    Moment,
    Never,
    Offer,
    Offers,
    OrElse,
    Plan,
    Risk,
    Runbook,
    Shown,
    arg,
    hours,
    text,
)
from bot.world import bot, incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident, how PagerDuty has it, and who the asker is there."""

    incident: Incident
    page: pagerduty.Page | None
    user: pagerduty.User | None


class Acknowledge(Runbook[Now]):
    """Take an incident: PagerDuty is asked first, told as you, and asked again.

    Whoever has it already is named, and you can take it over. One that is resolved is left alone: to acknowledge it
    would open it again.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")
    how: str = arg("take it over from whoever has it", example="over", default="", choices=("over",))

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        page = await ask(incidents.PageFor(incident.id))
        me = await ask(bot.Me(self.request.who.id))
        return Now(incident, page, await ask(pagerduty.UserOf(me.email)) if page else None)

    def plan(self, now: Now) -> Plan | Offers:
        incident, page, me = now.incident, now.page, self.request.who
        take = Act(incidents.Take(incident.id, me), Shown(incidents.Take(incident.id, me)), _NEVER)
        if page is None or now.user is None:
            mine = incident.holder is not None and incident.holder.id == me.id
            if incident.over or mine:
                return Offers(f"{incident.id} is {'resolved' if incident.over else 'yours'} already: nothing to do.")
            return self._plan(incident, take)
        if page.status is pagerduty.Status.RESOLVED:
            return self._resolved(now, page)
        holder = page.holder
        if holder is not None and holder.id != now.user.id and not self.how:
            return Offers(
                f"{holder.name} has it. Take over?",
                (Offer("Take over", f"acknowledge {incident.id} over"),),
                (text("Since ", Moment(page.held_since), "."),) if page.held_since else (),
            )
        held = holder is not None and holder.id == now.user.id
        if held and incident.holder is not None and incident.holder.id == me.id:
            return Offers("You have it already: nothing to do.")
        change = pagerduty.Acknowledge(page.id, now.user.email, now.user.id)
        sure = pagerduty.Held(page.id, now.user.id, me.name)
        tell = Act(change, sure, _NEVER, within=hours(12), or_else=OrElse.ASK)
        return self._plan(incident, *(() if held else (tell,)), take)

    def _plan(self, incident: Incident, *steps: Act) -> Plan:
        title = f"{self.request.who.name} takes {incident.id}"
        return Plan(title, Risk(Level.LOW, "it only says who is at it"), steps)

    def _resolved(self, now: Now, page: pagerduty.Page) -> Plan | Offers:
        by = page.resolver.name if page.resolver else "its integration"
        because = f"PagerDuty has it resolved by {by}. Nothing was sent there, since that would open it again"
        if now.incident.over:
            return Offers(f"{because}.")
        end = incidents.End(now.incident.id, self.request.who, because)
        title = f"{now.incident.id} is resolved already"
        return Plan(title, Risk(Level.LOW, "it only says so here"), (Act(end, Shown(end), _NEVER),))


_NEVER = Never("who has an incident gives it back by escalating or resolving it")
