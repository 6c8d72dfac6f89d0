"""Who is on call."""

from datetime import timedelta
from typing import Any, ClassVar

from bot.runbook import Away, Bold, Item, Items, Lookup, Mark, Moment, Question, Report, Seen, Text, Tone, text
from bot.world import incidents, pagerduty

_NAMES = {1: "Primary", 2: "Secondary"}
#: The roles of config/ that are called as such.
_ROLES = {"on-call": "Primary", "secondary": "Secondary"}


class Oncall(Lookup):
    """Show who is on call: primary, secondary, and who is next, from PagerDuty's schedules."""

    placed: ClassVar[bool] = False

    @property
    def now(self) -> pagerduty.OnCall:
        return pagerduty.OnCall(self.request.at)

    @property
    def next(self) -> pagerduty.OnCall:
        return pagerduty.OnCall(self.request.at + timedelta(days=7))

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        away = isinstance(seen.get(self.now), Away)
        return self.now, self.next, *(map(_holders, _ROLES) if away else ())

    def tell(self, seen: Seen) -> Report:
        now, then = seen.get(self.now), seen.get(self.next)
        if isinstance(now, Away):
            return _instead(now, seen)
        if now is None:
            return Report("Being asked.", parts=(text("PagerDuty is being asked …"),))
        items = [_item(_NAMES.get(duty.level, f"Level {duty.level}"), duty) for duty in now]
        later = then if isinstance(then, tuple) else ()
        items += [_item(f"Next {_NAMES[duty.level].lower()}", duty) for duty in later if duty.level in _NAMES]
        first = next((duty.user.name for duty in now if duty.level == 1), "nobody")
        return Report(f"{first} is on call.", "On call", parts=(Items(tuple(items)),))


def _holders(role: str) -> incidents.HoldersOf:
    return incidents.HoldersOf(frozenset({role}))


def _instead(away: Away, seen: Seen) -> Report:
    """Whom the bot would call while PagerDuty does not say who is on call."""
    items = []
    for role, name in _ROLES.items():
        found = seen.get(_holders(role))
        if isinstance(found, tuple):
            who = ", ".join(person.name for person in found) or "nobody"
            items.append(Item(Mark.TO_DO, Text((Bold(name), f" {who}")), f"holds the role {role} in config/"))
    first = text("PagerDuty could not be asked who is on call, so whom it has there is not known. ", away.because)
    shown = (text("Meanwhile I would call:"), Items(tuple(items))) if items else ()
    return Report("PagerDuty could not be asked who is on call.", "On call", Tone.WARN, (first, *shown))


def _item(what: str, duty: pagerduty.Duty) -> Item:
    until = (", until ", Moment(duty.until, date=True)) if duty.until else ()
    return Item(Mark.TO_DO, Text((Bold(what), f" {duty.user.name}", *until)))
