"""What PagerDuty's answers say, as records. Pure; an answer of another shape raises ``KeyError`` or the like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clients.pagerduty.call import Json
from bot.world.pagerduty import Duty, Page, Status, User

#: What raises when an answer is not as documented.
MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError)

#: A reopening and the acknowledgement that made it are written at once: seconds between them at most.
_AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True)
class Entry:
    """A line of an incident's log. ``kind`` is without its ``_log_entry``."""

    id: str
    kind: str
    at: datetime
    #: The id of the person who did it, and the name; the id is empty when it was no person.
    by: str
    by_name: str
    assignees: tuple[str, ...] = ()


def checked(told: Json) -> Json:
    """An incident as it is, when all is there that is read of it later."""
    Status(told["status"])
    people(told), holders(told), told["id"], told["escalation_policy"]["id"]
    return told


def people(told: Json) -> dict[str, User]:
    """Everybody whom an incident names, by id, as it refers to them: without e-mail addresses."""
    named = [each["assignee"] for each in told["assignments"]]
    named += [each["acknowledger"] for each in told["acknowledgements"]]
    named.append(told.get("last_status_change_by") or {})
    return {each["id"]: user(each) for each in named if is_person(each)}


def assignees(told: Json) -> list[str]:
    """The ids of those whom it is assigned to."""
    return [each["assignee"]["id"] for each in told["assignments"] if is_person(each["assignee"])]


def returns_soon(told: Json, log: Sequence[Entry], within: timedelta) -> bool:
    """Whether a snooze as short as that is under way, by PagerDuty's own clock. The log is newest first."""
    ends = [at(each["at"]) for each in told.get("pending_actions") or () if each["type"] == "unacknowledge"]
    began = next((each.at for each in log if each.kind == "snooze"), None)
    return bool(ends) and began is not None and min(ends) - began <= within


def page(told: Json, users: Mapping[str, User], log: Sequence[Entry], level: int) -> Page:
    """An incident. ``users`` has those of ``people``; ``log`` is newest first."""
    status = Status(told["status"])
    acknowledged = _acknowledgements(told)
    if status is Status.ACKNOWLEDGED and not acknowledged:
        last = next((each for each in log if each.kind == "acknowledge"), None)
        acknowledged = [(last.at, last.by)] if last is not None and last.by in users else []
    over = status is Status.RESOLVED
    changed_by = told.get("last_status_change_by") or {}
    return Page(
        id=told["id"],
        number=told["incident_number"],
        url=told["html_url"],
        status=status,
        title=told.get("title") or told.get("summary") or "",
        key=told.get("incident_key") or "",
        created=at(told["created_at"]),
        assignees=tuple(users[each["assignee"]["id"]] for each in told["assignments"] if is_person(each["assignee"])),
        holder=users[acknowledged[-1][1]] if acknowledged else None,
        held_since=acknowledged[-1][0] if acknowledged else None,
        holders=tuple(users[each] for _, each in acknowledged),
        resolver=users[changed_by["id"]] if over and is_person(changed_by) else None,
        resolved_at=at(told.get("resolved_at") or told["last_status_change_at"]) if over else None,
        level=level,
    )


def holders(told: Json) -> tuple[str, ...]:
    """The ids of those who have it, who acknowledged last being last; nobody while it is triggered."""
    return tuple(id_ for _, id_ in _acknowledgements(told)) if told["status"] == "acknowledged" else ()


def taken(told: Json) -> datetime | None:
    """When who has it took it; ``None``: nobody has it."""
    return max((when for when, _ in _acknowledgements(told)), default=None) if holders(told) else None


def _acknowledgements(told: Json) -> list[tuple[datetime, str]]:
    """By people, oldest first; an integration may acknowledge, too, and nobody has it by that."""
    found = [(at(each["at"]), each["acknowledger"]) for each in told["acknowledgements"]]
    return sorted(((when, who["id"]) for when, who in found if is_person(who)), key=lambda each: each[0])


def user(told: Json) -> User:
    """A user, whole; of a mere reference the e-mail address is empty."""
    return User(told["id"], told.get("name") or told.get("summary") or told["id"], told.get("email") or "")


def duty(told: Json) -> Duty:
    """A time on call, asked for with ``include[]=users``."""
    schedule, end = told.get("schedule") or {}, told.get("end")
    until = at(end) if end else None
    return Duty(int(told["escalation_level"]), schedule.get("summary") or "", user(told["user"]), until)


def entry(told: Json) -> Entry:
    """A line of the log."""
    agent = told.get("agent") or {}
    return Entry(
        told["id"],
        told["type"].removesuffix("_reference").removesuffix("_log_entry"),
        at(told["created_at"]),
        agent["id"] if is_person(agent) else "",
        agent.get("summary") or "somebody",
        tuple(each["id"] for each in told.get("assignees") or ()),
    )


def level_of(log: Sequence[Entry], on_call: Mapping[int, frozenset[str]]) -> int:
    """The level that an incident is on: no answer of the API says it, so its log is followed (newest first).

    ``on_call``: who was on call on each level of its policy then. Who is on several of them is taken to be asked on the
    next one up.
    """
    level = 1
    for each in reversed(log):
        if each.kind in ("trigger", "reopen", "delegate"):
            level = 1
        elif each.kind == "escalate":
            fits = [number for number, users in on_call.items() if users & set(each.assignees)]
            level = min(fits, key=lambda number: (abs(number - level - 1), -number), default=level + 1)
    return level


def reopened_by(log: Sequence[Entry], person: str) -> Entry | None:
    """The resolution that the person's last acknowledgement undid; ``None``: there was none to undo. Newest first.

    Acknowledging what is resolved opens it again, and is no error: in the log stands then a resolution, perhaps a
    reopening of the same person at the same moment, and the acknowledgement.
    """
    mine = next((n for n, each in enumerate(log) if each.kind == "acknowledge" and each.by == person), None)
    if mine is None:
        return None
    for each in log[mine + 1 :]:
        if each.kind == "resolve":
            return each
        if each.by == person and log[mine].at - each.at <= _AT_ONCE:
            continue
        if each.kind in ("trigger", "acknowledge", "unacknowledge", "escalate", "reopen"):
            return None
    return None


def dropped_by(log: Sequence[Entry], person: str, users: frozenset[str]) -> str:
    """Who had it when the person added these users, and lost it by that; empty: nobody. Newest first.

    Only when that is the last thing that happened, and who had it was assigned again with them: so it was adding
    people, not handing it on.
    """
    kinds = ("trigger", "acknowledge", "unacknowledge", "resolve", "reopen", "escalate", "delegate", "assign")
    told = [each for each in log if each.kind in kinds]
    if len(told) < 2 or told[0].kind != "assign" or told[0].by != person or told[1].kind != "acknowledge":
        return ""
    return told[1].by if {told[1].by, *users} <= set(told[0].assignees) else ""


def is_person(told: Mapping[str, Any]) -> bool:
    """Whether a reference is to a user: services and integrations act, too."""
    return told.get("type") in ("user_reference", "user")


def at(said: str) -> datetime:
    """A time, in UTC."""
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
