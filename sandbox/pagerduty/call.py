"""One request of the REST API, checked: its query, its body, and who it is from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from starlette.datastructures import QueryParams

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.errors import from_missing, invalid, not_found, requester_unknown
from sandbox.pagerduty.records import JSON, EscalationPolicy, Incident, Priority, Service, User
from sandbox.pagerduty.values import parsed

#: developer.pagerduty.com/docs/pagination: 25 unless told, 100 at most, 10,000 in all.
PAGE: Final = 25
LARGEST_PAGE: Final = 100
LAST: Final = 10_000

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What a method answers."""

    body: JSON | None
    status: int = 200


@dataclass
class Call:
    """A request that was let in."""

    account: PagerDuty
    path: dict[str, str]
    query: QueryParams
    raw: bytes = b""
    media: str = ""
    from_header: str = ""
    #: Set before a method runs that asks for ``From``.
    _sender: User | None = field(default=None, repr=False)

    def find_sender(self) -> None:
        """Raises ``PagerDutyError`` when ``From`` is missing or nobody's."""
        if not self.from_header:
            raise from_missing()
        self._sender = self.account.user_by_email(self.from_header)
        if self._sender is None:
            raise requester_unknown()

    @property
    def sender(self) -> User:
        assert self._sender is not None  # noqa: S101 - found before the method is run
        return self._sender

    # The things that the path or the body names.

    def incident(self) -> Incident:
        """The one in the path, by id or number."""
        try:
            return self.account.incident(self.path["id"])
        except KeyError as error:
            raise not_found() from error

    def thing(self, things: dict[str, T]) -> T:
        """The one in the path."""
        if self.path["id"] not in things:
            raise not_found()
        return things[self.path["id"]]

    def user(self, value: Any, name: str) -> User:
        return _named(self.account.users, value, name, "user")

    def service(self, value: Any) -> Service:
        return _named(self.account.services, value, "Service", "service")

    def policy(self, value: Any) -> EscalationPolicy:
        return _named(self.account.policies, value, "Escalation policy", "escalation_policy")

    def priority(self, value: Any) -> Priority:
        return _named(self.account.priorities, value, "Priority", "priority")

    # The body and the query.

    def body(self, name: str) -> Any:
        """What the body holds under a name."""
        if self.media != "application/json":
            raise invalid("Content-Type must be application/json")
        try:
            told = json.loads(self.raw)
        except ValueError as error:
            raise invalid("The body must be JSON") from error
        if not isinstance(told, dict) or name not in told:
            raise invalid(f"{name.replace('_', ' ').capitalize()} is missing")
        return told[name]

    def object(self, name: str) -> JSON:
        """The object that the body holds under a name."""
        value = self.body(name)
        if not isinstance(value, dict):
            raise invalid(f"{name.replace('_', ' ').capitalize()} must be an object")
        return value

    def several(self, name: str) -> list[str]:
        """All values of ``name[]``."""
        return self.query.getlist(f"{name}[]")

    def flag(self, name: str) -> bool:
        return self.query.get(name) == "true"

    def at(self, name: str) -> datetime | None:
        """A moment of the query."""
        if name not in self.query:
            return None
        try:
            return parsed(self.query[name])
        except ValueError as error:
            raise invalid(f"{name.capitalize()} must be a valid ISO 8601 date") from error

    def page(self, name: str, things: Sequence[T], shape: Any) -> Answer:
        """One page of a list, in PagerDuty's classic pagination."""
        limit, offset = self._number("limit", PAGE), self._number("offset", 0)
        if not 1 <= limit <= LARGEST_PAGE:
            raise invalid(f"Limit must be between 1 and {LARGEST_PAGE}")
        if offset < 0 or offset + limit > LAST:
            raise invalid(f"Offset plus limit must not exceed {LAST}")
        body = {
            name: [shape(one) for one in things[offset : offset + limit]],
            "limit": limit,
            "offset": offset,
            "total": len(things) if self.flag("total") else None,
            "more": len(things) > offset + limit,
        }
        return Answer(body)

    def _number(self, name: str, default: int) -> int:
        try:
            return int(self.query.get(name, default))
        except ValueError as error:
            raise invalid(f"{name.capitalize()} must be a number") from error


def _named(things: dict[str, T], value: Any, name: str, kind: str) -> T:
    """What a reference refers to: it needs an id and its own type."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise invalid(f"{name} must be a reference with an id")
    if value.get("type", f"{kind}_reference") not in (f"{kind}_reference", kind):
        raise invalid(f"{name} must be of the type {kind}_reference")
    if value["id"] not in things:
        raise invalid(f"{name} not found")
    return things[value["id"]]
