"""What the REST API tells of each thing, as in github.com/PagerDuty/api-schema, reference/REST/openapiv3.json."""

from datetime import datetime

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.oncall import Schedule, Shift
from sandbox.pagerduty.records import (
    JSON,
    Agent,
    Alert,
    EscalationPolicy,
    Incident,
    LogEntry,
    Note,
    Priority,
    Service,
    Subscription,
    User,
)
from sandbox.pagerduty.values import API, full, moment, reference


class Shapes:
    """The shapes of one account's things."""

    def __init__(self, account: PagerDuty) -> None:
        self._account = account

    def ref(self, agent: Agent) -> JSON:
        return reference(self._account.site, agent)

    def incident(self, one: Incident) -> JSON:
        head = Agent(one.id, "incident_reference", f"[#{one.number}] {one.title}", f"incidents/{one.id}")
        counts = [alert.status for alert in one.alerts]
        first = next(entry for entry in one.log if entry.kind == "trigger")
        pending = [("escalate", one.escalates_at), ("unacknowledge", one.returns_at)]
        return full(self._account.site, head) | {
            "incident_number": one.number,
            "title": one.title,
            "description": one.title,
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at or one.created_at),
            "status": one.status,
            "incident_key": one.key,
            "service": self.ref(one.service.agent),
            "assignments": [{"at": moment(at), "assignee": self.ref(user.agent)} for at, user in one.assignments],
            "assigned_via": one.assigned_via,
            "acknowledgements": [
                {"at": moment(at), "acknowledger": self.ref(agent)} for at, agent in one.acknowledgements
            ],
            "last_status_change_at": moment(one.changed_at or one.created_at),
            "last_status_change_by": self.ref(one.changed_by),
            "resolved_at": moment(one.resolved_at) if one.resolved_at else None,
            "first_trigger_log_entry": self.ref(_entry_agent(one, first)),
            "alert_counts": {
                "all": len(counts),
                "triggered": counts.count("triggered"),
                "resolved": counts.count("resolved"),
            },
            "is_mergeable": True,
            "escalation_policy": self.ref(one.policy.agent),
            "teams": [],
            "pending_actions": [{"type": kind, "at": moment(at)} for kind, at in pending if at is not None],
            "alert_grouping": None,
            "priority": self.priority(one.priority) if one.priority else None,
            "resolve_reason": None,
            "conference_bridge": one.conference,
            "incidents_responders": [],
            "responder_requests": [],
            "subscriber_requests": [],
            "urgency": one.urgency,
        }

    def alert(self, incident: Incident, one: Alert) -> JSON:
        head = Agent(one.id, "alert_reference", one.summary, f"incidents/{incident.id}/alerts/{one.id}")
        details = one.payload.get("custom_details")
        about = Agent(incident.id, "incident_reference", f"[#{incident.number}] {incident.title}", "")
        return full(self._account.site, head) | {
            "html_url": f"{self._account.site}/alerts/{one.id}",
            "created_at": moment(one.created_at),
            "status": one.status,
            "alert_key": one.key,
            "severity": one.severity,
            "suppressed": False,
            "service": self.ref(incident.service.agent),
            "incident": self.ref(Agent(about.id, about.type, about.summary, f"incidents/{incident.id}")),
            "integration": self.ref(one.integration.agent),
            "body": {"type": "alert_body", "contexts": [], "details": details, "cef_details": one.payload},
        }

    def log_entry(self, incident: Incident, one: LogEntry) -> JSON:
        agent = _entry_agent(incident, one)
        about = Agent(incident.id, "incident_reference", incident.title, f"incidents/{incident.id}")
        return full(self._account.site, agent) | {
            "html_url": f"{self._account.site}/incidents/{incident.id}/log_entries/{one.id}",
            "created_at": moment(one.created_at),
            "agent": self.ref(one.by),
            "channel": one.channel,
            "service": self.ref(incident.service.agent),
            "incident": self.ref(about) | {"summary": f"[#{incident.number}] {incident.title}"},
            "teams": [],
            "contexts": [],
            "note": None,
            **one.more,
        }

    def note(self, one: Note) -> JSON:
        channel = {"summary": one.channel}
        return {
            "id": one.id,
            "user": self.ref(one.by),
            "channel": channel,
            "content": one.content,
            "created_at": moment(one.created_at),
        }

    def user(self, one: User) -> JSON:
        return full(self._account.site, one.agent) | {
            "name": one.name,
            "email": one.email,
            "time_zone": one.time_zone,
            "color": "purple",
            "avatar_url": f"{self._account.site}/avatars/{one.id}.png",
            "billed": True,
            "role": "user",
            "description": None,
            "invitation_sent": False,
            "job_title": one.job_title,
            "teams": [],
            "contact_methods": [],
            "notification_rules": [],
            "coordinated_incidents": [],
        }

    def priority(self, one: Priority) -> JSON:
        return full(self._account.site, one.agent) | {"name": one.name, "description": one.description}

    def service(self, one: Service) -> JSON:
        timeout = one.acknowledgement_timeout
        return full(self._account.site, one.agent) | {
            "name": one.name,
            "description": one.name,
            "status": self._status(one),
            "auto_resolve_timeout": None,
            "acknowledgement_timeout": int(timeout.total_seconds()) if timeout else None,
            "alert_creation": "create_alerts_and_incidents",
            "alert_grouping_parameters": {"type": None},
            "escalation_policy": self.ref(one.policy.agent),
            "incident_urgency_rule": {"type": "constant", "urgency": "high"},
            "integrations": [self.ref(integration.agent) for integration in one.integrations],
            "teams": [],
        }

    def _status(self, service: Service) -> str:
        statuses = {one.status for one in self._account.incidents.values() if one.service is service}
        return "critical" if "triggered" in statuses else "warning" if "acknowledged" in statuses else "active"

    def policy(self, one: EscalationPolicy) -> JSON:
        rules = [
            {
                "id": level.id,
                "escalation_delay_in_minutes": int(level.delay.total_seconds() // 60),
                "targets": [self.ref(_target(target)) for target in level.targets],
            }
            for level in one.levels
        ]
        services = [self.ref(service.agent) for service in self._account.services.values() if service.policy is one]
        return full(self._account.site, one.agent) | {
            "name": one.name,
            "description": None,
            "escalation_rules": rules,
            "num_loops": 0,
            "on_call_handoff_notifications": "if_has_services",
            "services": services,
            "teams": [],
        }

    def schedule(self, one: Schedule, since: datetime | None = None, until: datetime | None = None) -> JSON:
        """Without a stretch of time nothing is rendered, as in lists."""
        policies = [
            self.ref(policy.agent)
            for policy in self._account.policies.values()
            if any(one in level.targets for level in policy.levels)
        ]
        body = full(self._account.site, _target(one)) | {
            "name": one.name,
            "description": None,
            "time_zone": one.time_zone,
            "escalation_policies": policies,
            "users": [self.ref(user.agent) for user in one.users],
            "teams": [],
        }
        if since is None or until is None:
            return body
        entries = [_rendered(shift, since, until, self.ref(shift.user.agent)) for shift in one.shifts(since, until)]
        return body | {"final_schedule": {"name": "Final Schedule", "rendered_schedule_entries": entries}}

    def on_call(self, policy: EscalationPolicy, level: int, target: User | Schedule, shift: Shift) -> JSON:
        return {
            "escalation_policy": self.ref(policy.agent),
            "escalation_level": level,
            "schedule": self.ref(_target(target)) if isinstance(target, Schedule) else None,
            "user": self.ref(shift.user.agent),
            "start": moment(shift.start) if shift.start else None,
            "end": moment(shift.end) if shift.end else None,
        }

    def subscription(self, one: Subscription, *, secret: bool = False) -> JSON:
        """The secret is shown once, when the subscription is made; the values of headers never."""
        disabled = self._account.outbox.disabled(one)
        return {
            "id": one.id,
            "type": "webhook_subscription",
            "self": f"{API}/webhook_subscriptions/{one.id}",
            "active": not disabled,
            "delivery_method": {
                "id": f"{one.id}D",
                "secret": one.secrets[-1] if secret else None,
                "temporarily_disabled": disabled,
                "type": "http_delivery_method",
                "url": one.url,
                "custom_headers": [{"name": name, "value": "<redacted>"} for name in one.headers],
            },
            "description": one.description,
            "events": list(one.events),
            "filter": {"type": one.filter_type} | ({"id": one.filter_id} if one.filter_id else {}),
        }


def _entry_agent(incident: Incident, entry: LogEntry) -> Agent:
    path = f"log_entries/{entry.id}?incident_id={incident.id}"
    return Agent(entry.id, f"{entry.kind}_log_entry_reference", entry.summary, path)


def _target(target: User | Schedule) -> Agent:
    if isinstance(target, Schedule):
        return Agent(target.id, "schedule_reference", target.name, f"schedules/{target.id}")
    return target.agent


def _rendered(shift: Shift, since: datetime, until: datetime, user: JSON) -> JSON:
    """Cut to the stretch that was asked for."""
    start, end = max(shift.start or since, since), min(shift.end or until, until)
    return {"start": moment(start), "end": moment(end), "user": user}
