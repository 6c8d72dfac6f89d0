"""Who may do this, and who must agree."""

from typing import Any, ClassVar

from bot.runbook import Code, Facts, Lookup, Question, Report, Seen, arg, roles, text
from bot.world import bot


class Why(Lookup):
    """Show who may ask for something, and who must agree to it. Nothing is asked for by this."""

    private: ClassVar[bool] = True

    about: str = arg("the words to judge", example="scale bridge 5", rest=True)

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (bot.JudgementOf(self.about, self.request.who.id),)

    def tell(self, seen: Seen) -> Report:
        judged = seen.get(bot.JudgementOf(self.about, self.request.who.id))
        if not isinstance(judged, bot.Judgement):
            because = getattr(judged, "because", "It is still being looked at.")
            return Report(because, parts=(text(because),))
        may = "You may ask for it" if judged.may else "You may not ask for it"
        facts = Facts(tuple((f"Risk {label}", seats) for label, seats in judged.cases))
        parts = (text(Code(judged.command)), text(f"{may}; those who may: {roles(judged.may_roles)}."))
        who = (text("Who must agree, by the risk of its plan:"), facts) if judged.cases else ()
        return Report(f"{judged.command}: {may.lower()}.", "Who may, and who must agree", parts=(*parts, *who))
