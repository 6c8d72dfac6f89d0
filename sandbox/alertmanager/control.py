"""The control panel's side: what is there, and the buttons to fire, clear, break and heal."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.labels import fingerprint, is_name
from sandbox.alertmanager.predefined import PREDEFINED
from sandbox.alertmanager.records import Json
from sandbox.alertmanager.rules import Watch
from sandbox.alertmanager.showing import alert_of, group_of

_PREFIX = "/sandbox/alertmanager"
_UNCHANGED = "Nothing was changed."


class _Refused(Exception):
    """The panel asked for what cannot be; says why."""


class Control:
    """The endpoints under ``/sandbox/alertmanager``."""

    def __init__(self, manager: Alertmanager, watch: Watch) -> None:
        self._manager = manager
        self._watch = watch

    def routes(self) -> list[Route]:
        """All of them; another site may mount them, too."""
        return [
            Route(f"{_PREFIX}/state", self.state, methods=["GET"]),
            Route(f"{_PREFIX}/fire", self.fire, methods=["POST"]),
            Route(f"{_PREFIX}/clear", self.clear, methods=["POST"]),
            Route(f"{_PREFIX}/break", self.switch, methods=["POST"]),
        ]

    async def state(self, _request: Request) -> Response:
        """Everything that the panel draws."""
        return JSONResponse(state_of(self._manager))

    async def fire(self, request: Request) -> Response:
        """``{"name"}``, and ``severity`` and ``labels`` if wanted; a predefined name brings its own with it."""
        try:
            name, labels, asked = await self._alert(request)
        except _Refused as error:
            return _refuse(error)
        ready = PREDEFINED.get(name)
        severity = asked.get("severity") or (ready.severity if ready else "warning")
        full = {**(ready.labels if ready else {}), **labels, "severity": str(severity)}
        annotations = ready.annotations if ready else {"summary": f"{name}, fired by hand"}
        with self._manager.lock:
            self._watch.fire(name, full, annotations)
            self._watch.catch_up()
        return JSONResponse({"ok": True})

    async def clear(self, request: Request) -> Response:
        """``{"name"}``, and ``labels`` to clear only those that have them."""
        try:
            name, labels, _ = await self._alert(request)
            self._clear(name, labels)
        except _Refused as error:
            return _refuse(error)
        return JSONResponse({"ok": True})

    def _clear(self, name: str, labels: dict[str, str]) -> None:
        with self._manager.lock:
            if not self._watch.clear(name, labels):
                raise _Refused(f"Nobody fired {name} by hand; what the cluster fires ends with its cause. {_UNCHANGED}")
            self._watch.catch_up()

    async def _alert(self, request: Request) -> tuple[str, dict[str, str], Json]:
        asked = await _read(request, name=str)
        labels = asked.get("labels") or {}
        texts = isinstance(labels, dict) and all(isinstance(value, str) for value in labels.values())
        if not texts or not all(is_name(name) for name in labels):
            raise _Refused(f"'labels' must be an object of texts, with names as Prometheus has them. {_UNCHANGED}")
        return asked["name"], labels, asked

    async def switch(self, request: Request) -> Response:
        """``{"what", "on"}``."""
        try:
            asked = await _read(request, what=str, on=bool)
            self._switch(asked["what"], asked["on"])
        except _Refused as error:
            return _refuse(error)
        return JSONResponse({"ok": True})

    def _switch(self, what: str, on: bool) -> None:
        if what not in list(Fault):
            raise _Refused(f"{what!r} cannot be broken; {', '.join(Fault)} can. {_UNCHANGED}")
        self._manager.faults.switch(Fault(what), on=on)


def _refuse(error: _Refused) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _read(request: Request, **fields: type) -> Json:
    try:
        asked: Any = json.loads(await request.body())
    except ValueError as error:
        raise _Refused(f"The body must be JSON. {_UNCHANGED}") from error
    for name, kind in fields.items():
        if not isinstance(asked, dict) or type(asked.get(name)) is not kind or asked[name] == "":
            raise _Refused(f"The body needs {name!r}, of type {kind.__name__}. {_UNCHANGED}")
    return dict(asked)


def state_of(manager: Alertmanager) -> Json:
    """What the panel draws."""
    with manager.lock:
        manager.catch_up()
        now, alerts = manager.clock.now(), manager.alerts()
        firing = {one.fingerprint for one in alerts}
        return {
            "alerts": [alert_of(manager, one) for one in alerts],
            "groups": [group_of(manager, labels, alerts) for labels, alerts in manager.groups()],
            "silences": [one.told(now) for one in manager.silences.all()],
            "deliveries": list(manager.deliveries),
            "broken": sorted(manager.faults.on),
            "predefined": [
                {
                    "name": name,
                    "severity": one.severity,
                    "firing": fingerprint({"alertname": name, **one.labels}) in firing,
                }
                for name, one in PREDEFINED.items()
            ],
        }
