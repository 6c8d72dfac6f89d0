"""Who there is, who is on call, and what they are on call for."""

from datetime import timedelta
from typing import Any, Final

from sandbox.pagerduty.call import Answer, Call
from sandbox.pagerduty.errors import PagerDutyError
from sandbox.pagerduty.oncall import Schedule, Shift
from sandbox.pagerduty.records import JSON, EscalationPolicy, User
from sandbox.pagerduty.shapes import Shapes

#: Reference of GET /oncalls: "The search range cannot exceed 90 days".
LONGEST: Final = timedelta(days=90)


def users(call: Call) -> Answer:
    """GET /users: ``query`` looks in name and e-mail."""
    query = call.query.get("query", "").lower()
    found = [one for one in call.account.users.values() if query in one.name.lower() or query in one.email.lower()]
    return call.page("users", sorted(found, key=lambda one: one.name), Shapes(call.account).user)


def user(call: Call) -> Answer:
    """GET /users/{id}."""
    return Answer({"user": Shapes(call.account).user(call.thing(call.account.users))})


def schedules(call: Call) -> Answer:
    """GET /schedules."""
    return call.page("schedules", _named(call, call.account.schedules), Shapes(call.account).schedule)


def schedule(call: Call) -> Answer:
    """GET /schedules/{id}: with ``since`` and ``until`` it says whose turn is when."""
    one, since, until = call.thing(call.account.schedules), call.at("since"), call.at("until")
    if since is not None and until is not None and until <= since:
        raise PagerDutyError(400, 2004, "Invalid time values in 'since' and/or 'until' parameters")
    now = call.account.clock.now()
    since = since or now
    return Answer({"schedule": Shapes(call.account).schedule(one, since, until or since + timedelta(weeks=2))})


def policies(call: Call) -> Answer:
    """GET /escalation_policies."""
    return call.page("escalation_policies", _named(call, call.account.policies), Shapes(call.account).policy)


def policy(call: Call) -> Answer:
    """GET /escalation_policies/{id}."""
    return Answer({"escalation_policy": Shapes(call.account).policy(call.thing(call.account.policies))})


def services(call: Call) -> Answer:
    """GET /services."""
    return call.page("services", _named(call, call.account.services), Shapes(call.account).service)


def service(call: Call) -> Answer:
    """GET /services/{id}."""
    return Answer({"service": Shapes(call.account).service(call.thing(call.account.services))})


def priorities(call: Call) -> Answer:
    """GET /priorities: the most urgent first."""
    return call.page("priorities", list(call.account.priorities.values()), Shapes(call.account).priority)


def abilities(call: Call) -> Answer:
    """GET /abilities."""
    return Answer({"abilities": call.account.abilities})


def on_calls(call: Call) -> Answer:
    """GET /oncalls: everybody's time on call that touches ``since`` to ``until``, whole; now, unless told."""
    now = call.account.clock.now()
    since, until = call.at("since") or now, call.at("until") or now
    if until < since or until - since > LONGEST:
        raise PagerDutyError(400, 2004, "Invalid time values in 'since' and/or 'until' parameters")
    wanted_policies, wanted_users = call.several("escalation_policy_ids"), call.several("user_ids")
    wanted_schedules = call.several("schedule_ids")
    found: list[tuple[EscalationPolicy, int, User | Schedule, Shift]] = []
    for one in call.account.policies.values():
        for number, level in enumerate(one.levels, 1):
            for target in level.targets:
                found += [(one, number, target, shift) for shift in call.account.shifts(target, since, until)]
    found = [
        entry
        for entry in found
        if (not wanted_policies or entry[0].id in wanted_policies)
        and (not wanted_users or entry[3].user.id in wanted_users)
        and (not wanted_schedules or entry[2].id in wanted_schedules)
    ]
    if call.flag("earliest"):
        found = _earliest(found)
    shapes = Shapes(call.account)
    with_users = "users" in call.several("include")

    def shape(entry: tuple[EscalationPolicy, int, User | Schedule, Shift]) -> JSON:
        told = shapes.on_call(*entry)
        return told | {"user": shapes.user(entry[3].user)} if with_users else told

    return call.page("oncalls", found, shape)


def _earliest(
    found: list[tuple[EscalationPolicy, int, User | Schedule, Shift]],
) -> list[tuple[EscalationPolicy, int, User | Schedule, Shift]]:
    """The first of each policy, level and person."""
    first: dict[tuple[str, int, str], Any] = {}
    for entry in found:
        first.setdefault((entry[0].id, entry[1], entry[3].user.id), entry)
    return list(first.values())


def _named(call: Call, things: dict[str, Any]) -> list[Any]:
    query = call.query.get("query", "").lower()
    return sorted((one for one in things.values() if query in one.name.lower()), key=lambda one: str(one.name))
