"""What the controllers share: the objects, the events, the switches, the time, and how long things take."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.kubernetes.breakages import Breakages
from sandbox.kubernetes.events import Events
from sandbox.kubernetes.store import Store


@dataclass(frozen=True)
class Pace:
    """How long things take, by the cluster's clock."""

    #: From a write by the API until the controllers see it.
    lag: timedelta = timedelta(seconds=0.1)
    #: From a pod's creation until it has a node.
    schedule: timedelta = timedelta(seconds=0.2)
    #: From there until its containers run.
    start: timedelta = timedelta(seconds=0.8)
    #: From there until they are ready.
    ready: timedelta = timedelta(seconds=1)
    #: From a pod's deletion until it is gone; the pod's own grace period is recorded, and not waited for.
    grace: timedelta = timedelta(seconds=1)
    #: Between two looks of an autoscaler.
    sync: timedelta = timedelta(seconds=15)


@dataclass
class World:
    """The cluster, as its controllers see it."""

    store: Store
    breakages: Breakages
    pace: Pace
    #: The instant that has been reached; it follows the clock.
    at: datetime
    events: Events = field(init=False)

    def __post_init__(self) -> None:
        self.events = Events(self.store)
