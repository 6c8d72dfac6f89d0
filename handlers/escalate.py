"""Call further people to an incident."""

from dataclasses import dataclass

from bot.runbook import (
    Act,
    Ask,
    Away,
    Level,
    Never,
    OrElse,
    Person,
    Plan,
    Pointless,
    Refusal,
    Risk,
    Runbook,
    Shown,
    arg,
    hours,
    note,
    roles,
    why_alone,
)
from bot.world import incidents, pagerduty
from bot.world.incidents import Incident


@dataclass(frozen=True)
class Now:
    """The incident and its id in PagerDuty ("": it is not told), who is to be told, and who of them PagerDuty knows."""

    incident: Incident
    page: str
    roles: frozenset[str]
    people: tuple[Person, ...]
    users: frozenset[str]
    #: Why PagerDuty does not ring for some of them, by name.
    unrung: tuple[tuple[str, str], ...] = ()


class Escalate(Runbook[Now]):
    """Call further people to an incident: here at once, and in PagerDuty.

    Where no role is named, those of the ladder are called who were not called yet, the first of them first.
    """

    incident: incidents.Id = arg("the incident; not needed where only one is open", example="i-7hb2k9qd", default="")
    roles: incidents.Roles = arg(
        "who is called, by role", example="secondary", default=incidents.Roles(frozenset()), keyword="to"
    )
    level: int = arg(
        "the level of PagerDuty's policy that takes over", example="2", default=0, keyword="level", least=0
    )

    async def look(self, ask: Ask) -> Now:
        incident = await ask(incidents.IncidentOf(self.incident))
        if incident.over:
            raise Refusal(f"{incident.id} is resolved, so nobody is called.", "Nothing was changed.")
        called, people = await self._others(ask, incident)
        page = await ask(incidents.KnownAs(incident.id)) or await self._page(ask, incident)
        users, unrung = set[str](), list[tuple[str, str]]()
        for person in people if page and not self._alone(called) else ():
            try:
                users.add((await ask(pagerduty.UserOf(person.email))).id)
            except (Away, Refusal) as no:  # they are told here anyway
                unrung.append((person.name, why_alone(no.because)))
        return Now(incident, page, called, people, frozenset(users), tuple(unrung))

    async def _others(self, ask: Ask, incident: Incident) -> tuple[frozenset[str], tuple[Person, ...]]:
        """Who is called: those of the next rung on which there is somebody else than who asks."""
        named: frozenset[str] = self.roles
        called: frozenset[str] = frozenset()
        found: tuple[Person, ...] = ()
        for called in (named,) if named else incident.further:
            found = await ask(incidents.HoldersOf(called))
            others = self._called(incident, found)
            if others:
                return called, others
        if found and named and incident.holder is not None and not self.request.who.id:
            names = ", ".join(person.name for person in found)
            raise Pointless(f"{names} has {incident.id} already: nobody is called.")
        if found and named:
            raise Pointless(
                f"You alone are {', '.join(sorted(named))}, so nobody else is called.", "Name another role."
            )
        if self.request.who.id and not self.level:  # who asks for help must not think that somebody comes
            raise Pointless(f"Nobody else is {roles(called)}, so nobody is called.", "Name another role, behind `to`.")
        return called, ()

    def _called(self, incident: Incident, found: tuple[Person, ...]) -> tuple[Person, ...]:
        """Without who asks. The clock calls nobody to what they have, nor to what they gave back where others are."""
        if self.request.who.id:
            return tuple(person for person in found if person.id != self.request.who.id)
        others = tuple(person for person in found if incident.holder is None or person.id != incident.holder.id)
        return tuple(person for person in others if person.id != incident.given_back_by.id) or others

    def _alone(self, called: frozenset[str]) -> bool:
        """Whether PagerDuty's own policy calls them: those of one level."""
        return bool(self.level) and len(called) == 1

    @staticmethod
    async def _page(ask: Ask, incident: Incident) -> str:
        """Its id where PagerDuty has not told of it yet, as in the first moment: its webhooks come later."""
        try:
            page = await ask(incidents.PageFor(incident.id))
        except (Away, Refusal):
            return ""
        return page.id if page is not None else ""

    def plan(self, now: Now) -> Plan:
        asks = f"{self.request.who.name} asks for help"
        because = self.because if not self.request.who.id else f"{asks}: {self.because}" if self.because else asks
        people = tuple(person.who for person in now.people)
        call = incidents.Call(now.incident.id, now.roles, people, because, self.request.case, self.request.who)
        steps = [Act(call, Shown(call), Never("they have been told"))]
        changes: list[pagerduty.PageChange] = []
        if now.page and self.level:
            # It may come late: who has taken it by then keeps it.
            free = None if now.incident.holder else now.incident.given_back or now.incident.opened
            changes.append(pagerduty.EscalateTo(now.page, "", self.level, free))
        if now.page and now.users:
            changes.append(pagerduty.Assign(now.page, "", now.users))
        for change in changes:
            paged = Never("they have been paged")
            steps.append(Act(change, Shown(change), paged, within=hours(12), or_else=OrElse.GO_ON))
        names = ", ".join(who.name for who in people) or "nobody"
        unrung = tuple(note(f"{name} is told here, and PagerDuty does not ring: {why}") for name, why in now.unrung)
        risk = Risk(Level.LOW, "it only calls people")
        return Plan(f"Call {names} to {now.incident.id}", risk, tuple(steps), shows=unrung)
