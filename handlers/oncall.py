"""Who is on call."""

from datetime import timedelta
from typing import Any, ClassVar

from bot.runbook import Away, Bold, Item, Items, Lookup, Mark, Moment, Question, Report, Seen, Text, note, text
from bot.world import incidents, pagerduty

_NAMES = {1: "Primary", 2: "Secondary"}
_ROLES = {incidents.HoldersOf(frozenset({role})): _NAMES[level] for level, role in ((1, "on-call"), (2, "secondary"))}


class Oncall(Lookup):
    """Show who is on call: primary, secondary, and who is next, from PagerDuty's schedules.

    Where PagerDuty cannot be asked, those of `config/people.yaml` are on call, and shown.
    """

    placed: ClassVar[bool] = False

    @property
    def now(self) -> pagerduty.OnCall:
        return pagerduty.OnCall(self.request.at)

    @property
    def next(self) -> pagerduty.OnCall:
        return pagerduty.OnCall(self.request.at + timedelta(days=7))

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (self.now, self.next, *(_ROLES if isinstance(seen.get(self.now), Away) else ()))

    def tell(self, seen: Seen) -> Report:
        now, then = seen.get(self.now), seen.get(self.next)
        if isinstance(now, Away):
            return _by_config(now, seen)
        if now is None:
            return Report("Being asked.", parts=(text("PagerDuty is being asked …"),))
        items = [_item(_NAMES.get(duty.level, f"Level {duty.level}"), duty) for duty in now]
        later = then if isinstance(then, tuple) else ()
        items += [_item(f"Next {_NAMES[duty.level].lower()}", duty) for duty in later if duty.level in _NAMES]
        first = next((duty.user.name for duty in now if duty.level == 1), "nobody")
        return Report(f"{first} is on call.", "On call", parts=(Items(tuple(items)),))


def _by_config(away: Away, seen: Seen) -> Report:
    """Whom the bot itself calls then."""
    found = {name: seen.get(asked) for asked, name in _ROLES.items()}
    if None in found.values():
        return Report("Being asked.", parts=(text("PagerDuty cannot be asked; who else says it is being asked …"),))
    people = [(name, person.who.name) for name, held in found.items() if isinstance(held, tuple) for person in held]
    items = Items(tuple(Item(Mark.TO_DO, Text((Bold(name), f" {who}"))) for name, who in people))
    first = ", ".join(who for name, who in people if name == _NAMES[1]) or "nobody"
    said = note(f"By config/people.yaml. {away.because}")
    return Report(f"{first} is on call.", "On call", parts=(items, said))


def _item(what: str, duty: pagerduty.Duty) -> Item:
    until = (", until ", Moment(duty.until, date=True)) if duty.until else ()
    return Item(Mark.TO_DO, Text((Bold(what), f" {duty.user.name}", *until)))
