"""Give an incident back, so that it pages again."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Away, Level, Never, Offers, OrElse, Plan, Refusal, Risk, Runbook, Shown, arg, hours
from bot.world import bot, incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident, its id in PagerDuty ("": it has none, or is not told), and whose it is there ("": not known)."""

    incident: Incident
    page: str
    whose: str = ""


class Release(Runbook[Now]):
    """Give an incident back: nobody has it any more, and PagerDuty pages again.

    While PagerDuty is away that is tried for twelve hours; who has taken it there by then keeps it.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        page = await ask(incidents.KnownAs(incident.id))
        if not page or incident.over:
            return Now(incident, page)
        return Now(incident, page, await (self._whose(ask, incident) if incident.holder else self._left(ask, incident)))

    @staticmethod
    async def _whose(ask: Ask, incident: Incident) -> str:
        """Who has it, as PagerDuty knows them; PagerDuty may be away, and is not asked for that."""
        id_ = incident.holder.id if incident.holder else ""
        if id_.startswith("pagerduty:"):  # somebody of whom it alone has told
            return id_.removeprefix("pagerduty:")
        try:
            return (await ask(bot.Me(id_))).email
        except Refusal:
            return ""

    @staticmethod
    async def _left(ask: Ask, incident: Incident) -> str:
        """Who has it in PagerDuty still, though it was given back since."""
        try:
            page = await ask(incidents.PageFor(incident.id))
        except (Away, Refusal):
            return ""
        if page is None or page.holder is None or page.held_since is None or incident.given_back is None:
            return ""
        return page.holder.id if page.held_since < incident.given_back else ""

    def plan(self, now: Now) -> Plan | Offers:
        held = now.incident.holder is not None
        if now.incident.over or not (held or now.whose):
            return Offers(f"Nobody has {now.incident.id}: nothing to do.")
        steps: list[Act] = []
        if held:
            because = self.because or f"{self.request.who.name} gave it back"
            note = incidents.Release(now.incident.id, because, self.request.who)
            steps.append(Act(note, Shown(note), Never("somebody takes it by acknowledging")))
        if now.page:
            page = pagerduty.Release(now.page, "", now.whose)
            paged = Never("it has paged again")
            steps.append(Act(page, Shown(page), paged, within=hours(12), or_else=OrElse.GO_ON))
        return Plan(f"Give {now.incident.id} back", Risk(Level.LOW, "it only says that nobody is at it"), tuple(steps))
