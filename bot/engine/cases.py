"""Cases in the journal: folded when they are read, written together with what is to be said of them."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.domain.errors import Conflict
from bot.domain.event import Asked, Begotten, Ended, Event, Failed, Postponed, Settled
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired, Written
from bot.domain.person import BOT, People
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.engine import incident_teller, teller
from bot.engine.folding import Folder
from bot.engine.later import Later
from bot.engine.rows import alerts_of, first_write, row_of
from bot.engine.waiting import Waiting
from bot.ports import Clock, Journal, Queue, Say, Write

#: After these a run goes no further now: who looks at the card of its incident must not wait to see that.
_HALTS = Postponed | Asked | Failed | Ended
_WRITES = "postmortem"
_LEAST = timedelta(microseconds=1)
_LOOKED_BACK = 500  # runs among which those are that fell into an incident
_TRIES = 8  # how often something is appended anew when another case moves that it has to do with
T = TypeVar("T")


def _ends(incident: Incident, events: Sequence[Event]) -> bool:
    """Whether it is over by these events; or was, and only they say why: its document must say that, too."""
    after = incident
    for event in events:
        after = after.after(event)
    return after.over and (after.resolved, after.explained) != (incident.resolved, incident.explained)


class Cases:
    """The runs, as the journal has them."""

    def __init__(self, journal: Journal, people: People, queue: Queue, clock: Clock) -> None:
        self.journal = journal
        self.people = people
        self._queue = queue
        self._clock = clock
        self._runs = Folder(Run.born)
        self._incidents = Folder(Incident.born)
        self.waiting = Waiting()
        self.later = Later()
        #: Told of every event, after it was stored.
        self.observers: list[Callable[[Run, Event], None]] = []

    async def load(self, case: str) -> Run | None:
        """The run of this id, folded from all its events; ``None`` when there is none."""
        return None if case.startswith("i-") else self._runs.fold(case, await self.journal.events(case))

    async def incident(self, case: str) -> Incident | None:
        """The incident of this id, folded from all its events; ``None`` when there is none."""
        return self._incidents.fold(case, await self.journal.events(case)) if case.startswith("i-") else None

    async def either(self, case: str) -> Run | Incident | None:
        """The case of this id, whichever kind it is."""
        return await (self.incident(case) if case.startswith("i-") else self.load(case))

    async def load_all(self, cases: Sequence[str]) -> tuple[Run, ...]:
        """The runs of these ids, in their order, without those that are not there. Raises ``Unreadable``."""
        loaded = [await self.load(case) for case in cases]
        return tuple(run for run in loaded if run is not None)

    async def list_runs(self, cases: Sequence[str]) -> tuple[Run, ...]:
        """As ``load_all``, where one may be missing: without those that only a later release can read."""
        return await self._readable(self.load, cases)

    async def list_incidents(self, cases: Sequence[str]) -> tuple[Incident, ...]:
        """The incidents of these ids, in their order, without those that only a later release can read."""
        return await self._readable(self.incident, cases)

    async def _readable(self, load: Callable[[str], Awaitable[T | None]], cases: Sequence[str]) -> tuple[T, ...]:
        found: list[T] = []
        for case in cases:
            with self.later.leaves(case):
                one = await load(case)
                found += [one] if one is not None else []
        return tuple(found)

    async def open(self, request: Request) -> Run:
        """A new run, asked for by this request. Raises ``Conflict`` when it is there already."""
        first = first_write(request)
        run = Run.born(first.events[0])

        async def append() -> None:
            writes = [first]
            parent = await self.either(request.of) if request.of else None
            if parent is not None:
                begotten = Begotten(request.at, request.who, case=run.id, words=request.words)
                writes.append(Write(parent.id, parent.position, (begotten,), row_of(parent.after(begotten))))
            await self.journal.append(*writes, taken=request.key)

        await self._unless_moved(run.id, 0, append)
        await self.wake(run)
        return run

    async def wake(self, run: Run | Incident) -> None:
        """Have it driven on from where it is."""
        await self._queue.start("drive", run.id, f"drive:{run.id}:{run.position}")

    async def write(
        self,
        run: Run,
        *events: Event,
        claim: frozenset[str] = frozenset(),
        free: bool = False,
        taken: str = "",
        says: Sequence[Say] = (),
    ) -> Run:
        """Append events to a run, with its card and lines, and with what they settle of other runs.

        Raises ``Conflict`` when it is no longer at the position that it was read at, ``Taken``, ``Full``.
        """
        write = partial(self._write, run, *events, claim=claim, free=free, taken=taken, says=says)
        return await self._unless_moved(run.id, run.position, write)

    async def _write(
        self, run: Run, *events: Event, claim: frozenset[str], free: bool, taken: str, says: Sequence[Say]
    ) -> Run:
        asked = self._then(run, events)
        events = (*events, *(Begotten(each.at, each.who, case=each.case, words=each.words) for each in asked))
        after = run
        for event in events:
            after = after.after(event)
        frees = free or self._done_with_claims(after)
        let_go = await self._in_hands_of(run, after) if frees else frozenset()
        writes = [first_write(each) for each in asked]
        writes += [Write(run.id, run.position, events, row_of(after), claim, frees)]
        still: dict[str, int] = {}
        children = await self._shown(after, still)
        said = [*await self._says(after, events, children), *says]
        for other, event in await self._settled(after, events):
            now = other.after(event)
            writes.append(Write(other.id, other.position, (event,), row_of(now)))
            said += await self._family(now, after, (event,), still)
        if after.request.of and all(write.case != after.request.of for write in writes):
            parent = await self.either(after.request.of)
            if parent is not None and parent.carded:
                still[parent.id] = parent.position
                halts = any(isinstance(each, _HALTS) for each in events)
                said += await self._family(parent, after, (), still, soon=halts)
            if isinstance(parent, Incident):
                said += incident_teller.vain(parent, after)
                said += incident_teller.besides(parent, after, events)
                said += incident_teller.left_out(parent, after, after.went_on[len(run.went_on) :])
        for write in writes:
            still.pop(write.case, None)
        await self.journal.append(*writes, says=said, taken=taken, still=still)
        for event in events:
            for observe in self.observers:
                observe(after, event)
        for each in asked:
            await self._queue.start("drive", each.case, f"drive:{each.case}:1")
        if after.over:
            self.waiting.forget(after.id)
        # Those that wait for what it had in its hands go on.
        for case in self.waiting.let_go(let_go):
            await self._queue.start("drive", case, f"drive:{case}:after:{after.id}:{after.position}")
        return after

    async def _in_hands_of(self, run: Run, after: Run) -> Set[str]:
        """What this run holds of what its plan touches: that may be less, as of one that only waits for its end."""
        plans = [each.plan for each in (run, after) if each.plan is not None]
        # What it goes on without was claimed when its turn came.
        may = {each for plan in plans for each in (*plan.touches, *(change.touches for change in plan.changes))}
        held = await self.journal.claims(frozenset(may)) if may else {}
        return {each for each, holder in held.items() if holder == run.id}

    async def begin(self, fired: Fired, *events: Event, names: frozenset[str], taken: str = "") -> Incident:
        """A new incident, with what is known of it at once. Raises ``Taken`` when one of its names is in use."""
        after = Incident.born(fired)
        other = await self.incident(after.id)
        if other is not None and other.key != fired.key:
            # An id has forty bits: that of another incident may be the same by chance.
            later = replace(fired, at=fired.at + _LEAST)
            return await self.begin(later, *events, names=names, taken=taken)
        for event in events:
            after = after.after(event)
        held = frozenset(f"the incident of {name}" for name in names)
        # Alerts of one name are in many incidents at once: such a name leads to one, and claims nothing.
        all_names = names | alerts_of((fired, *events))
        first = Write(after.id, 0, (fired, *events), row_of(after), held, names=all_names)
        said = incident_teller.says(after, (fired, *events), self.people)
        before = await self.incident(fired.before.id) if fired.before else None
        said += incident_teller.again(before, after) if before else []
        await self.journal.append(first, says=said, taken=taken)
        await self.wake(after)
        return after

    async def record(
        self,
        incident: Incident,
        *events: Event,
        asks: Sequence[Request] = (),
        names: frozenset[str] = frozenset(),
        taken: str = "",
    ) -> Incident:
        """Append events to an incident, with its cards and lines, and with the runs that it asks for.

        Raises ``Conflict`` when it is no longer at the position that it was read at, ``Full``.
        """
        record = partial(self._record, incident, *events, asks=asks, names=names, taken=taken)
        return await self._unless_moved(incident.id, incident.position, record)

    async def _record(
        self, incident: Incident, *events: Event, asks: Sequence[Request], names: frozenset[str], taken: str
    ) -> Incident:
        if _ends(incident, events) and not await self._pending(incident):
            asks = (*asks, self._written_up(incident, events[-1].at))
        begotten = [Begotten(each.at, each.who, case=each.case, words=each.words) for each in asks]
        after = incident
        for event in (*events, *begotten):
            after = after.after(event)
        writes = [first_write(each) for each in asks]
        happened, all_names = (*events, *begotten), names | alerts_of(events)
        writes.append(Write(incident.id, incident.position, happened, row_of(after), free=after.over, names=all_names))
        still: dict[str, int] = {}
        children = await self._shown(incident, still)
        history: list[Event] = []
        meanwhile: tuple[Run, ...] = ()
        if any(isinstance(event, Written) for event in events):
            history = [*await self.journal.events(incident.id), *events]
            meanwhile = await self._meanwhile(incident)
        said = incident_teller.says(after, (*events, *begotten), self.people, children, history, meanwhile)
        await self.journal.append(*writes, says=said, taken=taken, still=still)
        for each in asks:
            await self._queue.start("drive", each.case, f"drive:{each.case}:1")
        await self.wake(after)
        return after

    async def _meanwhile(self, incident: Incident) -> tuple[Run, ...]:
        """What was changed of the platform while an incident was open, wherever that was asked for; oldest first."""
        over = incident.resolved.at if incident.resolved is not None else self._clock.now()
        rows = await self.journal.list(kind="run", limit=_LOOKED_BACK)
        then = [found.case for found in reversed(rows) if incident.opened <= found.row.at <= over]
        return tuple(run for run in await self.list_runs(then) if run.changed and run.plan and run.plan.outside)

    async def _pending(self, incident: Incident) -> bool:
        """Whether its document is going to be written, with all that has happened by then."""
        runs = await self.load_all([each.case for each in incident.children if each.words.startswith(_WRITES)])
        return any(not run.over for run in runs)

    @staticmethod
    def _written_up(incident: Incident, at: datetime) -> Request:
        """When an incident is over its document is written, by a run like any other."""
        key = f"document:{incident.id}:{incident.position}"
        why = " because the cause was told since" if incident.over else ""
        return Request(key, f"{_WRITES} {incident.id}{why}", BOT, at, "clock", incident.places[0], of=incident.id)

    @staticmethod
    def _then(run: Run, events: Sequence[Event]) -> list[Request]:
        """What a plan asks for when it is done: requests of their own, with their own look, digest and gate."""
        ends = [event for event in events if isinstance(event, Ended) and event.how == "done"]
        if not ends or run.plan is None:
            return []
        asker, place = run.request.who, run.request.place
        return [
            Request(f"then:{run.id}:{number}", words, asker, ends[0].at, "then", place, of=run.id)
            for number, words in enumerate(run.plan.then)
        ]

    async def _settled(self, run: Run, events: Sequence[Event]) -> list[tuple[Run, Event]]:
        """What another run is told when this one is done: its steps were taken back, or over."""
        if run.plan is None or not any(isinstance(event, Ended) and event.how == "done" for event in events):
            return []
        told: list[tuple[Run, Event]] = []
        for settles in run.plan.settles:
            other = await self.load(settles.case)
            if other is not None:
                back = run.plan.covered_by == other.id
                at = self._clock.now()
                told.append((other, Settled(at, run.request.who, steps=settles.steps, case=run.id, back=back)))
        return told

    async def _unless_moved(self, case: str, position: int, append: Callable[[], Awaitable[T]]) -> T:
        """Append; again, with the others read anew, when one moved that it settles, begets from or shows on a card.

        Raises ``Conflict`` when the case itself has another position than this, or the others never stand still.
        """
        for _ in range(_TRIES - 1):
            try:
                return await append()
            except Conflict:
                found = await self.journal.found(case)
                if (found.position if found is not None else 0) != position:
                    raise
        return await append()

    async def _shown(self, parent: Run | Incident, still: dict[str, int], child: Run | None = None) -> tuple[Run, ...]:
        """The runs that a card shows, with ``child`` as it is about to be; ``still`` gets where the others are.

        What is drawn of one that has moved on by then would be old, and nobody would draw it again.
        """
        cases = [each.case for each in parent.children]
        others = {run.id: run for run in await self.load_all([each for each in cases if not child or each != child.id])}
        still.update({run.id: run.position for run in others.values()})
        runs = {**others, **({child.id: child} if child else {})}
        return tuple(runs[case] for case in cases if case in runs)

    async def _family(
        self, parent: Run | Incident, child: Run, events: Sequence[Event], still: dict[str, int], soon: bool = False
    ) -> list[Say]:
        """The parent's card, with this child as it is about to be; ``soon``: it is drawn now, and not with others."""
        children = await self._shown(parent, still, child)
        if isinstance(parent, Incident):
            shown = replace(parent, drawn=None) if soon else parent
            return incident_teller.says(shown, events, self.people, children)
        return await self._says(parent, events, children)

    async def _says(self, run: Run, events: Sequence[Event], children: Sequence[Run]) -> list[Say]:
        return teller.says(run, events, self.people, children, await self.journal.switch("paused"))

    async def redraw_waiting(self) -> None:
        """Draw the cards of what waits for agreement anew: each says whether the bot is paused."""
        rows = await self.journal.list(open_only=True, kind="run")
        for run in await self.list_runs([row.case for row in rows]):
            if run.phase is not Phase.WAITING or not run.carded:
                continue
            still = {run.id: run.position}
            # Somebody may have just written, and drawn it as it is now; or a run that it shows cannot be read.
            with contextlib.suppress(Conflict), self.later.leaves(f"card:{run.id}"):
                said = await self._says(run, (), await self._shown(run, still))
                await self.journal.append(says=said, still=still)

    @staticmethod
    def _done_with_claims(run: Run) -> bool:
        return run.over or (run.phase is Phase.STANDING and run.leg is None)
