"""Who is on call."""

from datetime import timedelta
from typing import Any, ClassVar

from bot.runbook import Away, Bold, Item, Items, Lookup, Mark, Moment, Question, Report, Seen, Text, marked, text
from bot.world import pagerduty

_NAMES = {1: "Primary", 2: "Secondary"}


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
        return self.now, self.next

    def tell(self, seen: Seen) -> Report:
        now, then = seen.get(self.now), seen.get(self.next)
        if isinstance(now, Away):
            return Report(now.because, parts=(marked(now.because),))
        if now is None:
            return Report("Being asked.", parts=(text("PagerDuty is being asked …"),))
        items = [_item(_NAMES.get(duty.level, f"Level {duty.level}"), duty) for duty in now]
        later = then if isinstance(then, tuple) else ()
        items += [_item(f"Next {_NAMES[duty.level].lower()}", duty) for duty in later if duty.level in _NAMES]
        first = next((duty.user.name for duty in now if duty.level == 1), "nobody")
        return Report(f"{first} is on call.", "On call", parts=(Items(tuple(items)),))


def _item(what: str, duty: pagerduty.Duty) -> Item:
    until = (", until ", Moment(duty.until, date=True)) if duty.until else ()
    return Item(Mark.TO_DO, Text((Bold(what), f" {duty.user.name}", *until)))
