"""The driver: makes the next move of a run, writes down what came of it, and goes on until the run rests."""

import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import Away, Barred, Conflict, Full, Held, Pointless, Refusal, Taken, Unreadable
from bot.domain.event import (
    AnsweredWith,
    Asked,
    Drifted,
    Ended,
    Event,
    Failed,
    Made,
    Offered,
    Opened,
    Postponed,
    Started,
    Stumbled,
)
from bot.domain.move import Give, Inspect, Make, Open, Rest, Survey, by_itself, judge, look_again, next_move
from bot.domain.plan import Act, OrElse, Undo
from bot.domain.run import PATIENCE, Leg, Phase, Run, checks_of
from bot.domain.sentence import sentence
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Shown, Stays
from bot.engine.cases import Cases
from bot.engine.gather import gather
from bot.engine.rows import row_of
from bot.engine.survey import Surveyor
from bot.ports import Clock, Outbox, Queue, World, Write
from bot.runbook import Lookup
from bot.world.bot import SetPaused

log = logging.getLogger(__name__)

_AGAIN = 10  # seconds between two sweeps that ask for the same
_MOST_MOVES = 200  # between two rests; more is a run that turns on the spot
_SWITCH = SetPaused(False).touches
_PATIENCE = 20.0  # seconds between two tries at most: so long may what is there again go unnoticed


class Driver:
    """Drives one run at a time; many may be driven at once, each by one hand."""

    def __init__(
        self, cases: Cases, surveyor: Surveyor, world: World, outbox: Outbox, queue: Queue, clock: Clock
    ) -> None:
        self._cases = cases
        self._surveyor = surveyor
        self._world = world
        self._outbox = outbox
        self._queue = queue
        self._clock = clock

    async def drive(self, case: str) -> None:
        """Drive a case until it rests. What nobody foresaw is written down; after three times it rests for people."""
        try:
            for _ in range(_MOST_MOVES):
                run = await self._cases.load(case)
                if run is None or await self._move(run):
                    return
        except Conflict:
            return  # somebody else wrote, and whoever wrote has it driven on
        except Full as full:
            log.warning("the store cannot write, %s is driven again later: %s", case, full.because)
        except Unreadable as no:
            if no.case == case:
                raise  # nothing can be written down of it
            await self._stumble(case, no)
        except Exception as error:  # noqa: BLE001 - the last net: said on the card, with a token, never swallowed
            await self._stumble(case, error)

    async def sweep(self) -> int:
        """Have everything driven that is due; how many cases that were."""
        now = self._clock.now()
        due = await self._cases.journal.list(due=now)
        for found in due:
            # The moment is part of the key, since what was asked for and done may be due again; but a coarse one, so
            # that a backlog is not asked for anew at every sweep.
            moment = int(now.timestamp()) // _AGAIN
            await self._queue.start("drive", found.case, f"drive:{found.case}:{found.position}:{moment}")
        return len(due)

    async def _move(self, run: Run) -> bool:
        """Make one move; whether the run rests now."""
        now = self._clock.now()
        if self._cases.waiting.goes_on(run.id) and run.postponed is not None:
            run = replace(run, postponed=replace(run.postponed, until=now))
        move = next_move(run, now)
        match move:
            case Rest(until):
                await self._rest(run, until)
                return True
            case Give(event):
                await self._cases.write(run, event)
                return False
            case Survey():
                return await self._survey(run, now)
            case Open():
                return await self._open(run, now)
            case Make(step, back):
                return await self._make(run, step, back, now)
            case Inspect():
                return await self._test(run, now)

    async def _rest(self, run: Run, until: datetime | None) -> None:
        await self._cases.journal.rest(run.id, run.position, until)
        if until is not None:
            key = f"drive:{run.id}:{run.position}:{until.timestamp():.3f}"
            await self._queue.later("drive", run.id, key, until)

    async def _survey(self, run: Run, now: datetime) -> bool:
        try:
            understood = self._surveyor.understand(run)
            if isinstance(understood.handler, Lookup):
                report = await gather(understood.handler, run, self._world, self._outbox)
                await self._cases.write(
                    run, AnsweredWith(self._clock.now(), report=report, private=understood.handler.private)
                )
                return True
            await self._cases.write(run, await self._surveyor.plan(run, now))
        except Refusal as no:
            await self._cases.write(run, _refused(no, now))
        except Away as away:
            return await self._postpone(run, away)
        return False

    async def _open(self, run: Run, now: datetime) -> bool:
        """Claims first, then the look: between the two nobody else can move what the plan rests upon."""
        touches = run.plan.touches if run.plan else frozenset()
        journal = self._cases.journal
        waits = None if run.gate.seats else now
        try:
            try:
                await journal.append(Write(run.id, run.position, (), row_of(run), claim=touches))
            except Taken as taken:
                raise await self._surveyor.held_by({taken.claim: taken.holder}, run, waits) from taken
            drifted = await self._surveyor.still_fits(run, now)
        except Refusal as no:
            await self._cases.write(run, _refused(no, now))
            return False
        except Away as away:
            return await self._postpone(run, away)
        if drifted is None:
            await self._cases.write(run, Opened(now), claim=touches)
        elif isinstance(drifted, Offered):
            await self._cases.write(run, drifted, free=True)
        else:
            await self._cases.write(run, Drifted(now, was=run.digest), drifted, free=True)
        return False

    async def _make(self, run: Run, name: str, back: bool, now: datetime) -> bool:
        changes = _changes(run, name, back)
        try:
            if await self._paused(changes):
                paused = "The bot is paused: nothing changes the world until it is unpaused."
                raise Held(paused, again_in=15, objects=frozenset({_SWITCH}))
            if (back and run.phase is Phase.STANDING) or (not back and run.step(name).or_else is OrElse.GO_ON):
                await self._claim(run, changes)
            wrong = await self._moved(run, name, back)
        except Barred as no:
            # As long as the step may take it is tried again: what bars the way is often gone in a moment.
            since = run.postponed.at if run.postponed else now
            if now - since < (run.step(name).within or timedelta()):
                return await self._postpone(run, Away(str(no)))
            wrong = str(no)
        except Refusal as no:
            wrong = str(no)  # what it left is gone
        except Away as away:
            return await self._postpone(run, away)
        if wrong:
            await self._cases.write(run, Asked(now, because=wrong))
            return False
        attempt = run.leg.attempt + 1 if run.leg and _in_hand(run, name, back) else 1
        run = await self._cases.write(run, Started(now, step=name, back=back, attempt=attempt))
        called = attempt > 1 or back
        try:
            for change in changes:
                if not (attempt > 1 or back) or not await self._shows(change):
                    await self._world.do(change)
                called = True
        except Refusal as no:
            failed = Failed(self._clock.now(), step=name, back=back, because=str(no), unmade=not called)
            await self._cases.write(run, failed)
            return False
        except Away as away:
            return await self._postpone(run, away)
        await self._cases.write(run, Made(self._clock.now(), step=name, back=back))
        return False

    async def _test(self, run: Run, now: datetime) -> bool:
        leg = run.leg or Leg("")
        answers: list[Answer] = []
        try:
            for index, check in enumerate(checks_of(run, leg)):
                answer = by_itself(leg, index, check, now)
                inner = check.good if isinstance(check, Stays) else check
                answers.append(answer if answer is not None else await self._look_at(inner))
        except Refusal as no:
            await self._cases.write(run, Failed(now, step=leg.step, back=leg.back, because=str(no)))
            return False
        except Away as away:
            return await self._postpone(run, away)
        event = judge(run, tuple(answers), now)
        if event is not None:
            run = await self._cases.write(run, event)
            if run.leg is None or run.phase is Phase.ASKING:
                return False
        pending = tuple(answers) if any(isinstance(each, NotYet) for each in answers) else ()
        await self._rest(run, look_again(run, pending, now))
        return True

    async def _look_at(self, check: Check) -> Answer:
        if isinstance(check, Shown):
            shown = await self._shows(check.change)
            return Met("read back") if shown else NotYet(f"not read back yet: {check.change}")
        try:
            return await self._world.test(check)
        except Barred as no:
            raise Away(str(no)) from no

    async def _shows(self, change: Change) -> bool:
        """Whether the world shows a change of the step in hand. Not to be let in is no answer to that: ``Away``."""
        try:
            return await self._world.stands(change)
        except Barred as no:
            raise Away(str(no)) from no

    async def _postpone(self, run: Run, away: Away) -> bool:
        """Unknown is not failed: try again, longer apart each time; after its own time a step rests for people.

        Or the plan goes on without it, where it says that it does.
        """
        now, leg = self._clock.now(), run.leg
        if leg is not None and run.deadline is not None and now >= run.deadline and not isinstance(away, Held):
            if run.step(leg.step).or_else is OrElse.GO_ON and not leg.back:
                await self._cases.write(run, Failed(now, step=leg.step, because=away.because))
            else:
                await self._cases.write(run, Asked(now, because=away.because))
            return False
        since = run.postponed.at if run.postponed else now
        seconds = away.again_in or min(max((now - since).total_seconds() / 2, 1.0), _PATIENCE)
        until = now + timedelta(seconds=seconds)
        held = away if isinstance(away, Held) else None
        if held is not None:
            self._cases.waiting.add(run.id, held.objects, now, until)
        if not (held and held.quiet) and (run.postponed is None or run.postponed.because != away.because):
            run = await self._cases.write(run, Postponed(now, because=away.because, until=until))
        if held is not None and not await self._in_hands(held.objects):
            self._cases.waiting.go_on(run.id)
            return False
        await self._rest(run, until)
        return True

    async def _in_hands(self, objects: frozenset[str]) -> bool:
        """Whether what a run is about to wait for is still not to be had: else nobody would wake it."""
        journal = self._cases.journal
        paused = _SWITCH in objects and bool(await journal.switch("paused"))
        return paused or bool(await journal.claims(objects))

    async def _paused(self, changes: tuple[Change, ...]) -> bool:
        return any(change.outside for change in changes) and bool(await self._cases.journal.switch("paused"))

    async def _moved(self, run: Run, name: str, back: bool) -> str:
        """Why a step must not be made or put back blindly: the world is not as this run left it."""
        if _in_hand(run, name, back):
            return ""
        if back:
            return await self._neither(run, name)
        for change in run.leaves.values() if run.rested else ():
            if not await self._world.stands(change):
                return f"{change.touches} is no longer as this run left it: somebody else changed it meanwhile"
        return ""

    async def _neither(self, run: Run, name: str) -> str:
        """The world shows neither what a step left nor what its way back would bring: whose is it then?"""
        for undo in _changes(run, name, back=True):
            mine = [change for change in _changes(run, name, back=False) if change.touches == undo.touches]
            if not mine or await self._world.stands(undo):
                continue
            if not any([await self._world.stands(change) for change in mine]):
                return (
                    f"{undo.touches} is no longer as this run left it, nor as it was before: somebody else changed it"
                )
        return ""

    async def _claim(self, run: Run, changes: tuple[Change, ...]) -> None:
        """What was not claimed when the run began: what stood, before it is put back, and what it goes on without."""
        touches = frozenset(change.touches for change in changes)
        try:
            await self._cases.journal.append(Write(run.id, run.position, (), row_of(run), claim=touches))
        except Taken as taken:
            because = sentence(f"{taken.claim} is in the hands of {taken.holder}")
            raise Held(because, again_in=15, objects=frozenset({taken.claim})) from taken

    async def _stumble(self, case: str, error: Exception) -> None:
        token = secrets.token_hex(4)
        log.error("unforeseen while driving %s [%s]", case, token, exc_info=error)
        try:
            run = await self._cases.load(case)
            if run is None or run.over:
                return
            now = self._clock.now()
            events: list[Event] = [Stumbled(now, token=token)]
            if len(run.stumbles) + 1 >= PATIENCE and run.opened_at is None:
                because = f"Something unforeseen happened {PATIENCE} times; the log has it under {token}."
                events.append(Ended(now, how="refused", because=because))
            after = await self._cases.write(run, *events)
            if not after.over and after.phase is not Phase.ASKING:
                await self._rest(after, now + timedelta(seconds=5 * len(after.stumbles)))
        except (Conflict, Full) as also:
            log.warning("that could not be written down, the sweep drives %s again: %s", case, also)


def _refused(no: Refusal, now: datetime) -> Ended:
    """The end of a run that was not begun. Without a hint there is nothing to do."""
    how = "refused" if no.hint else "nothing"
    return Ended(now, how=how, because=str(no), again=not isinstance(no, Pointless))


def _changes(run: Run, name: str, back: bool) -> tuple[Change, ...]:
    step = run.step(name)
    if not isinstance(step, Act):
        return ()
    if not back:
        return step.changes
    way = run.way_back(name)
    return way.changes if isinstance(way, Undo) else ()


def _in_hand(run: Run, name: str, back: bool) -> bool:
    return run.leg is not None and (run.leg.step, run.leg.back) == (name, back)
