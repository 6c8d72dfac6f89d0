"""Who the bot thinks that you are."""

from typing import Any, ClassVar

from bot.runbook import Facts, Lookup, Person, Question, Report, Seen, roles, text
from bot.world import bot


class Whoami(Lookup):
    """Show who I think you are, and which roles you hold."""

    placed: ClassVar[bool] = False

    private: ClassVar[bool] = True

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (bot.Me(self.request.who.id),)

    def tell(self, seen: Seen) -> Report:
        me = seen.get(bot.Me(self.request.who.id))
        if not isinstance(me, Person):
            return Report(
                "I do not know you.", parts=(text("I do not know you: config/people.yaml says whom I know."),)
            )
        held = roles(me.roles, ", ") or "none"
        facts = Facts((("Name", me.name), ("E-mail", me.email), ("Roles", held)))
        return Report(f"You are {me.name}; your roles: {held}.", me.name, parts=(facts,))
