"""What can be asked for, by the person who asks."""

from typing import Any, ClassVar

from bot.runbook import (
    Bold,
    Code,
    Inline,
    Item,
    Items,
    Lookup,
    Mark,
    Person,
    Question,
    Quote,
    Report,
    Seen,
    Text,
    alike,
    arg,
    marked,
    meant,
    note,
    text,
)
from bot.world import bot


class Help(Lookup):
    """Show what you may run, with examples; or one command in full."""

    private: ClassVar[bool] = True

    about: str = arg("one command", example="scale", default="", rest=True)

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return bot.Commands(), bot.Me(self.request.who.id)

    def tell(self, seen: Seen) -> Report:
        commands, me = seen.get(bot.Commands()), seen.get(bot.Me(self.request.who.id))
        if not isinstance(commands, tuple) or not isinstance(me, Person):
            return Report("Help is not there yet.", parts=(text("Looking …"),))
        mine = [each for each in commands if "anyone" in each.may or each.may & me.roles]
        if self.about:
            return self._one(mine)
        changes = tuple(_item(each) for each in mine if each.changes and not each.reply)
        reads = tuple(_item(each) for each in mine if not each.changes)
        replies = [each for each in mine if each.reply]
        count = len(changes) + len(reads)
        return Report(
            f"You may run {count} {'command' if count == 1 else 'commands'}.",
            "What you may run",
            parts=(
                *((text(Bold("Changes something, once it is agreed to")), Items(changes)) if changes else ()),
                text(Bold("Only reads")),
                Items(reads),
                *((_said_to_runs(replies, "is there" if changes else "you have a part in"),) if replies else ()),
                note("Every command understands ", Code("because …"), " and ", Code("in staging"), "."),
                note(Code("help scale"), " tells all of one, ", Code("why scale bridge 5"), " who must agree to it."),
            ),
        )

    def _one(self, mine: list[bot.Command]) -> Report:
        wanted = self.about.lower().replace("-", " ")
        found = next((each for each in mine if each.name.replace("-", " ") == wanted), None)
        if found is None:
            near = meant(alike(wanted, [each.name for each in mine]))
            words = f"You may run no command “{self.about[:40]}”. {near}`help` lists those that you may."
            return Report(words, parts=(marked(words),))
        details = (Quote(found.details),) if found.details else ()
        examples = tuple(Item(Mark.PLAIN, text(Code(f"/aureus {example}"))) for example in found.examples)
        return Report(
            f"{found.name}: {found.summary}",
            found.name,
            parts=(text(found.summary), *details, text("Usage: ", Code(found.usage)), Items(examples)),
        )


def _said_to_runs(replies: list[bot.Command], which: str) -> Text:
    """Their buttons are on the card of the run, so that they are named is enough."""
    names: list[Inline] = [Bold(f"Said to a run that {which}: ")]
    for at, each in enumerate(replies):
        names += [", "] if at else []
        names.append(Code(each.name))
    return text(*names, "; ", Code(f"help {replies[0].name}"), " tells of one.")


def _item(command: bot.Command) -> Item:
    return Item(Mark.PLAIN, Text((Code(command.examples[0]), f" {command.summary}")))
