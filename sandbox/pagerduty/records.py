"""What an account holds: people, services, incidents and what became of them. Plain data, no rules."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.pagerduty.oncall import Schedule

JSON = dict[str, Any]
Status = Literal["triggered", "acknowledged", "resolved"]
Urgency = Literal["high", "low"]


@dataclass(frozen=True)
class Agent:
    """Who or what did something, as PagerDuty refers to it."""

    id: str
    type: str
    summary: str
    #: Where it is found in the API, without the first slash.
    path: str


@dataclass(frozen=True)
class User:
    """A person (or a bot) with a login; known to callers by e-mail."""

    id: str
    name: str
    email: str
    job_title: str = ""
    time_zone: str = "Etc/UTC"

    @property
    def agent(self) -> Agent:
        return Agent(self.id, "user_reference", self.name, f"users/{self.id}")


@dataclass(frozen=True)
class Level:
    """One level of an escalation policy: who is asked, and how long they have to acknowledge."""

    targets: tuple[User | Schedule, ...]
    delay: timedelta = timedelta(minutes=30)
    id: str = ""


@dataclass
class EscalationPolicy:
    """The levels that an incident goes up, the first is level 1. It stays at the last."""

    id: str
    name: str
    levels: tuple[Level, ...]

    @property
    def agent(self) -> Agent:
        return Agent(self.id, "escalation_policy_reference", self.name, f"escalation_policies/{self.id}")


@dataclass(frozen=True)
class Integration:
    """An Events API v2 integration of a service, known by its routing key."""

    id: str
    name: str
    routing_key: str
    service_id: str

    @property
    def agent(self) -> Agent:
        path = f"services/{self.service_id}/integrations/{self.id}"
        return Agent(self.id, "events_api_v2_inbound_integration_reference", self.name, path)


@dataclass
class Service:
    """What incidents happen to."""

    id: str
    name: str
    policy: EscalationPolicy
    integrations: list[Integration] = field(default_factory=list)
    #: After it an acknowledged incident is triggered again; None: never.
    acknowledgement_timeout: timedelta | None = None

    @property
    def agent(self) -> Agent:
        return Agent(self.id, "service_reference", self.name, f"services/{self.id}")


@dataclass(frozen=True)
class Priority:
    """A priority of the account, as P1."""

    id: str
    name: str
    description: str = ""

    @property
    def agent(self) -> Agent:
        return Agent(self.id, "priority_reference", self.name, f"priorities/{self.id}")


@dataclass
class Alert:
    """What a monitoring system told of."""

    id: str
    key: str
    summary: str
    severity: str
    created_at: datetime
    integration: Integration
    payload: JSON
    status: Literal["triggered", "resolved"] = "triggered"


@dataclass(frozen=True)
class Note:
    """What somebody wrote down on an incident."""

    id: str
    content: str
    created_at: datetime
    by: Agent
    channel: str


@dataclass(frozen=True)
class LogEntry:
    """Something that happened to an incident. ``kind`` is without its ``_log_entry``."""

    id: str
    kind: str
    summary: str
    created_at: datetime
    by: Agent
    channel: JSON
    #: What only this kind has, as ``assignees``.
    more: JSON = field(default_factory=dict)


@dataclass
class Incident:
    """An incident, its alerts, its notes and its log; ``log`` is oldest first."""

    id: str
    number: int
    title: str
    service: Service
    policy: EscalationPolicy
    key: str
    created_at: datetime
    changed_by: Agent
    status: Status = "triggered"
    urgency: Urgency = "high"
    priority: Priority | None = None
    level: int = 1
    assigned_via: Literal["escalation_policy", "direct_assignment"] = "escalation_policy"
    assignments: list[tuple[datetime, User]] = field(default_factory=list)
    acknowledgements: list[tuple[datetime, Agent]] = field(default_factory=list)
    changed_at: datetime | None = None
    updated_at: datetime | None = None
    resolved_at: datetime | None = None
    conference: JSON | None = None
    body: str = ""
    alerts: list[Alert] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    #: When it goes up a level by itself.
    escalates_at: datetime | None = None
    #: When it is triggered again by itself: the end of a snooze or of the acknowledgement's time.
    returns_at: datetime | None = None

    @property
    def assignees(self) -> list[User]:
        return [user for _, user in self.assignments]

    @property
    def open(self) -> bool:
        return self.status != "resolved"

    def due(self) -> list[datetime]:
        """When something happens to it by itself, in order."""
        return sorted(at for at in (self.escalates_at, self.returns_at) if at is not None)


@dataclass
class Delivery:
    """A webhook that waits to be delivered."""

    id: str
    event_type: str
    #: What it is about; webhooks about one thing keep their order.
    about: str
    body: bytes
    made_at: datetime
    next_at: datetime
    attempts: int = 0


@dataclass
class Subscription:
    """Where events are sent to. ``secrets`` has two while the secret is rotated."""

    id: str
    url: str
    secrets: list[str]
    events: tuple[str, ...]
    filter_type: str = "account_reference"
    filter_id: str | None = None
    description: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    disabled_until: datetime | None = None
    #: How many were dropped since the last that arrived.
    dropped_in_a_row: int = 0
    queue: list[Delivery] = field(default_factory=list)
    delivered: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class ApiKey:
    """A general access key: it is nobody's, so writing asks for a ``From``."""

    secret: str
    name: str
    read_only: bool = False
