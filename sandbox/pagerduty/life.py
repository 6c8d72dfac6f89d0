"""The life of an incident: what each action does to it, what it writes into the log, and what webhooks it causes.

Where PagerDuty's documentation is silent, the comment says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sandbox.pagerduty.errors import PagerDutyError, already_resolved
from sandbox.pagerduty.records import (
    JSON,
    Agent,
    Alert,
    EscalationPolicy,
    Incident,
    Integration,
    LogEntry,
    Note,
    Priority,
    Service,
    Status,
    Urgency,
    User,
)
from sandbox.pagerduty.values import moment, reference

if TYPE_CHECKING:
    from datetime import timedelta

    from sandbox.pagerduty.account import PagerDuty

NOTES: Final = 2000
TIMEOUT: Final = "timeout"


class Life:
    """Every change of an incident goes through here. ``by`` is who did it, ``channel`` where."""

    def __init__(self, account: PagerDuty) -> None:
        self._account = account
        #: What a timer does happens at the timer's moment, however late the clock's jump is noticed.
        self._at: datetime | None = None

    @property
    def _now(self) -> datetime:
        return self._at or self._account.clock.now()

    def trigger(
        self, service: Service, title: str, key: str, by: Agent, channel: JSON, *,
        alert: tuple[Integration, JSON] | None = None, urgency: Urgency = "high", priority: Priority | None = None,
        policy: EscalationPolicy | None = None, assignees: list[User] | None = None, body: str = "",
    ) -> Incident:  # fmt: skip
        """A new incident, assigned to level 1 of its policy unless people are named."""
        incident = Incident(
            self._account.new_id("Q"), len(self._account.incidents) + 1, title, service, policy or service.policy, key,
            self._now, service.agent, urgency=urgency, priority=priority, body=body,
        )  # fmt: skip
        self._account.incidents[incident.id] = incident
        if alert is not None:
            self._add_alert(incident, key, *alert)
        incident.changed_at = self._now
        how = channel.get("summary", "Triggered through the API")
        self._log(incident, "trigger", how, by, channel, event_details={"description": title})
        if assignees:
            incident.assigned_via = "direct_assignment"
            self._assign(incident, assignees, by, channel)
        else:
            self._to_level(incident, 1, by, channel, "assign")
        self._tell("triggered", incident, by)
        return incident

    def _add_alert(self, incident: Incident, key: str, integration: Integration, payload: JSON) -> None:
        incident.alerts.append(
            Alert(
                self._account.new_id("Q"), key, payload["summary"], payload["severity"], self._now, integration, payload
            )
        )

    def trigger_again(self, incident: Incident, by: Agent, channel: JSON) -> None:
        """The problem was told of once more: only the log says so."""
        self._log(incident, "trigger", "Triggered through the API", by, channel, event_details={})

    def acknowledge(self, incident: Incident, by: Agent, channel: JSON) -> None:
        """Stops the escalation; what is resolved is opened again first. A second person's counts beside the first's."""
        if not incident.open:
            self.reopen(incident, by, channel)
        incident.acknowledgements = [one for one in incident.acknowledgements if one[1].id != by.id]
        incident.acknowledgements.append((self._now, by))
        incident.escalates_at = incident.returns_at = None
        timeout = incident.service.acknowledgement_timeout
        if timeout is not None:
            incident.returns_at = self._now + timeout
        self._status(incident, "acknowledged", by)
        seconds = int(timeout.total_seconds()) if timeout else None
        self._log(
            incident, "acknowledge", f"Acknowledged by {by.summary}", by, channel, acknowledgement_timeout=seconds
        )
        self._tell("acknowledged", incident, by)

    def unacknowledge(self, incident: Incident, by: Agent, channel: JSON) -> None:
        """Triggered again: those to whom it is assigned are asked again, and the level's time begins again."""
        incident.acknowledgements = []
        incident.returns_at = None
        self._status(incident, "triggered", by)
        self._log(incident, "unacknowledge", "Unacknowledged due to timeout", by, channel)
        self._start_escalation(incident)
        self._notify(incident)
        self._tell("unacknowledged", incident, by)

    def resolve(self, incident: Incident, by: Agent, channel: JSON, resolution: str = "") -> None:
        """It is over, and its alerts are. Raises ``PagerDutyError`` 1001 when it was."""
        self._must_be_open(incident)
        for alert in incident.alerts:
            alert.status = "resolved"
        incident.assignments, incident.acknowledgements = [], []
        incident.escalates_at = incident.returns_at = None
        incident.resolved_at = self._now
        self._status(incident, "resolved", by)
        said = channel | ({"details": {"resolution": resolution}} if resolution else {})
        self._log(incident, "resolve", f"Resolved by {by.summary}", by, said)
        self._tell("resolved", incident, by)

    def reopen(self, incident: Incident, by: Agent, channel: JSON) -> None:
        """Triggered again, at level 1 (to whom it is assigned then the documentation does not tell)."""
        if incident.open:
            raise PagerDutyError(400, 2015, "Invalid operation", "The incident is open")
        incident.resolved_at = None
        self._status(incident, "triggered", by)
        self._log(incident, "reopen", f"Reopened by {by.summary}", by, channel)
        incident.assigned_via = "escalation_policy"
        self._to_level(incident, 1, by, channel, "assign")
        self._tell("reopened", incident, by)

    def escalate(self, incident: Incident, level: int, by: Agent, channel: JSON) -> None:
        """To a level of its policy. What is acknowledged is triggered again: nobody there has acknowledged it.

        Low urgency does not escalate: support.pagerduty.com/docs/reassigning-and-delegating-incidents.
        """
        self.check_level(incident, level)
        incident.assigned_via = "escalation_policy"
        self._back_to_triggered(incident, by)
        self._to_level(incident, level, by, channel, "escalate")
        self._tell("escalated", incident, by)

    def check_level(self, incident: Incident, level: int) -> None:
        """Raises ``PagerDutyError`` when it cannot be escalated to that level."""
        self._must_be_open(incident)
        if incident.urgency == "low":
            raise PagerDutyError(400, 1006, "Cannot Escalate", "Low-urgency incidents cannot be escalated")
        if not 1 <= level <= len(incident.policy.levels):
            raise PagerDutyError(400, 1006, "Cannot Escalate", f"There is no escalation level {level}")
        if not self._account.on_call(incident.policy, level, self._now):
            raise PagerDutyError(400, 1015, "Escalation Policy Has No User On Call")

    def delegate(self, incident: Incident, policy: EscalationPolicy, level: int, by: Agent, channel: JSON) -> None:
        """To another policy."""
        self._must_be_open(incident)
        incident.policy, incident.assigned_via = policy, "escalation_policy"
        self._back_to_triggered(incident, by)
        self._to_level(incident, level, by, channel, "delegate")
        self._tell("delegated", incident, by)

    def reassign(self, incident: Incident, users: list[User], by: Agent, channel: JSON) -> None:
        """To people: the policy is not used any more, so nothing escalates (the same page as of ``escalate``)."""
        self._must_be_open(incident)
        incident.assigned_via, incident.escalates_at = "direct_assignment", None
        self._back_to_triggered(incident, by)
        self._assign(incident, users, by, channel)
        self._tell("reassigned", incident, by)

    def snooze(self, incident: Incident, by: Agent, channel: JSON, duration: timedelta) -> None:
        """It stays acknowledged until then, and is triggered again. Raises ``PagerDutyError``: not acknowledged."""
        self._must_be_open(incident)
        if incident.status != "acknowledged":
            raise PagerDutyError(400, 1012, "Incident is not Acknowledged")
        incident.returns_at = self._now + duration
        incident.updated_at = self._now
        changed = [{"type": "unacknowledge", "at": moment(incident.returns_at)}]
        self._log(incident, "snooze", f"Snoozed by {by.summary}", by, channel, changed_actions=changed)

    def annotate(self, incident: Incident, content: str, by: Agent, channel: str) -> Note:
        """A note. Raises ``PagerDutyError`` 5002 for one too many."""
        if len(incident.notes) >= NOTES:
            raise PagerDutyError(400, 5002, "Simple Log Entry Limit Reached")
        note = Note(self._account.new_id("P"), content, self._now, by, channel)
        incident.notes.append(note)
        incident.updated_at = self._now
        self._log(incident, "annotate", f"Note added by {by.summary}", by, {"type": "note", "summary": content})
        self._account.outbox.tell_note(incident, note)
        return note

    def set_title(self, incident: Incident, title: str) -> None:
        incident.title, incident.updated_at = title, self._now

    def set_urgency(self, incident: Incident, urgency: Urgency, by: Agent, channel: JSON) -> None:
        """Low urgency stops the escalation."""
        self._must_be_open(incident)
        if urgency == incident.urgency:
            return
        incident.urgency, incident.updated_at = urgency, self._now
        self._log(incident, "urgency_change", f"Urgency changed to {urgency} by {by.summary}", by, channel)
        if incident.status == "triggered":
            self._start_escalation(incident)

    def set_priority(self, incident: Incident, priority: Priority | None, by: Agent, channel: JSON) -> None:
        if priority == incident.priority:
            return
        incident.priority, incident.updated_at = priority, self._now
        named = priority.name if priority else "none"
        self._log(incident, "priority_change", f"Priority changed to {named} by {by.summary}", by, channel)
        self._tell("priority_updated", incident, by)

    def catch_up(self) -> None:
        """Do what timers ask for, in order, each at its own moment."""
        now = self._account.clock.now()
        while True:
            due = [(one.due()[0], one.number, one) for one in self._account.incidents.values() if one.due()]
            if not due or min(due)[0] > now:
                return
            self._at, _, incident = min(due)
            try:
                self._timer(incident)
            finally:
                self._at = None

    def _timer(self, incident: Incident) -> None:
        by, channel = incident.service.agent, {"type": TIMEOUT}
        if incident.returns_at == self._now:
            self.unacknowledge(incident, by, channel)
            return
        incident.escalates_at = None
        for level in range(incident.level + 1, len(incident.policy.levels) + 1):
            if self._account.on_call(incident.policy, level, self._now):
                self.escalate(incident, level, by, channel)
                return

    def _to_level(self, incident: Incident, level: int, by: Agent, channel: JSON, kind: str) -> None:
        incident.level = level
        users = self._account.on_call(incident.policy, level, self._now)
        self._assign(incident, users, by, channel, kind)
        self._start_escalation(incident)

    def _start_escalation(self, incident: Incident) -> None:
        incident.escalates_at = None
        is_last = incident.level >= len(incident.policy.levels)
        if incident.assigned_via == "escalation_policy" and incident.urgency == "high" and not is_last:
            incident.escalates_at = self._now + incident.policy.levels[incident.level - 1].delay

    def _assign(self, incident: Incident, users: list[User], by: Agent, channel: JSON, kind: str = "assign") -> None:
        incident.assignments = [(self._now, user) for user in users]
        incident.updated_at = self._now
        names = " and ".join(user.name for user in users) or "nobody"
        told = {"assign": "Assigned", "escalate": "Escalated", "delegate": "Delegated"}[kind]
        assignees = [reference(self._account.site, user.agent) for user in users]
        self._log(incident, kind, f"{told} to {names} by {by.summary}", by, channel, assignees=assignees)
        self._notify(incident)

    def _notify(self, incident: Incident) -> None:
        for user in incident.assignees:
            channel = {"type": "auto", "notification": {"type": "push", "status": "success", "address": "the app"}}
            who = reference(self._account.site, user.agent)
            self._log(incident, "notify", f"Notified {user.name} by push", incident.service.agent, channel, user=who)

    def _back_to_triggered(self, incident: Incident, by: Agent) -> None:
        incident.acknowledgements, incident.returns_at = [], None
        if incident.status != "triggered":
            self._status(incident, "triggered", by)

    def _status(self, incident: Incident, status: Status, by: Agent) -> None:
        incident.status = status
        incident.changed_at = incident.updated_at = self._now
        incident.changed_by = by

    def _must_be_open(self, incident: Incident) -> None:
        if not incident.open:
            raise already_resolved()

    def _log(self, incident: Incident, kind: str, summary: str, by: Agent, channel: JSON, **more: object) -> None:
        entry = LogEntry(self._account.new_id("R"), kind, summary, self._now, by, dict(channel), dict(more))
        incident.log.append(entry)

    def _tell(self, what: str, incident: Incident, by: Agent) -> None:
        self._account.outbox.tell(f"incident.{what}", incident, by, self._now)
