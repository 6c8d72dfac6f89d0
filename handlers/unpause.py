"""Let changes go on after a pause."""

from typing import ClassVar

from bot.runbook import Act, Ask, Facts, Level, Offers, Plan, Risk, Runbook, Undo
from bot.world.bot import Paused, PausedIs, SetPaused


class Unpause(Runbook[str]):
    """Let changes go on after a pause: what waited goes on by itself."""

    placed: ClassVar[bool] = False

    async def look(self, ask: Ask) -> str:
        return await ask(Paused())

    def plan(self, now: str) -> Plan | Offers:
        if not now:
            return Offers("It is not paused: nothing to do.")
        return Plan(
            "Let changes go on",
            risk=Risk(Level.LOW, "what waits was agreed to"),
            steps=(
                Act(
                    do=SetPaused(False),
                    until=PausedIs(False),
                    undo=Undo(SetPaused(True, now), PausedIs(True)),
                ),
            ),
            shows=(Facts((("Paused by", now),)),),
        )
