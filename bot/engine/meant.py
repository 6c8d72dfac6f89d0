"""Which run, or which incident, somebody means who names none: by how things stood when they said it.

What was said may be taken late, as after a crash: what began since cannot be meant.
"""

from collections.abc import Sequence

from bot.domain.errors import Refusal
from bot.domain.person import Person
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.engine.cases import Cases
from bot.engine.reply import REPLIES, waits_for

_LISTED = 200  # incidents among which the newest is looked for


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


async def incident_meant(cases: Cases, request: Request, over: bool) -> str:
    """The newest incident that was open, or over, when it was said. Raises ``Refusal`` where there was none."""
    for found in await cases.journal.list(kind="incident", limit=_LISTED):
        if found.row.at > request.at:
            continue
        incident = await cases.incident(found.case) if found.row.over else None
        ended = incident is not None and incident.resolved is not None and incident.resolved.at <= request.at
        if ended is over:
            return found.case
    if over:
        raise Refusal("No incident is over yet.", "Nothing was changed. `incidents` lists those that are open.")
    raise Refusal("No incident is open.", "Nothing was changed. `incidents week` lists the last ones.")


async def _latest(cases: Cases, request: Request, person: Person, verb: str) -> str:
    """The newest run of this person to which a reply can be said."""
    spoken = REPLIES[verb]
    rows = await cases.journal.list(open_only=True, asker=person.id, kind="run")
    then = (found for found in rows if found.row.at <= request.at)
    case = next((found.case for found in then if Phase(found.row.phase) in spoken.phases), "")
    if not case:
        raise Refusal(
            spoken.none, f"Nothing was changed. `runs` lists the last ones; name the one that you mean: `{verb} r-…`."
        )
    return case


def _listed(runs: Sequence[Run]) -> str:
    return "; ".join(f"{run.id}, “{run.plan.title if run.plan else run.words}”" for run in runs)
