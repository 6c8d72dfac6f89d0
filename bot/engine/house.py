"""What the bot knows itself, asked by questions like the rest of the world: runs, people, commands, its switch."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from bot.domain.card_offers import undoable
from bot.domain.errors import Pointless, Refusal
from bot.domain.person import Person
from bot.domain.plan import Act, Undo
from bot.domain.policy import Policy
from bot.domain.run import Run
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Question
from bot.engine.cases import Cases
from bot.engine.commands import Commands
from bot.engine.gather import together
from bot.engine.reply import REPLIES
from bot.ports import Clock, World
from bot.runbook import Runbook
from bot.world import bot
from bot.world.catalogue import Catalogue

T = TypeVar("T")


class House:
    """Answers the verbs of ``bot.world.bot``, and hands all others on to the world outside."""

    def __init__(
        self, outside: World, cases: Cases, commands: Commands, policy: Policy, catalogue: Catalogue, clock: Clock
    ) -> None:
        self._outside = outside
        self._cases = cases
        self._commands = commands
        self._policy = policy
        self._catalogue = catalogue
        self._clock = clock
        self._answers: dict[type[Question[Any]], Callable[[Any], Awaitable[Any]]] = {
            bot.Each: self._each,
            bot.RunOf: self._run_of,
            bot.Runs: self._runs,
            bot.LooseEnds: self._loose_ends,
            bot.StandingOn: self._standing_on,
            bot.Stands: self._stands,
            bot.Commands: self._all_commands,
            bot.TheCatalogue: self._the_catalogue,
            bot.Me: self._me,
            bot.Paused: self._paused,
        }

    def learn(self, kind: type[Question[Any]], answer: Callable[[Any], Awaitable[Any]]) -> None:
        """What another part of the engine answers."""
        self._answers[kind] = answer

    async def ask(self, question: Question[T]) -> T:
        answer = self._answers.get(type(question))
        return cast(T, await answer(question)) if answer else await self._outside.ask(question)

    async def rehearse(self, change: Change) -> None:
        if not isinstance(change, bot.SetPaused):
            await self._outside.rehearse(change)

    async def do(self, change: Change) -> None:
        if not isinstance(change, bot.SetPaused):
            await self._outside.do(change)
            return
        if await self.stands(change):
            return
        await self._cases.journal.set_switch("paused", (change.because or "no reason given") if change.paused else "")
        await self._cases.redraw_waiting()

    async def stands(self, change: Change) -> bool:
        if not isinstance(change, bot.SetPaused):
            return await self._outside.stands(change)
        return bool(await self._cases.journal.switch("paused")) == change.paused

    async def test(self, check: Check) -> Answer:
        if not isinstance(check, bot.PausedIs):
            return await self._outside.test(check)
        paused = bool(await self._cases.journal.switch("paused"))
        return Met("paused" if paused else "not paused") if paused == check.paused else NotYet(str(check))

    async def _each(self, question: bot.Each[Any]) -> tuple[Any, ...]:
        return await together(question.questions, question.within, self)

    async def _run_of(self, question: bot.RunOf) -> Run:
        if question.id:
            run = await self._cases.load(question.id.lower())
            if run is None:
                raise Pointless(f"I know no run {question.id[:20]}.", "`runs` lists the last ones.")
            return run
        for found in await self._cases.journal.list(asker=question.asker, kind="run", limit=30):
            run = await self._cases.load(found.case)
            if run is not None and run.ended is not None and undoable(run):
                return run
        raise Refusal("None of your last runs left anything that can be undone.", "`runs` lists the last of all.")

    async def _runs(self, question: bot.Runs) -> tuple[Run, ...]:
        rows = await self._cases.journal.list(kind="run", limit=question.limit * 2)
        runs = await self._cases.list_runs([row.case for row in rows])
        # What was only asked and answered is no run that people look for.
        return tuple(run for run in runs if run.answer is None and (run.carded or run.plan))[: question.limit]

    async def _loose_ends(self, _: bot.LooseEnds) -> tuple[Run, ...]:
        rows = await self._cases.journal.list(loose=True)
        return await self._cases.list_runs([row.case for row in rows])

    async def _standing_on(self, question: bot.StandingOn) -> bot.Standing | None:
        for run in await self._loose_ends(bot.LooseEnds()):
            for stand in run.loose:
                step = run.step(stand.step)
                if not isinstance(step, Act) or not isinstance(step.back, Undo):
                    continue
                if any(change.touches == question.touches for change in step.changes):
                    return bot.Standing(run, stand.step, step.back)
        return None

    async def _stands(self, question: bot.Stands) -> bool:
        return await self.stands(question.change)

    async def _all_commands(self, _: bot.Commands) -> tuple[bot.Command, ...]:
        described = [
            replace(self._commands.describe(each), may=self._policy.roles_for(each.command, self._changes(each)))
            for each in self._commands
        ]
        agreeing = self._policy.agreeing
        steering = agreeing | self._policy.roles_for("", changes=True)
        spoken = [
            bot.Command(
                name, reply.about, reply.usage, (_example(reply.usage),), reply.details, True,
                steering if reply.steers else agreeing, reply=True,
            )
            for name, reply in REPLIES.items()
            if reply.typed
        ]  # fmt: skip
        return *sorted(described, key=lambda command: command.name), *spoken

    @staticmethod
    def _changes(handler: type[Any]) -> bool:
        return issubclass(handler, Runbook)

    async def _the_catalogue(self, _: bot.TheCatalogue) -> Catalogue:
        return self._catalogue

    async def _me(self, question: bot.Me) -> Person:
        person = self._cases.people.get(question.id)
        if person is None:
            raise Refusal("I do not know you.", "config/people.yaml says whom I know.")
        return person

    async def _paused(self, _: bot.Paused) -> str:
        return await self._cases.journal.switch("paused")


def _example(usage: str) -> str:
    """How a reply is said to a run."""
    return re.sub(r"[\[<]run[\]>]", "r-7hb2k9qd", usage)
