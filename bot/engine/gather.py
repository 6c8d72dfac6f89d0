"""Several questions at once: what a lookup asks for, drawn again as answers arrive; or all within a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.domain.errors import Away, Refusal, why_alone
from bot.domain.report import Report
from bot.domain.run import Run
from bot.domain.verb import Question, spell
from bot.engine.teller import card_key
from bot.ports import Kind, Outbox, Say, World
from bot.runbook import Lookup, Seen

_PATIENCE = 0.4  # seconds before a first, unfinished answer is shown; most lookups are done by then


async def gather(lookup: Lookup, run: Run, world: World, outbox: Outbox) -> Report:
    """The whole answer; meanwhile, where it is not private, what is known so far stands in the channel."""
    answers: dict[Question[Any], Any] = {}
    asked: dict[asyncio.Task[Any], Question[Any]] = {}
    try:
        while True:
            for question in lookup.asks(Seen(answers)):
                if question not in answers and question not in asked.values():
                    asked[asyncio.ensure_future(_ask(world, question))] = question
            if not asked:
                return lookup.tell(Seen(answers))
            done, _ = await asyncio.wait(asked, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if not done and answers and not lookup.private:
                await outbox.say(Say(card_key(run.id), Kind.CARD, lookup.tell(Seen(answers)), run.request.place))
                await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in asked if task.done()]:
                answers[asked.pop(task)] = task.result()
    finally:
        for task in asked:
            task.cancel()


async def together(questions: Sequence[Question[Any]], within: timedelta, world: World) -> tuple[Any, ...]:
    """The answers in their order, or why there is none; what takes longer than ``within`` is waited for no more."""
    asked = [asyncio.ensure_future(_ask(world, question)) for question in questions]
    try:
        done, _ = await asyncio.wait(asked, timeout=within.total_seconds()) if asked else (set(), set())
        late = Away(f"There was no answer within {spell(within)}.")
        return tuple(task.result() if task in done else late for task in asked)
    finally:
        for task in asked:
            task.cancel()


async def _ask(world: World, question: Question[Any]) -> Any:
    """The answer, or why there is none: one source that is away does not take the others with it."""
    try:
        return await world.ask(question)
    except Away as away:
        return Away(why_alone(away.because), away.again_in)
    except Refusal as no:
        return Away(why_alone(str(no)))
