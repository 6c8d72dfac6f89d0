"""What lists, sweeps and names know of a case, without reading its events. Pure."""

from collections.abc import Sequence

from bot.domain.event import Event, Requested
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.ports import Row, Write
from bot.world.reading import storable

_LONGEST_NAME = 200  # characters of an alert's name by which its incident is found


def row_of(run: Run | Incident) -> Row:
    """What lists and sweeps know of a case. What was only asked and answered is no run that people look for."""
    if isinstance(run, Incident):
        return Row(
            "incident", run.due, run.stage.value, run.over, run.title[:200], "", "", False, run.received or run.opened
        )
    return Row(
        kind="lookup" if run.answer is not None else "run",
        due=run.due,
        phase=run.phase.value,
        over=run.over,
        command=run.command or run.words.partition(" ")[0],
        asker=run.request.who.id,
        of=run.request.of,
        loose=run.phase is not Phase.OVER and bool(run.loose),
        at=run.request.at,
    )


def first_write(request: Request) -> Write:
    """The first event of the run that this request opens."""
    born = Requested(request.at, request.who, request=request)
    return Write(request.case, 0, (born,), row_of(Run.born(born)))


def alert_name(alert: str) -> str:
    """The name by which the incident is found that had an alert of this name last, however it is written."""
    return f"alert {storable(alert.strip().lower()[:_LONGEST_NAME])}"


def alerts_of(events: Sequence[Event]) -> frozenset[str]:
    """The names of all alerts that fire by these events."""
    return frozenset(alert_name(alert.name) for event in events if isinstance(event, Fired) for alert in event.alerts)
