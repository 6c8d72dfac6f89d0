"""The page's side: what is there, pressing as somebody in PagerDuty's own app, the switches. No key is asked for."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.errors import PagerDutyError
from sandbox.pagerduty.faults import Fault
from sandbox.pagerduty.oncall import Schedule
from sandbox.pagerduty.records import JSON, EscalationPolicy, Incident, Subscription, User
from sandbox.pagerduty.values import moment

#: What the log says of a press.
APP = {"type": "website"}
ACTS = ("acknowledge", "resolve", "escalate", "reopen", "note")
_UNCHANGED = "Nothing was changed."


class _Refused(Exception):
    """The page asked for what cannot be; says why."""


class Control:
    """The endpoints under ``/sandbox/pagerduty``, for any site over plain HTTP."""

    def __init__(self, account: PagerDuty) -> None:
        self._account = account

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/sandbox/pagerduty/state", self.state, methods=["GET"]),
            Route("/sandbox/pagerduty/act", self.act, methods=["POST"]),
            Route("/sandbox/pagerduty/break", self.break_, methods=["POST"]),
            Route("/sandbox/pagerduty/heal", self.heal, methods=["POST"]),
        ]

    async def state(self, _request: Request) -> Response:
        """Everything that the page draws."""
        return JSONResponse(state_of(self._account))

    async def act(self, request: Request) -> Response:
        """``{"who", "do", "incident"}``; ``level`` where it escalates (the next if not said), ``text`` of a note."""
        try:
            asked = await _read(request)
            with self._account.lock:
                self._account.catch_up()
                self._act(asked)
        except _Refused as error:
            return _refuse(str(error))
        except PagerDutyError as error:
            return _refuse(f"PagerDuty says: {'; '.join([error.message, *error.errors])}. {_UNCHANGED}")
        return JSONResponse({"ok": True})

    def _act(self, asked: JSON) -> None:
        user, incident = self._person(asked.get("who")), self._incident(asked.get("incident"))
        life, by, do = self._account.life, user.agent, asked.get("do")
        if do == "acknowledge":
            life.acknowledge(incident, by, APP)
        elif do == "resolve":
            life.resolve(incident, by, APP)
        elif do == "reopen":
            life.reopen(incident, by, APP)
        elif do == "escalate":
            level = asked.get("level", incident.level + 1)
            life.escalate(incident, level if isinstance(level, int) else 0, by, APP)
        elif do == "note" and asked.get("text"):
            life.annotate(incident, str(asked["text"]), by, "The PagerDuty website or APIs")
        else:
            raise _Refused(f"'do' must be one of {', '.join(ACTS)}, and a note needs 'text'. {_UNCHANGED}")

    def _person(self, who: Any) -> User:
        try:
            return self._account.person(str(who))
        except KeyError as error:
            raise _Refused(f"PagerDuty knows nobody called {who!r}. {_UNCHANGED}") from error

    def _incident(self, which: Any) -> Incident:
        try:
            return self._account.incident(str(which))
        except KeyError as error:
            raise _Refused(f"There is no incident {which!r}. {_UNCHANGED}") from error

    async def break_(self, request: Request) -> Response:
        """``{"what"}``; ``times``, ``seconds``, ``status``, ``verb`` and ``path`` if they are not a fault's own."""
        try:
            asked = await _read(request)
            with self._account.lock:
                self._account.faults.add(_fault(asked))
        except _Refused as error:
            return _refuse(str(error))
        return JSONResponse({"ok": True})

    async def heal(self, request: Request) -> Response:
        """``{"what"}``; without it, everything."""
        try:
            asked = await _read(request)
        except _Refused as error:
            return _refuse(str(error))
        with self._account.lock:
            self._account.faults.heal(asked.get("what"))
            self._account.catch_up()
        return JSONResponse({"ok": True})


def _fault(asked: JSON) -> Fault:
    kinds: dict[str, type | tuple[type, ...]] = {
        "times": int,
        "seconds": (int, float),
        "status": int,
        "verb": str,
        "path": str,
    }
    for name, kind in kinds.items():
        if asked.get(name) is not None and not isinstance(asked[name], kind):
            raise _Refused(f"{name!r} is of a wrong type. {_UNCHANGED}")
    extra = {name: asked[name] for name in kinds if asked.get(name) is not None}
    fault = Fault(asked.get("what", ""), **extra)
    try:
        fault.check()
    except ValueError as error:
        raise _Refused(f"{error}. {_UNCHANGED}") from error
    return fault


async def _read(request: Request) -> JSON:
    try:
        asked = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise _Refused(f"The body must be JSON. {_UNCHANGED}") from error
    if not isinstance(asked, dict):
        raise _Refused(f"The body must be an object. {_UNCHANGED}")
    return asked


def _refuse(why: str) -> Response:
    return JSONResponse({"error": why}, 400)


def state_of(account: PagerDuty) -> JSON:
    """What the page draws: incidents newest first."""
    with account.lock:
        account.catch_up()
        newest = sorted(account.incidents.values(), key=lambda one: -one.number)
        return {
            "now": moment(account.clock.now()),
            "incidents": [_incident(one) for one in newest],
            "on_call": [_policy(account, one) for one in account.policies.values()],
            "people": [{"id": one.id, "name": one.name, "email": one.email} for one in account.users.values()],
            "webhooks": [_subscription(account, one) for one in account.subscriptions.values()],
            "faults": [
                {"what": one.what, "path": one.path, "verb": one.verb, "times": one.times}
                for one in account.faults.now()
            ],
        }


def _incident(one: Incident) -> JSON:
    return {
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "status": one.status,
        "urgency": one.urgency,
        "priority": one.priority.name if one.priority else None,
        "key": one.key,
        "level": one.level,
        "levels": len(one.policy.levels),
        "assignees": [user.name for user in one.assignees],
        "acknowledged_by": [agent.summary for _, agent in one.acknowledgements],
        "created_at": moment(one.created_at),
        "escalates_at": moment(one.escalates_at) if one.escalates_at else None,
        "returns_at": moment(one.returns_at) if one.returns_at else None,
        "notes": [{"by": note.by.summary, "text": note.content} for note in one.notes],
        "log": [
            {"kind": entry.kind, "text": entry.summary, "by": entry.by.summary, "at": moment(entry.created_at)}
            for entry in reversed(one.log)
        ],
    }


def _policy(account: PagerDuty, one: EscalationPolicy) -> JSON:
    levels = [
        {
            "level": number,
            "schedules": [target.name for target in level.targets if isinstance(target, Schedule)],
            "people": [user.name for user in account.on_call(one, number)],
            "minutes": int(level.delay.total_seconds() // 60),
        }
        for number, level in enumerate(one.levels, 1)
    ]
    return {"policy": one.name, "levels": levels}


def _subscription(account: PagerDuty, one: Subscription) -> JSON:
    return {
        "id": one.id,
        "url": one.url,
        "disabled": account.outbox.disabled(one),
        "waiting": len(one.queue),
        "delivered": one.delivered,
        "dropped": one.dropped,
    }
