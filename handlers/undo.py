"""Take back what a run did."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import ClassVar

from bot.runbook import Act, Ask, Never, Offers, Plan, Pointless, Refusal, Risk, Runbook, Settles, arg
from bot.runbook import Undo as Way
from bot.world.bot import RunOf, Stands


@dataclass(frozen=True)
class Now:
    """The run, and what of it can be taken back, the latest first."""

    run: str
    #: What it is called to take it back.
    title: str
    plan: Plan
    steps: tuple[Act, ...]

    @property
    def risk(self) -> Risk:
        """That of the run, or more, where its way back is worse than its way there."""
        ways = [act.undo.risk for act in self.steps if isinstance(act.undo, Way) and act.undo.risk]
        return reduce(or_, ways, self.plan.risk)


class Undo(Runbook[Now]):
    """Take back what a run did, and prove it.

    Without a number it is your own last run. It is possible until something else changed what the run left.
    Within 30 minutes it is covered by what was agreed for the run, where that needed no less agreement than the way
    back does; else, and later, it must be agreed to anew.
    """

    placed: ClassVar[bool] = False

    run: str = arg("the run to take back", example="r-7hb2k9qd", default="")

    async def look(self, ask: Ask) -> Now:
        run = await ask(RunOf(self.run, self.request.who.id))
        self.run = run.id
        if run.ended is None:
            raise Refusal(
                f"{run.id} is not over, so there is nothing to take back yet.", f"`cancel {run.id}` stops it."
            )
        if run.plan is None:
            raise Pointless(f"{run.id} did nothing that could be taken back.", "Nothing was changed.")
        ways = [(run.step(stand.step), run.way_back(stand.step)) for stand in run.stands]
        acts = tuple(
            replace(step, undo=way, later=None)
            for step, way in reversed(ways)
            if isinstance(step, Act) and isinstance(way, Way)
        )
        if not acts:
            never = [way.because for _, way in ways if isinstance(way, Never)]
            because = never[0] if never else "nothing of it stands any more"
            raise Pointless(f"{run.id} cannot be taken back: {because}.", "Nothing was changed.")
        touched = {change.touches for act in acts for change in act.changes}
        for change in run.leaves.values():
            if change.touches in touched and not await ask(Stands(change)):
                raise Refusal(
                    f"Somebody changed {change.touches} after {run.id}: taking it back could undo other people's work.",
                    "`status` shows how it is now. Nothing was changed.",
                )
        return Now(run.id, await self._title(ask, run.plan), run.plan, acts)

    @staticmethod
    async def _title(ask: Ask, plan: Plan) -> str:
        """By what was asked for in the first place: to take back what took something back brings that back."""
        back = True
        while plan.covered_by and (before := (await ask(RunOf(plan.covered_by))).plan) is not None:
            plan, back = before, not back
        return f"Take back “{plan.title}”" if back else f"Bring back “{plan.title}”"

    def plan(self, now: Now) -> Plan | Offers:
        return Plan(
            now.title,
            risk=now.risk,
            steps=tuple(_reversed(act) for act in now.steps),
            places=now.plan.places,
            settles=(Settles(now.run, frozenset(act.name for act in now.steps)),),
            covered_by=now.run,
        )


def _reversed(act: Act) -> Act:
    way = act.undo
    assert isinstance(way, Way)  # noqa: S101 - look leaves out what has no way back
    return Act(
        do=way.changes, until=way.checks, undo=Way(act.changes, act.checks), name=f"back-{act.name}", within=act.within
    )
