"""Who may do this, and who must agree."""

from typing import Any, ClassVar

from bot.runbook import (
    Code,
    Gate,
    Item,
    Items,
    Lookup,
    Mark,
    Part,
    Question,
    Report,
    Seen,
    arg,
    marked,
    note,
    roles,
    text,
)
from bot.world import bot


class Why(Lookup):
    """Show who may ask for something, and who must agree to it. Nothing is asked for by this.

    It looks at the world and makes the plan that asking would make; where there would be none, it tells who must agree
    for each risk.
    """

    private: ClassVar[bool] = True

    about: str = arg("the words to judge", example="scale bridge 5", rest=True)

    @property
    def question(self) -> bot.JudgementOf:
        return bot.JudgementOf(self.about, self.request.who.id, self.request.at)

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (self.question,)

    def tell(self, seen: Seen) -> Report:
        judged = seen.get(self.question)
        if not isinstance(judged, bot.Judgement):
            because = getattr(judged, "because", "It is still being looked at.")
            return Report(because, parts=(marked(because),))
        may = "You may ask for it" if judged.may else "You may not ask for it"
        parts: list[Part] = [text(Code(judged.command)), text(f"{may}; those who may: {roles(judged.may_roles)}.")]
        if judged.plan is not None:
            risk = judged.plan.risk
            parts.append(
                text(f"As things are now it would be “{judged.plan.title}”: {risk.level.value} risk, {risk.because}.")
            )
            parts.append(Items(_needs(judged.gate)))
            parts += [note("You must say why: ", Code("because …"), ".")] if judged.gate.reason else []
        elif judged.cases:
            parts.append(marked(f"As things are now there would be no plan: {judged.because}"))
            parts.append(text("Who must agree depends on the risk of the plan:"))
            parts.append(
                Items(tuple(Item(Mark.PLAIN, text(f"{label}: {_in_words(gate)}")) for label, gate in judged.cases))
            )
        else:
            parts.append(text("It only reads, so nobody must agree."))
        return Report(f"{judged.command}: {may.lower()}.", "Who may, and who must agree", parts=tuple(parts))


def _needs(gate: Gate) -> tuple[Item, ...]:
    if not gate.seats:
        return (Item(Mark.GOOD, text("Nobody must agree"), gate.because),)
    return tuple(
        Item(Mark.PLAIN, text(_seat(seat.own, seat.roles)), _who(len(seat.people), seat.own)) for seat in gate.seats
    )


def _seat(own: bool, wanted: frozenset[str]) -> str:
    return f"your own confirmation, as {roles(wanted)}" if own else f"the agreement of another: {roles(wanted)}"


def _who(count: int, own: bool) -> str:
    if own:
        return ""
    return f"{count} {'person' if count == 1 else 'people'} could give it" if count else "nobody holds this role"


def _in_words(gate: Gate) -> str:
    return " and ".join(_seat(seat.own, seat.roles) for seat in gate.seats) or "nobody"
