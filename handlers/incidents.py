"""The incidents."""

from datetime import timedelta
from statistics import median
from typing import Any, ClassVar

from bot.runbook import (
    CaseId,
    Facts,
    Item,
    Items,
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
    note,
    spell,
    text,
)
from bot.world import incidents
from bot.world.incidents import Incident

_NONE = {
    "open": "No incident is open.",
    "today": "No incident today: since midnight in the team’s time zone.",
    "week": "No incident in the last seven days.",
}


class Incidents(Lookup):
    """List the incidents that are open, or those of today or of the last seven days with their figures."""

    placed: ClassVar[bool] = False

    which: str = arg("which ones", example="week", default="open", choices=("open", "today", "week"))

    @property
    def question(self) -> incidents.Incidents:
        now = self.request.at
        since = {"today": now, "week": now - timedelta(days=7)}.get(self.which)
        return incidents.Incidents(since, self.which == "today")

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (self.question,)

    def tell(self, seen: Seen) -> Report:
        found = seen.get(self.question)
        if not isinstance(found, tuple):
            return Report("The incidents cannot be listed now.", parts=(text("The incidents cannot be listed now."),))
        if not found:
            return Report(_NONE[self.which])
        when = {"open": "open", "today": "of today", "week": "of the last seven days"}[self.which]
        open_ = [each for each in found if not each.over]
        title = f"{len(found)} {'incident' if len(found) == 1 else 'incidents'} {when}"
        # What is open is read from the top: the worst first, and of these the newest.
        listed = sorted(found, key=lambda each: each.severity.value) if self.which == "open" else found
        parts: list[Part] = [Items(tuple(_item(each) for each in listed))]
        if len(found) >= incidents.MOST:
            parts.append(note(f"These are the newest {len(found)}: there may be more, which are not listed."))
        if self.which != "open":
            parts.append(Facts(tuple(_figures(list(found)))))
        return Report(f"{title}.", title, Tone.BAD if open_ else Tone.PLAIN, tuple(parts))


def _item(incident: Incident) -> Item:
    mark = Mark.GOOD if incident.over else Mark.NOW if incident.holder else Mark.BAD
    if incident.resolved_after is not None:
        how = f"resolved after {spell(incident.resolved_after)}"
    else:
        how = f"{incident.holder.name} has it" if incident.holder else "nobody has it"
    since = Moment(incident.opened, date=True)
    return Item(mark, Text((CaseId(incident.id), f" {incident.severity.value} {incident.title}, ", since)), how)


def _figures(found: list[Incident]) -> list[tuple[str, str]]:
    """The median times to acknowledge and to resolve, for each severity that there was."""
    lines = []
    for severity in sorted({each.severity for each in found}, key=lambda one: one.value):
        mine = [each for each in found if each.severity is severity]
        taken = [took.total_seconds() for each in mine if (took := each.acknowledged_after) is not None]
        over = [took.total_seconds() for each in mine if (took := each.resolved_after) is not None]
        said = [f"{len(mine)} in all"]
        said += [f"{len(taken)} acknowledged, {_median(taken)}"] if taken else ["none acknowledged"]
        said += [f"{len(over)} resolved, {_median(over)}"] if over else ["none resolved"]
        lines.append((severity.value, ", ".join(said)))
    return lines


def _median(took: list[float]) -> str:
    return f"{'after' if len(took) == 1 else 'in the median after'} {spell(timedelta(seconds=median(took)))}"
