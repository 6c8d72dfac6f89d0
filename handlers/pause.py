"""Stop every change of the world."""

from typing import ClassVar

from bot.runbook import Act, Ask, Level, Offers, Plan, Risk, Runbook, Undo
from bot.world.bot import Paused, PausedIs, SetPaused


class Pause(Runbook[str]):
    """Let nothing change the world until it is unpaused.

    Runs under way stop before their next change and go on afterwards; lookups go on all the time.
    """

    placed: ClassVar[bool] = False

    @classmethod
    def more_examples(cls) -> tuple[str, ...]:
        return ("pause because we look into something",)

    async def look(self, ask: Ask) -> str:
        return await ask(Paused())

    def plan(self, now: str) -> Plan | Offers:
        if now:
            return Offers(f"It is paused already ({now}): nothing to do.")
        since = f"{self.request.at:%Y-%m-%d %H:%M} UTC"
        because = f"{self.request.who.name}: {self.because or 'no reason given'}, since {since}"
        return Plan(
            "Pause every change",
            risk=Risk(Level.LOW, "it only takes power away"),
            steps=(
                Act(do=SetPaused(True, because), until=PausedIs(True), undo=Undo(SetPaused(False), PausedIs(False))),
            ),
        )
