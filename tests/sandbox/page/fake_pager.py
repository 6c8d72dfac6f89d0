"""A made-up PagerDuty and Alertmanager, as their control routes tell of them: one incident is open, one is over."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.sandbox.page.fake_data import USERS, Json

_PEOPLE = {user["email"]: user["real_name"] for user in USERS}
_SEVERITIES = {
    "ServiceDown": "critical",
    "BridgeHighErrorRate": "warning",
    "SignatureVerificationFailures": "critical",
    "BridgeHighCPU": "warning",
    "RedisDown": "critical",
}


def incident(number: int, title: str, **more: Any) -> Json:
    """One that nobody has yet."""
    return {
        "id": f"Q{number}",
        "number": number,
        "title": title,
        "status": "triggered",
        "urgency": "high",
        "priority": None,
        "key": f"key-{number}",
        "level": 1,
        "levels": 4,
        "assignees": ["Ana Silva"],
        "acknowledged_by": [],
        "created_at": f"2026-11-24T10:0{number % 10}:00Z",
        "escalates_at": None,
        "returns_at": None,
        "notes": [],
        "log": [],
        **more,
    }


def over(number: int) -> Json:
    """One that was resolved."""
    log = [{"kind": "resolve", "text": "Resolved by Ben Okafor", "by": "Ben Okafor", "at": "2026-11-24T10:09:00Z"}]
    return incident(number, "BridgeHighCPU", status="resolved", assignees=[], log=log)


class FakePager:
    """What ``sandbox/pagerduty/control.py`` and ``sandbox/alertmanager/control.py`` serve, and what they were sent."""

    def __init__(self, sent: list[tuple[str, Json]]) -> None:
        self.incidents = [incident(2, "ServiceDown: <b>bridge</b> does not answer"), over(1)]
        self.people = [["Ana Silva"], ["Ben Okafor"], ["Elif Kaya", "Femi Adeyemi"]]
        self.faults: list[str] = []
        self.firing = ["BridgeHighCPU"]
        self.broken: list[str] = []
        self._sent = sent

    def routes(self) -> list[Route]:
        return [
            Route("/sandbox/pagerduty/state", self.pager_state),
            Route("/sandbox/pagerduty/act", self.act, methods=["POST"]),
            Route("/sandbox/pagerduty/break", self.fault, methods=["POST"]),
            Route("/sandbox/pagerduty/heal", self.fault, methods=["POST"]),
            Route("/sandbox/alertmanager/state", self.alerts_state),
            Route("/sandbox/alertmanager/fire", self.fire, methods=["POST"]),
            Route("/sandbox/alertmanager/clear", self.fire, methods=["POST"]),
            Route("/sandbox/alertmanager/break", self.switch, methods=["POST"]),
        ]

    async def pager_state(self, _: Request) -> JSONResponse:
        levels = [{"level": number, "people": people} for number, people in enumerate(self.people, 1)]
        policies = [{"policy": "Aureus Sentinel", "levels": levels}]
        faults = [{"what": what, "path": "*", "verb": "*", "times": None} for what in self.faults]
        return JSONResponse({"incidents": self.incidents, "on_call": policies, "faults": faults})

    async def _read(self, request: Request) -> Json:
        body: Json = await request.json()
        self._sent.append((request.url.path, body))
        return body

    async def act(self, request: Request) -> JSONResponse:
        body = await self._read(request)
        found = next(one for one in self.incidents if one["id"] == body["incident"])
        who = _PEOPLE[body["who"]]
        if body["do"] == "acknowledge":
            found |= {"status": "acknowledged", "acknowledged_by": [who]}
        else:
            log = [{"kind": "resolve", "text": f"Resolved by {who}"}]
            found |= {"status": "resolved", "acknowledged_by": [], "assignees": [], "log": log}
        return JSONResponse({"ok": True})

    async def fault(self, request: Request) -> JSONResponse:
        body = await self._read(request)
        self.faults = [body["what"]] if request.url.path.endswith("break") else []
        return JSONResponse({"ok": True})

    async def alerts_state(self, _: Request) -> JSONResponse:
        alerts = [
            {
                "fingerprint": name,
                "labels": {"alertname": name, "job": "bridge", "severity": _SEVERITIES[name]},
                "annotations": {"summary": "s", "description": "d"},
                "startsAt": "2026-11-24T10:07:00.000Z",
                "status": {"state": "active", "silencedBy": []},
            }
            for name in self.firing
        ]
        ready = [
            {"name": name, "severity": severity, "firing": name in self.firing}
            for name, severity in _SEVERITIES.items()
        ]
        return JSONResponse({"alerts": alerts, "predefined": ready, "broken": self.broken})

    async def fire(self, request: Request) -> JSONResponse:
        name = (await self._read(request))["name"]
        others = [one for one in self.firing if one != name]
        self.firing = [*others, name] if request.url.path.endswith("fire") else others
        return JSONResponse({"ok": True})

    async def switch(self, request: Request) -> JSONResponse:
        body = await self._read(request)
        self.broken = [body["what"]] if body["on"] else []
        return JSONResponse({"ok": True})
