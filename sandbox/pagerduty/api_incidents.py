"""Reading incidents: lists, one, its log, its alerts, its notes."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sandbox.pagerduty.call import Answer, Call
from sandbox.pagerduty.errors import PagerDutyError, invalid
from sandbox.pagerduty.records import Incident
from sandbox.pagerduty.shapes import Shapes

STATUSES: Final = ("triggered", "acknowledged", "resolved")
URGENCIES: Final = ("high", "low")
#: Reference of GET /incidents: "the default date range is one month"; a range may not be longer than six.
MONTH: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=184)
SORTS: Final = ("incident_number", "created_at", "resolved_at", "urgency")


def list_(call: Call) -> Answer:
    """GET /incidents."""
    statuses, urgencies = call.several("statuses"), call.several("urgencies")
    _check(statuses, STATUSES, "Status must be a list of triggered, acknowledged, or resolved.")
    _check(urgencies, URGENCIES, "Urgency must be a list of high, or low.")
    services, users, key = call.several("service_ids"), call.several("user_ids"), call.query.get("incident_key")
    since, until = _range(call)
    found = [
        one
        for one in call.account.incidents.values()
        if (not statuses or one.status in statuses)
        and (not urgencies or one.urgency in urgencies)
        and (not services or one.service.id in services)
        and (not users or any(user.id in users for user in one.assignees))
        # The reference of GET /incidents: it matches the keys of alerts, too.
        and (key is None or key == one.key or key in [alert.key for alert in one.alerts])
        and since <= one.created_at <= until
    ]
    return call.page("incidents", _sorted(call, found), Shapes(call.account).incident)


def _range(call: Call) -> tuple[datetime, datetime]:
    """When those were made that are asked for: in the last month, unless told."""
    since, until = call.at("since"), call.at("until")
    if call.query.get("date_range") == "all":
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    until = until or call.account.clock.now()
    since = since or until - MONTH
    if since > until:
        raise PagerDutyError(400, 2005, "Invalid Query Date Range", "until must not be before since")
    if until - since > LONGEST:
        raise PagerDutyError(400, 2005, "Invalid Query Date Range", "The range must not be longer than six months")
    return since, until


def _check(values: list[str], allowed: tuple[str, ...], complaint: str) -> None:
    if any(value not in allowed for value in values):
        raise invalid(complaint)


def _sorted(call: Call, found: list[Incident]) -> list[Incident]:
    """By number, the oldest first, unless told: up to two fields with their direction."""
    rules = [rule for rule in call.query.get("sort_by", "incident_number:asc").split(",") if rule]
    if len(rules) > 2:
        raise invalid("Sort by must have at most two fields")
    for rule in reversed(rules):
        name, _, direction = rule.partition(":")
        if name not in SORTS or direction not in ("", "asc", "desc"):
            raise invalid(f"Sort by must be one of {', '.join(SORTS)}, with asc or desc")
        found = sorted(found, key=partial(_rank, name), reverse=direction == "desc")
    return found


def _rank(name: str, one: Incident) -> float:
    if name == "created_at":
        return one.created_at.timestamp()
    if name == "resolved_at":
        return one.resolved_at.timestamp() if one.resolved_at else 0.0
    if name == "urgency":
        return float(one.urgency == "high")
    return one.number


def get(call: Call) -> Answer:
    """GET /incidents/{id}: by id or by number."""
    return Answer({"incident": Shapes(call.account).incident(call.incident())})


def log_entries(call: Call) -> Answer:
    """GET /incidents/{id}/log_entries: newest first; an overview has the important ones only."""
    incident, shapes = call.incident(), Shapes(call.account)
    since, until = call.at("since"), call.at("until")
    found = [
        entry
        for entry in reversed(incident.log)
        if (since is None or entry.created_at >= since)
        and (until is None or entry.created_at <= until)
        and not (call.flag("is_overview") and entry.kind == "notify")
    ]
    return call.page("log_entries", found, lambda entry: shapes.log_entry(incident, entry))


def alerts(call: Call) -> Answer:
    """GET /incidents/{id}/alerts."""
    incident, shapes, statuses = call.incident(), Shapes(call.account), call.several("statuses")
    _check(statuses, ("triggered", "resolved"), "Status must be a list of triggered, or resolved.")
    key = call.query.get("alert_key")
    found = [
        one for one in incident.alerts if (not statuses or one.status in statuses) and (key is None or key == one.key)
    ]
    return call.page("alerts", found, lambda one: shapes.alert(incident, one))


def notes(call: Call) -> Answer:
    """GET /incidents/{id}/notes: all of them, newest first."""
    shapes = Shapes(call.account)
    return Answer({"notes": [shapes.note(note) for note in reversed(call.incident().notes)]})
