"""What webhooks v3 tell: github.com/PagerDuty/developer-docs, docs/webhooks/01-Overview.md, Event Data Types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.pagerduty.records import JSON, Agent, Incident, Note
from sandbox.pagerduty.values import API, moment, reference

if TYPE_CHECKING:
    from sandbox.pagerduty.account import PagerDuty


def incident_data(account: PagerDuty, incident: Incident) -> JSON:
    """An incident as webhooks give it: other names than in the REST API (``number``, ``assignees``)."""
    site = account.site
    return {
        "id": incident.id,
        "type": "incident",
        "self": f"{API}/incidents/{incident.id}",
        "html_url": f"{site}/incidents/{incident.id}",
        "number": incident.number,
        "status": incident.status,
        "incident_key": incident.key,
        "created_at": moment(incident.created_at),
        "title": incident.title,
        "service": reference(site, incident.service.agent),
        "assignees": [reference(site, user.agent) for user in incident.assignees],
        "escalation_policy": reference(site, incident.policy.agent),
        "teams": [],
        "priority": reference(site, incident.priority.agent) if incident.priority else None,
        "urgency": incident.urgency,
        "conference_bridge": incident.conference,
        "resolve_reason": None,
    }


def note_data(account: PagerDuty, incident: Incident, note: Note) -> JSON:
    """A note as webhooks give it."""
    about = Agent(incident.id, "incident_reference", incident.title, f"incidents/{incident.id}")
    return {
        "incident": reference(account.site, about),
        "id": note.id,
        "content": note.content,
        "trimmed": False,
        "type": "incident_note",
    }
