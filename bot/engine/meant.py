"""Which run, or which incident, somebody means who names none: by how things stood when they said it.

What was said may be taken late, as after a crash: what began since cannot be meant.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import Refusal
from bot.domain.incident import Incident
from bot.domain.person import Person
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.engine.cases import Cases
from bot.engine.commands import Understood
from bot.engine.reply import REPLIES, waits_for

_LISTED = 200  # incidents among which the one that is meant is looked for
_LATELY = 20  # of them may have been open when it was said, and be over now
_NAMED = 5  # of several that are open


async def run_meant(cases: Cases, request: Request, person: Person, verb: str) -> str:
    """The run to which a reply without one is said. Raises ``Refusal`` where there is none, or more than one."""
    if verb not in ("agree", "decline"):
        return await _latest(cases, request, person, verb)
    rows = await cases.journal.list(open_only=True, kind="run")
    then = await cases.load_all([found.case for found in rows if found.row.at <= request.at])
    runs = [run for run in then if waits_for(run, person)]
    if len(runs) > 1:
        raise Refusal(
            f"{len(runs)} runs wait for your agreement: {_listed(runs)}.",
            f"Nothing was changed. Name the one that you mean: `{verb} {runs[0].id}`.",
        )
    if not runs and verb == "agree":
        raise Refusal("No run waits for your agreement.", "Nothing was changed. `runs` lists the last ones.")
    return runs[0].id if runs else await _latest(cases, request, person, verb)


async def incident_meant(cases: Cases, understood: Understood) -> str:
    """The one incident that was open when it was said; or, where the handler looks back, the newest that was over.

    Raises ``Refusal`` where there was none, or more than one was open: what is done to the wrong one helps nobody.
    """
    over, said = understood.handler.looks_back, understood.handler.request.at
    opened: list[Incident] = []
    for found in await cases.journal.list(kind="incident", limit=_LISTED, open_only=not over):
        incident = await cases.incident(found.case) if found.row.at <= said else None
        if incident is None:
            continue
        if over and incident.resolved is not None and incident.resolved.at <= said:
            return found.case
        opened.append(incident)
    if over:
        raise Refusal("No incident is over yet.", "Nothing was changed. `incidents` lists those that are open.")
    ids = {one.id for one in opened}  # one of them may have ended in this very moment
    opened += [one for one in await _over_since(cases, said) if one.id not in ids]
    if not opened:
        raise Refusal("No incident is open.", "Nothing was changed. `incidents week` lists the last ones.")
    if len(opened) > 1:
        worst = sorted(opened, key=lambda one: (one.severity.value, one.opened))
        names = "; ".join(f"{one.id}, “{one.severity.value} · {one.title}”" for one in worst[:_NAMED])
        more = f"; and {len(worst) - _NAMED} more" if len(worst) > _NAMED else ""
        raise Refusal(
            f"{len(opened)} incidents are open: {names}{more}.",
            f"Nothing was changed. Name the one that you mean: `{understood.about(worst[0].id)}`.",
        )
    return opened[0].id


async def _over_since(cases: Cases, said: datetime) -> list[Incident]:
    """Those that were open when it was said, and are over now: it may be taken late."""
    rows = await cases.journal.list(kind="incident", limit=_LATELY)
    ended = [await cases.incident(found.case) for found in rows if found.row.over and found.row.at <= said]
    return [one for one in ended if one is not None and one.resolved is not None and one.resolved.at > said]


async def _latest(cases: Cases, request: Request, person: Person, verb: str) -> str:
    """The only run of this person to which a reply can be said."""
    spoken = REPLIES[verb]
    rows = await cases.journal.list(open_only=True, asker=person.id, kind="run")
    then = [found.case for found in rows if found.row.at <= request.at and Phase(found.row.phase) in spoken.phases]
    if len(then) > 1:
        runs = await cases.load_all(then[:_NAMED])
        more = f"; and {len(then) - _NAMED} more" if len(then) > _NAMED else ""
        raise Refusal(
            f"You have {len(then)} runs for which `{verb}` can be said: {_listed(runs)}{more}.",
            f"Nothing was changed. Name the one that you mean: `{verb} {then[0]}`.",
        )
    if not then:
        raise Refusal(
            spoken.none, f"Nothing was changed. `runs` lists the last ones; name the one that you mean: `{verb} r-…`."
        )
    return then[0]


def _listed(runs: Sequence[Run]) -> str:
    return "; ".join(f"{run.id}, “{run.plan.title if run.plan else run.words}”" for run in runs)
