"""Who is on call."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from bot.runbook import (
    Away,
    Bold,
    Code,
    Item,
    Items,
    Lookup,
    Mark,
    Moment,
    Question,
    Report,
    Seen,
    Text,
    Tone,
    marked,
    text,
)
from bot.world import bot, incidents, pagerduty

_NAMES = {1: "Primary", 2: "Secondary"}
#: The roles of config/ that are called as such.
_ROLES = {incidents.HoldersOf(frozenset({role})): _NAMES[level] for level, role in ((1, "on-call"), (2, "secondary"))}
_JUST_AFTER = timedelta(minutes=1)
_UNCONFIGURED = bot.Unconfigured(pagerduty.NAME)


class Oncall(Lookup):
    """Show who is on call: primary, secondary, and who is next, from PagerDuty's schedules.

    Where PagerDuty cannot be asked, it is those of `config/people.yaml` whom the bot calls.
    """

    placed: ClassVar[bool] = False

    @property
    def now(self) -> pagerduty.OnCall:
        return pagerduty.OnCall(self.request.at)

    @staticmethod
    def next(now: tuple[pagerduty.Duty, ...]) -> dict[int, pagerduty.OnCall]:
        """Who comes after whom, by level: asked for just after the first of a level goes."""
        ends = sorted((duty.until, duty.level) for duty in now if duty.until and duty.level in _NAMES)
        return {level: pagerduty.OnCall(until + _JUST_AFTER) for until, level in reversed(ends)}

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        now = seen.get(self.now)
        if isinstance(now, Away):
            return self.now, _UNCONFIGURED, *_ROLES
        return self.now, *(dict.fromkeys(self.next(now).values()) if now else ())

    def tell(self, seen: Seen) -> Report:
        now = seen.get(self.now)
        if isinstance(now, Away):
            return _by_config(now, seen)
        if now is None:
            return Report("Being asked.", parts=(text("PagerDuty is being asked …"),))
        items = [_item(_NAMES.get(duty.level, f"Level {duty.level}"), duty) for duty in now]
        for level, asked in sorted(self.next(now).items()):
            then = seen.get(asked)
            later = [duty for duty in then if duty.level == level] if isinstance(then, tuple) else []
            since = asked.at - _JUST_AFTER if asked.at else None
            items += [_item(f"Next {_NAMES[level].lower()}", duty, since) for duty in later]
        first = next((duty.user.name for duty in now if duty.level == 1), "nobody")
        return Report(f"{first} is on call.", "On call", parts=(Items(tuple(items)),))


def _by_config(away: Away, seen: Seen) -> Report:
    """Whom the bot would call while PagerDuty does not say who is on call."""
    held = [(name, found) for asked, name in _ROLES.items() if isinstance(found := seen.get(asked), tuple)]
    items = tuple(
        Item(Mark.PLAIN, Text((Bold(name), f" {', '.join(person.name for person in found) or 'nobody'}")))
        for name, found in held
    )
    shown = (text("The bot calls those of ", Code("config/people.yaml"), ":"), Items(items)) if items else ()
    tone = Tone.PLAIN if seen.get(_UNCONFIGURED) else Tone.WARN  # that it was never there is no news
    return Report("PagerDuty does not say who is on call.", "On call", tone, (marked(away.because), *shown))


def _item(what: str, duty: pagerduty.Duty, since: datetime | None = None) -> Item:
    begins = (", from ", Moment(since, date=True)) if since else ()
    until = (", until ", Moment(duty.until, date=True)) if duty.until else ()
    return Item(Mark.PLAIN, Text((Bold(what), f" {duty.user.name}", *begins, *until)))
