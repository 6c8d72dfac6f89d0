"""Changing incidents. Everything is checked before anything is changed."""

from datetime import timedelta
from typing import Any, Final

from sandbox.pagerduty.call import Answer, Call
from sandbox.pagerduty.errors import PagerDutyError, already_resolved, invalid, not_found, too_large
from sandbox.pagerduty.records import JSON, EscalationPolicy, Incident, Priority, User
from sandbox.pagerduty.shapes import Shapes

#: What the log says of where a change came from. PagerDuty's words for it are not documented but for notes.
API: Final = {"type": "api"}
NOTE_CHANNEL: Final = "The PagerDuty website or APIs"
BULK: Final = 250
SNOOZE: Final = (1, 604_800)
KNOWN: Final = frozenset(
    ("id", "type", "status", "priority", "resolution", "title", "escalation_level", "assignments",
     "escalation_policy", "urgency", "conference_bridge")
)  # fmt: skip


class Change:
    """What one request asks to change of one incident, checked."""

    def __init__(self, call: Call, incident: Incident, asked: Any) -> None:
        if not isinstance(asked, dict):
            raise invalid("Incident must be an object")
        if asked.get("type") not in ("incident", "incident_reference"):
            raise invalid("Type must be incident, or incident_reference")
        if unknown := sorted(asked.keys() - KNOWN):
            raise invalid(f"{', '.join(unknown)} cannot be changed")
        self._call, self._incident, self._asked = call, incident, asked
        self._status: str | None = _one_of(asked, "status", ("acknowledged", "resolved"))
        self._urgency: str | None = _one_of(asked, "urgency", ("high", "low"))
        self._title: str | None = _text(asked, "title") if "title" in asked else None
        self._resolution = _text(asked, "resolution") if "resolution" in asked else ""
        self._level: int | None = self._checked_level()
        self._policy: EscalationPolicy | None = None
        if "escalation_policy" in asked:
            self._policy = call.policy(asked["escalation_policy"])
        self._users: list[User] | None = assignees(call, asked) if "assignments" in asked else None
        self._priority: Priority | None = None
        if asked.get("priority") is not None:
            self._priority = call.priority(asked["priority"])
        if self._users is not None and (self._policy or self._level):
            raise invalid("Assignments cannot be given together with an escalation policy or level")
        moves = self._users is not None or self._policy is not None or self._level is not None
        if not incident.open and (moves or self._urgency or self._status == "resolved"):
            raise already_resolved()
        if self._level is not None:
            self._check_level(self._level)

    def _checked_level(self) -> int | None:
        level = self._asked.get("escalation_level")
        if level is None:
            return None
        if type(level) is not int or level < 1:
            raise invalid("Escalation level must be a number from 1")
        return level

    def _check_level(self, level: int) -> None:
        if self._policy is None:
            self._call.account.life.check_level(self._incident, level)
        elif level > len(self._policy.levels):
            raise PagerDutyError(400, 1006, "Cannot Escalate", f"There is no escalation level {level}")

    def carry_out(self) -> Incident:
        """Do it."""
        life, one, by = self._call.account.life, self._incident, self._call.sender.agent
        if self._title is not None:
            life.set_title(one, self._title)
        if "conference_bridge" in self._asked:
            one.conference = self._asked["conference_bridge"]
        if "priority" in self._asked:
            life.set_priority(one, self._priority, by, API)
        if self._policy is not None:
            life.delegate(one, self._policy, self._level or 1, by, API)
        elif self._level is not None:
            life.escalate(one, self._level, by, API)
        if self._users is not None:
            life.reassign(one, self._users, by, API)
        if self._status == "acknowledged":
            life.acknowledge(one, by, API)
        if self._urgency is not None:
            life.set_urgency(one, "low" if self._urgency == "low" else "high", by, API)
        if self._status == "resolved":
            life.resolve(one, by, API, self._resolution)
        return one


def update(call: Call) -> Answer:
    """PUT /incidents/{id}."""
    incident = call.incident()
    Change(call, incident, call.body("incident")).carry_out()
    return Answer({"incident": Shapes(call.account).incident(incident)})


def update_many(call: Call) -> Answer:
    """PUT /incidents: all that are named, or none of them."""
    asked = call.body("incidents")
    if not isinstance(asked, list) or not asked:
        raise invalid("Incidents must be an array with at least one incident")
    if len(asked) > BULK:
        raise too_large(f"At most {BULK} incidents can be updated at once")
    if len({one.get("id") for one in asked if isinstance(one, dict)}) < len(asked):
        raise invalid("Each incident can be named once")
    changes = [Change(call, _found(call, one), one) for one in asked]
    shapes = Shapes(call.account)
    done = [change.carry_out() for change in changes]
    told = [shapes.incident(one) for one in done]
    return Answer({"incidents": told, "limit": BULK, "offset": 0, "total": None, "more": False})


def _found(call: Call, asked: Any) -> Incident:
    if not isinstance(asked, dict) or not isinstance(asked.get("id"), str):
        raise invalid("Each incident needs an id")
    try:
        return call.account.incident(asked["id"])
    except KeyError as error:
        raise not_found() from error


def create(call: Call) -> Answer:
    """POST /incidents. A key that an open incident of the service has is refused."""
    asked = call.object("incident")
    if asked.get("type") != "incident":
        raise invalid("Type must be incident")
    title, service = _text(asked, "title"), call.service(asked.get("service"))
    key = asked.get("incident_key") or call.account.new_id("").lower()
    if not isinstance(key, str) or len(key) > 255:
        raise invalid("Incident key must be text of at most 255 characters")
    if any(one.open and one.service is service for one in call.account.with_key(key)):
        text = "Open incident with matching dedup key already exists on this service"
        raise PagerDutyError(400, 2002, "Arguments Caused Error", text)
    if "assignments" in asked and "escalation_policy" in asked:
        raise invalid("Assignments cannot be given together with an escalation policy")
    incident = call.account.life.trigger(
        service, title, key, call.sender.agent, {"type": "web_trigger", "summary": "Triggered through the website"},
        urgency="low" if _one_of(asked, "urgency", ("high", "low")) == "low" else "high",
        priority=call.priority(asked["priority"]) if asked.get("priority") else None,
        policy=call.policy(asked["escalation_policy"]) if asked.get("escalation_policy") else None,
        assignees=assignees(call, asked) if asked.get("assignments") else None,
        body=_details(asked),
    )  # fmt: skip
    return Answer({"incident": Shapes(call.account).incident(incident)}, 201)


def snooze(call: Call) -> Answer:
    """POST /incidents/{id}/snooze."""
    incident, duration = call.incident(), call.body("duration")
    low, high = SNOOZE
    if type(duration) is not int or not low <= duration <= high:
        raise PagerDutyError(400, 1013, "Snooze Duration is Invalid", f"It must be between {low} and {high} seconds")
    call.account.life.snooze(incident, call.sender.agent, API, timedelta(seconds=duration))
    return Answer({"incident": Shapes(call.account).incident(incident)}, 201)


def annotate(call: Call) -> Answer:
    """POST /incidents/{id}/notes."""
    incident = call.incident()
    content = _text(call.object("note"), "content")
    note = call.account.life.annotate(incident, content, call.sender.agent, NOTE_CHANNEL)
    return Answer({"note": Shapes(call.account).note(note)}, 200)


def assignees(call: Call, asked: JSON) -> list[User]:
    """The people that ``assignments`` names."""
    value = asked["assignments"]
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise invalid("Assignments must be an array of assignees")
    return [call.user(one.get("assignee"), "Assignee") for one in value]


def _details(asked: JSON) -> str:
    body = asked.get("body")
    if body is None:
        return ""
    if not isinstance(body, dict) or body.get("type") != "incident_body":
        raise invalid("Body must be of the type incident_body")
    return str(body.get("details", ""))


def _one_of(asked: JSON, name: str, allowed: tuple[str, ...]) -> str | None:
    value = asked.get(name)
    if value is not None and value not in allowed:
        raise invalid(f"{name.capitalize()} must be one of {', '.join(allowed)}")
    return value


def _text(asked: JSON, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"{name.capitalize()} can't be blank")
    return value
