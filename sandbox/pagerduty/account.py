"""The account: everything that PagerDuty knows, as plain Python state. No I/O; time is handed in."""

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.pagerduty.faults import Faults
from sandbox.pagerduty.life import Life
from sandbox.pagerduty.oncall import Schedule, Shift
from sandbox.pagerduty.outbox import Outbox
from sandbox.pagerduty.rates import Rates
from sandbox.pagerduty.records import (
    ApiKey,
    EscalationPolicy,
    Incident,
    Integration,
    Level,
    Priority,
    Service,
    Subscription,
    User,
)


class PagerDuty:
    """An account. Whoever reads or changes it from another thread holds ``lock``."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        #: Where people look at it in a browser; ``html_url`` begins with it.
        self.site = "https://aureus.pagerduty.example"
        self.users: dict[str, User] = {}
        self.schedules: dict[str, Schedule] = {}
        self.policies: dict[str, EscalationPolicy] = {}
        self.services: dict[str, Service] = {}
        self.priorities: dict[str, Priority] = {}
        self.incidents: dict[str, Incident] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.keys: dict[str, ApiKey] = {}
        self.abilities = ["sso", "teams", "urgencies", "manage_schedules", "manage_api_keys"]
        self.change_events: list[dict[str, object]] = []
        self.faults = Faults()
        self.rates = Rates()
        #: How often each request came, as ``PUT /incidents/Q123``; those that a fault swallowed, too.
        self.requests: Counter[str] = Counter()
        self.life = Life(self)
        self.outbox = Outbox(self)
        #: Events that were accepted and wait, while ``events-held`` is on.
        self.held: list[Callable[[], None]] = []
        self._number = 0

    # What it consists of.

    def add_user(self, name: str, email: str, id: str = "", job_title: str = "") -> User:
        """A person who may log in. Raises ``ValueError`` when the e-mail is taken."""
        if self.user_by_email(email):
            raise ValueError(f"{email} is a user already")
        user = User(id or self.new_id("P"), name, email, job_title)
        self.users[user.id] = user
        return user

    def add_schedule(
        self, name: str, users: list[User], start: datetime, turn: timedelta = timedelta(weeks=1), id: str = ""
    ) -> Schedule:
        """People who take turns from ``start``."""
        schedule = Schedule(id or self.new_id("P"), name, tuple(users), start, turn)
        self.schedules[schedule.id] = schedule
        return schedule

    def add_policy(
        self, name: str, levels: list[list[User | Schedule]], delay: timedelta = timedelta(minutes=30), id: str = ""
    ) -> EscalationPolicy:
        """The levels that an incident goes up, each after ``delay``."""
        rules = tuple(Level(tuple(targets), delay, self.new_id("P")) for targets in levels)
        policy = EscalationPolicy(id or self.new_id("P"), name, rules)
        self.policies[policy.id] = policy
        return policy

    def add_service(self, name: str, policy: EscalationPolicy, routing_key: str = "", id: str = "") -> Service:
        """A service; with a routing key it has an Events API v2 integration."""
        service = Service(id or self.new_id("P"), name, policy)
        if routing_key:
            service.integrations.append(Integration(self.new_id("P"), "Events API V2", routing_key, service.id))
        self.services[service.id] = service
        return service

    def add_priority(self, name: str, description: str = "", id: str = "") -> Priority:
        priority = Priority(id or self.new_id("P"), name, description)
        self.priorities[priority.id] = priority
        return priority

    def add_key(self, secret: str, name: str, *, read_only: bool = False) -> ApiKey:
        """A general access key."""
        self.keys[secret] = ApiKey(secret, name, read_only)
        return self.keys[secret]

    def subscribe(
        self, url: str, secret: str, events: list[str] | None = None, service: Service | None = None, id: str = ""
    ) -> Subscription:
        """A webhook subscription: of one service, or of the account; to all events if none are named."""
        subscription = Subscription(id or self.new_id("P"), url, [secret], tuple(events or self.outbox.EVENTS))
        if service is not None:
            subscription.filter_type, subscription.filter_id = "service_reference", service.id
        self.subscriptions[subscription.id] = subscription
        return subscription

    # Looking things up.

    def user_by_email(self, email: str) -> User | None:
        """Upper and lower case are the same in an e-mail."""
        return next((user for user in self.users.values() if user.email.lower() == email.lower()), None)

    def person(self, who: str) -> User:
        """By id, e-mail, what is before its @, or name. Raises ``KeyError`` for nobody's."""
        for user in self.users.values():
            if who.lower() in (user.id.lower(), user.email.lower(), user.email.partition("@")[0], user.name.lower()):
                return user
        raise KeyError(who)

    def incident(self, which: str) -> Incident:
        """By id or number, as the API takes it. Raises ``KeyError`` when there is none."""
        if which in self.incidents:
            return self.incidents[which]
        if which.isdecimal():
            return next((one for one in self.incidents.values() if one.number == int(which)), None) or _none(which)
        return _none(which)

    def with_key(self, key: str) -> list[Incident]:
        """Whose key, or whose alerts' key, it is; oldest first."""
        return [one for one in self.incidents.values() if key == one.key or key in [a.key for a in one.alerts]]

    def integration(self, routing_key: str) -> tuple[Service, Integration] | None:
        """The service that events with this key are for."""
        for service in self.services.values():
            for integration in service.integrations:
                if integration.routing_key == routing_key:
                    return service, integration
        return None

    def on_call(self, policy: EscalationPolicy, level: int, at: datetime | None = None) -> list[User]:
        """Who is asked at a level, the first is 1; each once. Nobody beyond the last level."""
        if not 1 <= level <= len(policy.levels):
            return []
        found: list[User] = []
        for target in policy.levels[level - 1].targets:
            user = target.on_call(at or self.clock.now()) if isinstance(target, Schedule) else target
            if user is not None and user not in found:
                found.append(user)
        return found

    def shifts(self, target: User | Schedule, since: datetime, until: datetime) -> list[Shift]:
        """The times on call of a target; a person's own has no beginning and no end."""
        return target.shifts(since, until) if isinstance(target, Schedule) else [Shift(target, None, None)]

    # Time and identifiers.

    def catch_up(self) -> None:
        """Bring everything that happens by itself up to now: escalations, snoozes, held events, webhooks' pauses."""
        with self.lock:
            if self.held and self.faults.find("events-held") is None:
                waiting, self.held = self.held, []
                for event in waiting:
                    event()
            self.life.catch_up()
            self.outbox.wake()

    def asked(self, verb: str, path: str) -> int:
        """How many requests came for a path or for what is below it."""
        below = path.rstrip("/") + "/"
        return sum(
            times
            for request, times in self.requests.items()
            if request == f"{verb} {path}" or request.startswith(f"{verb} {below}")
        )

    def new_id(self, prefix: str) -> str:
        """Looks as PagerDuty's do, and is the same in every run."""
        self._number += 1
        digest = base64.b32encode(hashlib.sha256(f"{prefix}{self._number}".encode()).digest()).decode()
        return prefix + digest[: 6 if prefix == "P" else 13]


def _none(which: str) -> Incident:
    raise KeyError(which)
