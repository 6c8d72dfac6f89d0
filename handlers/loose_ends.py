"""What stands with an end."""

from typing import Any, ClassVar

from bot.runbook import (
    CaseId,
    Item,
    Items,
    Lookup,
    Mark,
    Moment,
    Offer,
    Question,
    Report,
    Seen,
    Text,
    Tone,
    marked,
    text,
)
from bot.world import bot


class LooseEnds(Lookup):
    """List every temporary thing that still stands, a pause too: whose it is, why, and when it ends."""

    placed: ClassVar[bool] = False

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return bot.LooseEnds(), bot.Paused()

    def tell(self, seen: Seen) -> Report:
        runs = seen.get(bot.LooseEnds())
        if not isinstance(runs, tuple):
            return Report("The loose ends cannot be listed now.", parts=(text("They cannot be listed now."),))
        paused = seen.get(bot.Paused())
        items = [_item(run, stand) for run in runs for stand in run.loose]
        if isinstance(paused, str) and paused:
            items.insert(0, Item(Mark.WARN, marked("The bot is paused, until `unpause`"), paused))
        if not items:
            return Report("There are no loose ends.", "No loose ends", Tone.GOOD)
        offers = tuple(Offer(f"Put back {run.id}", f"undo {run.id}") for run in runs[:10])
        title = f"{len(items)} loose {'end' if len(items) == 1 else 'ends'}"
        return Report(
            f"{title}.", title, Tone.WARN if items[0].mark is Mark.WARN else Tone.PLAIN, (Items(tuple(items)),), offers
        )


def _item(run: Any, stand: Any) -> Item:
    end = run.end_of(stand)
    until = (", until ", Moment(end, date=True)) if end else ()
    line = Text((CaseId(run.id), f" {run.plan.title} – {run.request.who.name}", *until))
    return Item(Mark.NOW, line, run.because or "no reason was given")
