"""Looking before acting: words become a handler, its look, a plan with its gate; nothing is changed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain import card_offers
from bot.domain.errors import Away, Held, Pointless, Refusal, why_alone
from bot.domain.event import Offered, Planned
from bot.domain.gate import Gate
from bot.domain.offer import Offer
from bot.domain.person import BOT, Who, roles
from bot.domain.plan import Act, Level, Offers, OrElse, Plan, Risk, Step
from bot.domain.policy import COVERED, Policy, still_covered
from bot.domain.reason import reason
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.domain.sentence import sentence
from bot.domain.verb import Question
from bot.engine.cases import Cases
from bot.engine.commands import Commands, Understood
from bot.ports import World
from bot.runbook import Runbook
from bot.world.bot import Judgement, JudgementOf

T = TypeVar("T")

_AGAIN = 15.0  # seconds between two looks at whether a claim is free
#: What nobody must agree to waits so long for a run that is moving, and looks so often: who pressed a moment later than
#: somebody else is told what came of it, and not that somebody is at it.
_A_LITTLE = timedelta(seconds=20)
_SOON = 1.0


@dataclass(frozen=True)
class Surveyor:
    """Makes the plan of a run, as the world is now."""

    commands: Commands
    policy: Policy
    cases: Cases
    world: World

    def understand(self, run: Run) -> Understood:
        """The handler of the run's words. Raises ``Misunderstood``."""
        return self.commands.understand(run.request, run.words)

    async def plan(self, run: Run, now: datetime) -> Planned | Offered:
        """``Planned`` or ``Offered``. Raises ``Refusal`` (nothing to do, or it cannot be done) and ``Away``."""
        understood = self.understand(run)
        handler = understood.handler
        assert isinstance(handler, Runbook)  # noqa: S101 - the driver asks for plans of runbooks only
        about: set[str] = set()

        async def noting(question: Question[T]) -> T:
            about.add(question.about)
            return await self.world.ask(question)

        made = handler.plan(await handler.look(noting))
        if isinstance(made, Offers):
            if not made.offers:
                # What another run is at is not as it will be: that there is nothing to do may be over in a moment.
                await self._refuse_if_held(run, frozenset(about), None)
                raise Refusal(made.because)
            self._parse(run, made.offers)
            return Offered(now, offers=made)
        self._parse(run, made.offers)
        await self._refuse_if_not_theirs(run, made)
        gate = await self._gate(handler.command, made, run.request.who.id, now)
        if gate.reason and not handler.because:
            # As it was understood by looking: what "the last one" is may be another one when the reason is given.
            ask = Offer("Say why", f"{self.commands.say(handler)} because", asks="Why is it needed?")
            because = f"Policy asks for a reason ({gate.because}). It would be done then: {made.title}."
            return Offered(now, offers=Offers(because, (ask,), made.shows))
        await self._refuse_if_held(run, made.touches, None if gate.seats else now)
        for step in made.steps:
            await self._rehearse(step)
        digest = made.digest(understood.words, gate.signed)
        return Planned(now, plan=made, gate=gate, digest=digest, command=handler.command)

    async def _rehearse(self, step: Step) -> None:
        """What the plan goes on without holds up none of its other steps: it is told when its turn comes."""
        try:
            for change in step.changes if isinstance(step, Act) else ():
                await self.world.rehearse(change)
        except (Refusal, Away):
            if step.or_else is not OrElse.GO_ON:
                raise

    async def still_fits(self, run: Run, now: datetime) -> Planned | Offered | None:
        """The plan anew, when the world has moved; ``None`` when what was agreed is still what would be planned.

        A choice is offered where nobody has agreed to anything yet.
        """
        event = await self.plan(run, now)
        if isinstance(event, Offered):
            if not run.gate.seats:
                return event
            raise Refusal(
                "The world has changed since this was agreed to, and now there is a choice to make.",
                f"Nothing was changed. Ask for it again, and choose: `{reason(run.words)[0]}`.",
            )
        return event if not isinstance(event, Planned) or event.digest != run.digest else None

    async def judge(self, question: JudgementOf) -> Judgement:
        """Who may ask for some words, and who must agree: by the plan that they would make now, where there is one."""
        people = self.cases.people
        asker = people.get(question.asker)
        who = asker.who if asker else Who(question.asker, question.asker)
        understood = self.commands.understand(Request("why", question.words, who, question.at))
        handler, changes = understood.handler, understood.changes
        may = asker is not None and self.policy.may(asker, handler.command, changes)
        judged = Judgement(understood.words, may, self.policy.roles_for(handler.command, changes))
        if not isinstance(handler, Runbook):
            return judged
        try:
            made = handler.plan(await handler.look(self.world.ask))
        except (Refusal, Away) as no:
            made = Offers(why_alone(str(no)))
        if isinstance(made, Plan):
            return replace(judged, plan=made, gate=await self._gate(handler.command, made, who.id, question.at))
        cases = [
            (risk, self.policy.gate(handler.command, risk, frozenset({handler.place}), who.id, people))
            for risk in _RISKS
        ]
        return replace(judged, because=made.because, cases=tuple((_label(risk), gate) for risk, gate in cases))

    async def _gate(self, command: str, plan: Plan, asker: str, now: datetime) -> Gate:
        if await self._covered(plan, now):
            return COVERED
        return self.policy.gate(command, plan.risk, plan.places, asker, self.cases.people)

    async def _covered(self, plan: Plan, now: datetime) -> bool:
        """Whether the agreement to what it takes back is one to this plan as well."""
        other = await self.cases.load(plan.covered_by) if plan.covered_by else None
        # What was taken back under an older agreement is not brought back under it: that would have no end.
        if other is None or other.plan is None or other.plan.covered_by:
            return False
        # Nor is more done under it than it was asked for: the way back may be worse than the way there.
        asked = self.policy.gate(other.command, plan.risk, plan.places, other.request.who.id, self.cases.people)
        if not other.gate.covers(asked):
            return False
        # What still stands by itself until an end was agreed to with its way back.
        return other.phase is Phase.STANDING or still_covered(self.policy, other.done_at, now)

    async def _refuse_if_not_theirs(self, run: Run, plan: Plan) -> None:
        """What somebody may not ask for, they may not take back either: a pause is not ended by its undo."""
        other = await self.cases.load(plan.covered_by) if plan.covered_by else None
        person = self.cases.people.get(run.request.who.id)
        if other is None or person is None or self.policy.may(person, other.command, changes=True):
            return
        who = roles(self.policy.roles_for(other.command, changes=True))
        raise Pointless(
            f"You may not take back `{other.command}`: that is for {who}.",
            f"Nothing was changed. Ask one of them to say `undo {other.id}`.",
        )

    async def _refuse_if_held(self, run: Run, touches: frozenset[str], now: datetime | None) -> None:
        held = await self.cases.journal.claims(touches)
        others = {object_: case for object_, case in held.items() if case != run.id}
        if others:
            raise await self.held_by(others, run, now)

    async def held_by(self, others: Mapping[str, str], run: Run, now: datetime | None) -> Refusal | Held:
        """What to raise for a run that needs what another one holds: a person can ask again, the clock has to wait.

        So has who needs what the clock holds, which nobody asked for and nobody can be told to stop. With ``now`` a
        person waits a little, too, if that other one is moving.
        """
        waits = await self._soon_free(others, run, now) if now is not None and run.request.who != BOT else None
        if waits is not None:
            return waits
        because, hint = await self._holder(others, run)
        holders = await self.cases.load_all(sorted(set(others.values())))
        ours = run.request.who == BOT or all(holder.request.who == BOT for holder in holders)
        # Of what the bot does by itself for an incident nobody needs to see that it waits for another run of it.
        kin = run.request.who == BOT and all(holder.request.of == run.request.of != "" for holder in holders)
        return Held(because, _AGAIN, frozenset(others), quiet=kin) if ours else Refusal(because, hint)

    async def _soon_free(self, others: Mapping[str, str], run: Run, now: datetime) -> Held | None:
        """For a claim whose holder is moving; ``None``: it may last, or has lasted, or it is what was asked already."""
        holders = await self.cases.load_all(sorted(set(others.values())))
        for holder in holders:
            mine = (holder.request.who.id, holder.words) == (run.request.who.id, run.words)
            if mine or holder.phase is Phase.ASKING or holder.postponed is not None:
                return None
        at_it = " and ".join(f"{holder.request.who.name} ({holder.id})" for holder in holders)
        held = Held(f"This waits a moment for {at_it}.", _SOON, frozenset(others))
        before = run.postponed
        waited = now - before.at if before is not None and before.because == held.because else timedelta()
        return held if waited < _A_LITTLE else None

    async def _holder(self, others: Mapping[str, str], run: Run) -> tuple[str, str]:
        """Whose run holds an object that another one needs, since when and how far it is; and what to do."""
        object_, case = next(iter(sorted(others.items())))
        holder = await self.cases.load(case)
        if holder is None or holder.plan is None:
            return sentence(f"{object_} is in the hands of {case}"), "Nothing was changed. Ask again when that is over."
        steps = len(holder.plan.steps)
        far = f"step {min(holder.next_step + 1, steps)} of {steps}"
        since = f"since {holder.opened_at or holder.request.at:%H:%M} UTC"
        who = holder.request.who
        mine = (who.id, holder.words) == (run.request.who.id, run.words)
        if holder.phase is Phase.ASKING:
            asked = "You asked for this already" if mine else f"{who.name} asked for “{holder.plan.title}” before"
            ways = ", ".join(f"`{offer.words}`" for offer in card_offers.offers(holder))
            why = sentence(holder.asking)
            return (
                f"{asked}: {holder.id} rests at {far}, until somebody decides how it goes on. Why: {why}",
                f"Only one run at a time may change {object_}; yours was not started, nothing was changed. "
                f"Decide it first: {ways}.",
            )
        if mine:
            # Pressed twice, as one does at night.
            return f"You asked for this already: {holder.id} is at it {since}, {far}.", "Nothing more is needed."
        stop = "" if who.id == run.request.who.id else f"ask {who.name} to "
        return (
            f"{who.name} is at it {since}: “{holder.plan.title}”, {far} ({holder.id}).",
            f"Only one run at a time may change {object_}; yours was not started, nothing was changed. "
            f"Wait until that one is over, or {stop}cancel it: `cancel {holder.id}`.",
        )

    def _parse(self, run: Run, offers: Sequence[Offer]) -> None:
        """Every offer must be understood, so that none can point nowhere."""
        for offer in offers:
            for words in (offer.words,) if offer.choices is None else offer.choices.complete(offer.words):
                self.commands.understand(run.request, words)


#: Every risk that the table tells apart.
_RISKS = (
    Risk(Level.LOW, ""),
    Risk(Level.MEDIUM, ""),
    Risk(Level.HIGH, ""),
    Risk(Level.HIGH, "", frozenset({"infrastructure"})),
    Risk(Level.HIGH, "", frozenset({"security"})),
)


def _label(risk: Risk) -> str:
    return f"{risk.level.value} ({', '.join(risk.kinds)})" if risk.kinds else risk.level.value
