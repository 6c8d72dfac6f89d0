"""Webhooks that wait to be delivered, and what becomes of subscriptions whose receiver fails.

The rules: github.com/PagerDuty/developer-docs, docs/webhooks/02-Behavior.md. How long the pauses between attempts are
it does not tell.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sandbox.pagerduty.records import JSON, Agent, Delivery, Incident, Note, Subscription
from sandbox.pagerduty.shapes_webhooks import incident_data, note_data
from sandbox.pagerduty.values import millis, reference

if TYPE_CHECKING:
    from sandbox.pagerduty.account import PagerDuty

KEEP_TRYING: Final = timedelta(hours=48)
FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(hours=1)
DISABLED: Final = timedelta(hours=24)
DROPS: Final = 3
PING: Final = "pagey.ping"


class Outbox:
    """Queues what happened for every subscription that wants to know."""

    EVENTS: Final = tuple(
        f"incident.{what}"
        for what in (
            "acknowledged", "annotated", "delegated", "escalated", "priority_updated", "reassigned", "reopened",
            "resolved", "triggered", "unacknowledged",
        )
    )  # fmt: skip

    def __init__(self, account: PagerDuty) -> None:
        self._account = account
        #: Called when there may be something to deliver, from whatever thread.
        self.wake: Callable[[], None] = _nobody

    def tell(self, event: str, incident: Incident, by: Agent, at: datetime) -> None:
        """An incident changed."""
        self._publish(event, incident, by, at, incident_data(self._account, incident))

    def tell_note(self, incident: Incident, note: Note) -> None:
        """A note was written: its webhook carries the note and only refers to the incident."""
        self._publish(
            "incident.annotated", incident, note.by, note.created_at, note_data(self._account, incident, note)
        )

    def ping(self, subscription: Subscription, by: Agent | None) -> None:
        """What POST …/ping sends."""
        at = self._account.clock.now()
        event = self._event(PING, "pagey", by, at, {"message": "Hello from your friend Pagey!", "type": "ping"})
        self._enqueue(subscription, PING, PING, event, at)
        self.wake()

    def _publish(self, event: str, incident: Incident, by: Agent, at: datetime, data: JSON) -> None:
        told = self._event(event, "incident", by, at, data)
        for subscription in self._account.subscriptions.values():
            if event in subscription.events and _concerns(subscription, incident):
                self._enqueue(subscription, event, incident.id, told, at)
        self.wake()

    def _event(self, event: str, resource: str, by: Agent | None, at: datetime, data: JSON) -> JSON:
        return {
            "event": {
                "id": self._account.new_id("01"),
                "event_type": event,
                "resource_type": resource,
                "occurred_at": millis(at),
                "agent": reference(self._account.site, by) if by else None,
                "client": None,
                "data": data,
            }
        }

    def _enqueue(self, subscription: Subscription, event: str, about: str, told: JSON, at: datetime) -> None:
        if self.disabled(subscription):
            subscription.dropped += 1
            return
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        now = self._account.clock.now()
        subscription.queue.append(Delivery(self._account.new_id("WH"), event, about, body, at, now))

    def disabled(self, subscription: Subscription) -> bool:
        """Whether it is switched off now; after a day it comes back by itself."""
        until = subscription.disabled_until
        if until is not None and until <= self._account.clock.now():
            self.enable(subscription)
        return subscription.disabled_until is not None

    def enable(self, subscription: Subscription) -> None:
        """Switch it on again."""
        subscription.disabled_until = None
        subscription.dropped_in_a_row = 0

    def due(self, subscription: Subscription) -> Delivery | None:
        """The next to deliver: none overtakes an earlier one about the same incident."""
        if self.disabled(subscription) or self._account.faults.find("webhooks-held"):
            return None
        now, waiting = self._account.clock.now(), set()
        for delivery in subscription.queue:
            if delivery.about not in waiting and delivery.next_at <= now:
                return delivery
            waiting.add(delivery.about)
        return None

    def arrived(self, subscription: Subscription, delivery: Delivery) -> None:
        """It was taken."""
        if delivery in subscription.queue:
            subscription.queue.remove(delivery)
        subscription.delivered += 1
        subscription.dropped_in_a_row = 0

    def failed(self, subscription: Subscription, delivery: Delivery, *, again: bool) -> None:
        """It was not taken: it waits for the next attempt, or is dropped when none would help or two days have gone."""
        now = self._account.clock.now()
        delivery.attempts += 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 12))
        if again and now + pause - delivery.made_at <= KEEP_TRYING:
            delivery.next_at = now + pause
            return
        if delivery in subscription.queue:
            subscription.queue.remove(delivery)
        subscription.dropped += 1
        subscription.dropped_in_a_row += 1
        if subscription.dropped_in_a_row >= DROPS:
            subscription.disabled_until = now + DISABLED
            subscription.dropped += len(subscription.queue)
            subscription.queue.clear()


def headers_of(subscription: Subscription, delivery: Delivery) -> dict[str, str]:
    """What a webhook is sent with; while a secret is rotated there is a signature by each of the two."""
    signatures = [hmac.new(one.encode(), delivery.body, hashlib.sha256).hexdigest() for one in subscription.secrets]
    return {
        **subscription.headers,
        "Content-Type": "application/json",
        "User-Agent": "PagerDuty-Webhook/V3.0",
        "X-PagerDuty-Signature": ",".join(f"v1={one}" for one in signatures),
        "X-Webhook-Id": delivery.id,
        "X-Webhook-Subscription": subscription.id,
    }


def _concerns(subscription: Subscription, incident: Incident) -> bool:
    if subscription.filter_type == "service_reference":
        return subscription.filter_id == incident.service.id
    return subscription.filter_type == "account_reference"


def _nobody() -> None:
    """Nothing is delivered while the account is not served."""
