"""Why somebody did not see an alert."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from bot.runbook import (
    Away,
    Bold,
    CaseId,
    Item,
    Items,
    Link,
    Lookup,
    Mark,
    Moment,
    Part,
    Question,
    Report,
    Seen,
    Text,
    Tone,
    arg,
    marked,
    note,
    spell,
    text,
)
from bot.world import alertmanager, bot, incidents
from bot.world.incidents import Stop, Way


class Where(Lookup):
    """Show how far an alert has come on its way to people, and what was in its way.

    It began, was received, grouped, queued, posted, seen, acknowledged, resolved: each with its time. One that was
    never received is looked for in Alertmanager. An incident is named by its id, or by words of its title.
    """

    placed: ClassVar[bool] = False

    alert: str = arg("the name of an alert, or an incident", example="ServiceDown", rest=True)

    @property
    def way(self) -> incidents.WayOf:
        return incidents.WayOf(self.alert)

    @property
    def there(self) -> alertmanager.ActiveNamed:
        return alertmanager.ActiveNamed(self.alert)

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        way = seen.get(self.way)
        if not isinstance(way, Way):
            return (self.way,)
        if not way.stops:
            return self.way, self.there
        links = tuple(bot.LinkTo(*stop.message) for stop in way.stops if stop.message is not None)
        return (self.way, *((bot.ClosedChannels(way.channels),) if way.channels else ()), *links)

    @classmethod
    def more_examples(cls) -> tuple[str, ...]:
        return ("where i-7hb2k9qd", "where bridge")

    def tell(self, seen: Seen) -> Report:
        way = seen.get(self.way)
        if isinstance(way, Away):
            return Report(way.because, parts=(marked(way.because),))
        if way is None:
            return Report("Being looked for.", parts=(text("It is looked for …"),))
        if not way.stops:
            return self._never(seen)
        name = way.incident.title if way.incident and way.by_words else self.alert
        trouble = any(stop.trouble for stop in way.stops)
        received = next((stop.at for stop in way.stops if stop.what == "Received"), None)
        over = way.incident is not None and way.incident.over
        parts: list[Part] = [Items(tuple(_item(stop, received, seen) for stop in way.stops))]
        if way.by_words and way.incident is not None:
            parts.insert(0, text(f"No alert is called “{self.alert}”. The newest incident with these words is ",
                CaseId(way.incident.id), "."))  # fmt: skip
        closed, shut = self._channels(seen, way)
        tone = Tone.WARN if trouble or shut else Tone.GOOD if over else Tone.PLAIN
        return Report(_summary(name, way), f"The way of {name}", tone, (*parts, *closed))

    @staticmethod
    def _channels(seen: Seen, way: Way) -> tuple[tuple[Part, ...], bool]:
        """How its channels are now; and whether one takes nothing."""
        if not way.channels:
            return (), False
        found = seen.get(bot.ClosedChannels(way.channels))
        if found is None:
            return (note("How its channels are now is being asked …"),), False
        if isinstance(found, Away):
            return (marked(f"How its channels are now cannot be seen: {found.because}"),), False
        if not found:
            return (note(f"As read now, {' and '.join(way.channels)} take what is said."),), False
        items = [Item(Mark.WARN, marked(Bold(each.channel), f": {each.because} {each.remedy}")) for each in found]
        return (text("As read now:"), Items(tuple(items))), True

    def _never(self, seen: Seen) -> Report:
        """What Alertmanager has of an alert that was never received."""
        never = f"I was never told of an alert {self.alert}."
        found = seen.get(self.there)
        if found is None:
            return Report(
                never, f"Never received: {self.alert}", parts=(text(never, " Alertmanager is being asked …"),)
            )
        if isinstance(found, Away):
            parts = marked(never, f" Whether Alertmanager has it cannot be seen: {found.because}")
            return Report(never, f"Never received: {self.alert}", Tone.WARN, (parts,))
        if not found:
            because = (
                " Alertmanager does not have it either: so its rule does not hold now, or Prometheus does not tell "
                "this Alertmanager of it. Its name is that of the rule; `incidents week` lists what I was told of."
            )
            return Report(f"{never} Alertmanager does not have it either.", f"Never received: {self.alert}",
                parts=(marked(never, because),))  # fmt: skip
        since = Moment(found[0].alert.since, date=True)
        begins = text(never, " Alertmanager has it firing since ", since, f", {_count(len(found))}.")
        items = Items(tuple(Item(*_kept(each)) for each in found[:10]))
        return Report(f"{never} Alertmanager has it firing.", f"Never received: {self.alert}", Tone.BAD,
            (begins, items))  # fmt: skip


def _count(many: int) -> str:
    return "one alert of that name" if many == 1 else f"{many} alerts of that name"


def _kept(each: alertmanager.Active) -> tuple[Mark, Text, str]:
    """Why Alertmanager may have told nobody of it, and where to look."""
    labels = ", ".join(f"{name}={value}" for name, value in sorted(each.alert.labels.items()) if name != "alertname")
    said = Text((f"{labels or 'without labels'}, since ", Moment(each.alert.since, date=True)))
    if each.silenced:
        return Mark.WARN, said, "It is silenced there, so nobody is told: the silence says by whom and until when."
    if each.inhibited:
        return Mark.WARN, said, "Another alert inhibits it there, so nobody is told: look at inhibit_rules."
    if each.muted:
        return Mark.WARN, said, "Its route mutes it at this time, so nobody is told."
    told = ", ".join(each.receivers) or "none that it names"
    return (
        Mark.BAD, said,
        f"Its route leads to the receiver {told}: look whether that one has the webhook of this bot "
        "(/webhooks/alertmanager, with its token), and what Alertmanager's own log says of it.",
    )  # fmt: skip


def _summary(name: str, way: Way) -> str:
    """The last stop that it reached, and those that it did not, in one sentence."""
    stops = [stop for stop in way.stops if stop.what not in ("Began", "PagerDuty")]
    reached = [stop.what.lower() for stop in stops if stop.at is not None]
    missing = dict.fromkeys(stop.what.lower() for stop in stops if stop.what.lower() not in reached)
    said = f"{name}: {reached[-1]}" if reached else name
    return f"{said}, but not {' or '.join(missing)}." if missing else f"{said}."


def _item(stop: Stop, received: datetime | None, seen: Seen) -> Item:
    if stop.at is None:
        mark = Mark.BAD if stop.trouble else Mark.TO_DO
        return Item(mark, Text((Bold(stop.what), ": ", *stop.detail)))
    mark = Mark.WARN if stop.trouble else Mark.GOOD
    took = stop.at - received if received is not None else timedelta()
    after = f"{spell(took)} after it was received" if took >= timedelta(seconds=1) else ""
    link = seen.get(bot.LinkTo(*stop.message)) if stop.message is not None else None
    open_ = (" – ", Link("open it", link)) if isinstance(link, str) else ()
    return Item(mark, Text((Bold(stop.what), " ", Moment(stop.at, date=True), ": ", *stop.detail, *open_)), after)
