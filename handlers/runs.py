"""The last runs."""

from typing import Any, ClassVar

from bot.runbook import CaseId, Code, Item, Items, Lookup, Mark, Moment, Question, Report, Seen, Text, text
from bot.world import bot


class Runs(Lookup):
    """List the last runs, newest first: whose they are, and how they stand."""

    placed: ClassVar[bool] = False

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (bot.Runs(),)

    def tell(self, seen: Seen) -> Report:
        runs = seen.get(bot.Runs())
        if not isinstance(runs, tuple):
            return Report("The runs cannot be listed now.", parts=(text("The runs cannot be listed now."),))
        if not runs:
            return Report(
                "There are no runs yet.", "No runs yet", parts=(text(Code("/aureus help"), " says what there is."),)
            )
        title = f"The last {len(runs)} runs" if len(runs) > 1 else "The last run"
        return Report(f"{title}.", title, parts=(Items(tuple(_item(run) for run in runs)),))


def _item(run: Any) -> Item:
    how = run.ended.how if run.ended else run.phase.word
    mark = {"done": Mark.GOOD, "put back": Mark.BACK, "failed": Mark.BAD, "kept": Mark.WARN}.get(
        how, Mark.PLAIN if run.over else Mark.NOW
    )
    if how == "done" and run.settled:
        last = run.settled[-1]
        how = f"taken {'back' if last.back else 'over'} ({last.case})"
        mark = Mark.BACK if last.back else mark
    title = run.plan.title if run.plan else run.words
    line = Text((CaseId(run.id), f" {title} – {run.request.who.name}, ", Moment(run.request.at, date=True)))
    return Item(mark, line, how)
