"""What Prometheus is told of the bot itself."""

from datetime import timedelta

from prometheus_client import Counter, Histogram

from bot.domain.event import Ended, Event, Stumbled
from bot.domain.run import Run
from bot.engine.cases import Cases
from bot.engine.commands import Commands

EVENTS = Counter("aureus_events_total", "Events of runs, as the journal has them", ["command", "event"])
ENDED = Counter("aureus_runs_ended_total", "Runs that ended, by how", ["command", "how"])
#: ``known``: told before; ``overloaded``: told to come again; ``shut``: its secret is not set; ``gone``: nobody waited.
OUTCOMES = ("taken", "known", "refused", "overloaded", "shut", "gone")
WEBHOOKS = Counter("aureus_webhooks_total", "Webhooks, by what became of them", ["door", "outcome"])
STUMBLED = Counter("aureus_unforeseen_errors_total", "Errors that nobody foresaw", ["command"])
SECONDS = Histogram(
    "aureus_run_seconds",
    "From the first change of a run to its end",
    ["command"],
    buckets=(1, 2, 5, 10, 30, 60, 120, 300, 600, 1800),
)


def observe(cases: Cases, commands: Commands) -> None:
    """Count what happens from now on."""
    cases.observers.append(lambda run, event: _count(run.command or commands.named(run.words) or "none", run, event))


def _count(command: str, run: Run, event: Event) -> None:
    EVENTS.labels(command, type(event).__name__.lower()).inc()
    if isinstance(event, Stumbled):
        STUMBLED.labels(command).inc()
    if isinstance(event, Ended):
        ENDED.labels(command, event.how).inc()
        if run.opened_at is not None:
            SECONDS.labels(command).observe((event.at - run.opened_at) / timedelta(seconds=1))
