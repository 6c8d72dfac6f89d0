"""Every method of the API that this sandbox knows of: full, partial (and what is missing) or absent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox import methods
from sandbox.methods import Extent
from sandbox.pagerduty import api_changes, api_incidents, api_people, api_webhooks
from sandbox.pagerduty.call import Answer, Call

Run = Callable[[Call], Answer]


@dataclass(frozen=True)
class Method(methods.Method):
    """One HTTP method on one address, and what carries it out (for the REST API)."""

    run: Run | None = None
    #: Whether it asks for ``From``: the reference of each method lists the header, or does not.
    signed: bool = False


def _full(verb: str, path: str, run: Run | None, *, signed: bool = False) -> Method:
    return Method(verb, path, Extent.FULL, "", run, signed)


def _partial(verb: str, path: str, run: Run | None, missing: str, *, signed: bool = False) -> Method:
    return Method(verb, path, Extent.PARTIAL, missing, run, signed)


def _absent(verb: str, path: str) -> Method:
    return Method(verb, path, Extent.ABSENT, "It is not served.")


_LIMIT: Final = "A limit beyond 100 is refused; PagerDuty only says that it cannot be exceeded."
_CHANGE: Final = (
    "Custom fields, incident types, conference bridges' contents and merging are not known; what is escalated or "
    "reassigned is triggered again, and a resolved incident that is acknowledged goes back to level 1, which the "
    "documentation does not tell."
)
_LOG: Final = "The kinds that an incident here can have; channels are named after what the documentation shows of them."

METHODS: Final = (
    _full("GET", "/abilities", api_people.abilities),
    _partial("GET", "/users", api_people.users, _LIMIT + " No contact methods, teams or include."),
    _partial("GET", "/users/{id}", api_people.user, "No contact methods, teams or include."),
    _absent("GET", "/users/me"),
    _absent("POST", "/users"),
    _partial("GET", "/schedules", api_people.schedules, _LIMIT + " No teams."),
    _partial("GET", "/schedules/{id}", api_people.schedule, "Only the final schedule, not its layers."),
    _absent("POST", "/schedules/{id}/overrides"),
    _partial("GET", "/escalation_policies", api_people.policies, _LIMIT + " No teams."),
    _partial("GET", "/escalation_policies/{id}", api_people.policy, "No teams, no loops."),
    _partial("GET", "/services", api_people.services, _LIMIT + " No teams, integrations by reference only."),
    _partial("GET", "/services/{id}", api_people.service, "No teams, integrations by reference only."),
    _full("GET", "/priorities", api_people.priorities),
    _partial("GET", "/oncalls", api_people.on_calls, _LIMIT + " Of include only users."),
    _partial("GET", "/incidents", api_incidents.list_, _LIMIT + " No teams, include or time_zone."),
    _partial("POST", "/incidents", api_changes.create, "No incident types, no conference bridge.", signed=True),
    _partial("PUT", "/incidents", api_changes.update_many, _CHANGE, signed=True),
    _partial("GET", "/incidents/{id}", api_incidents.get, "No include."),
    _partial("PUT", "/incidents/{id}", api_changes.update, _CHANGE, signed=True),
    _partial("GET", "/incidents/{id}/alerts", api_incidents.alerts, _LIMIT + " An incident has one alert at most."),
    _absent("PUT", "/incidents/{id}/alerts"),
    _partial("GET", "/incidents/{id}/log_entries", api_incidents.log_entries, _LOG),
    _full("GET", "/incidents/{id}/notes", api_incidents.notes),
    _full("POST", "/incidents/{id}/notes", api_changes.annotate, signed=True),
    _partial(
        "POST", "/incidents/{id}/snooze", api_changes.snooze,
        "Only what is acknowledged can be snoozed (error 1012); whether PagerDuty acknowledges the rest by itself the "
        "documentation does not tell.",
        signed=True,
    ),
    _absent("PUT", "/incidents/{id}/merge"),
    _absent("POST", "/incidents/{id}/responder_requests"),
    _absent("POST", "/incidents/{id}/status_updates"),
    _absent("GET", "/log_entries"),
    _absent("POST", "/maintenance_windows"),
    _absent("GET", "/teams"),
    _partial("GET", "/webhook_subscriptions", api_webhooks.list_, _LIMIT + " No filter."),
    _partial(
        "POST", "/webhook_subscriptions", api_webhooks.create,
        "Events of services, responders, status updates and custom fields are not known; there are no teams.",
    ),
    _full("GET", "/webhook_subscriptions/{id}", api_webhooks.get),
    _absent("PUT", "/webhook_subscriptions/{id}"),
    _full("DELETE", "/webhook_subscriptions/{id}", api_webhooks.delete),
    _full("POST", "/webhook_subscriptions/{id}/enable", api_webhooks.enable),
    _full("POST", "/webhook_subscriptions/{id}/ping", api_webhooks.ping),
    # Events API v2, which asks for no token.
    _partial("POST", "/v2/enqueue", None, "Images and links are not kept; timestamps are not looked at."),
    _partial("POST", "/v2/change/enqueue", None, "Change events are kept, and shown nowhere."),
)  # fmt: skip
"""Every method that the server has, and those that a reader may look for in vain.

Webhooks v3 are signed, ordered, retried and dropped as documented; the pauses between attempts are made up, bodies have
no size limit, and no receiver over https is trusted: its webhooks are dropped, as for a bad certificate.
"""
