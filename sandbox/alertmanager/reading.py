"""What the bodies of requests say, refused as the schema of the real API refuses them (api/v2/openapi.yaml)."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from sandbox.alertmanager.alertmanager import Posted
from sandbox.alertmanager.errors import ApiError, misshapen, missing, too_few, unreadable
from sandbox.alertmanager.matchers import Matcher
from sandbox.alertmanager.records import ZERO, Json
from sandbox.alertmanager.silences import Silence

# The forms of go-openapi/strfmt that people use; without an offset it is UTC.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


async def _json(request: Request, what: str) -> Any:
    body = await request.body()
    if not body:
        raise missing(f"{what} in body")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        why = f'unsupported media type "{kind}", only [application/json] are allowed'
        raise ApiError(415, {"code": 415, "message": why})
    try:
        return json.loads(body)
    except ValueError as error:
        raise unreadable(what, str(error)) from error


async def posted_alerts(request: Request) -> list[Posted]:
    """The alerts that are told of. Raises ``ApiError``."""
    said = await _json(request, "alerts")
    if said is None:
        raise missing("alerts in body")
    if not isinstance(said, list):
        raise unreadable("alerts", f"json: cannot unmarshal {_kind(said)} into Go value of type models.PostableAlerts")
    return [_alert(_of(one, dict, "alerts"), number) for number, one in enumerate(said)]


def _alert(said: Json, number: int) -> Posted:
    labels = _labels(said.get("labels"), "labels")
    annotations = _labels(said.get("annotations"), "annotations")
    url = _of(said.get("generatorURL") or "", str, "alerts")
    starts, ends = _time(said.get("startsAt"), "alerts"), _time(said.get("endsAt"), "alerts")
    if said.get("labels") is None:
        raise missing(f"{number}.labels in body")
    if url and not _is_uri(url):
        raise misshapen(f"{number}.generatorURL in body", "uri", url)
    return Posted(labels, annotations, starts, ends, url)


def _labels(said: Any, field: str) -> dict[str, str]:
    for value in _of(said or {}, dict, "alerts").values():
        if not isinstance(value, str):
            why = f"json: cannot unmarshal {_kind(value)} into Go struct field Alert.{field} of type string"
            raise unreadable("alerts", why)
    return dict(said or {})


async def posted_silence(request: Request) -> Silence:
    """The silence that is asked for. Raises ``ApiError``."""
    said = await _json(request, "silence")
    if said is None:
        raise missing("silence in body")
    said = _of(said, dict, "silence")
    texts = {field: _of(said.get(field) or "", str, "silence") for field in ("id", "comment", "createdBy")}
    starts, ends = _time(said.get("startsAt"), "silence"), _time(said.get("endsAt"), "silence")
    listed = [_of(one, dict, "silence") for one in _of(said.get("matchers") or [], list, "silence")]
    # In this order, and only the first that is missing: as the real one was seen to answer.
    for field in ("comment", "createdBy", "endsAt", "matchers", "startsAt"):
        if said.get(field) is None:
            raise missing(f"{field} in body")
    if not listed:
        raise too_few("matchers in body")
    matchers = tuple(_matcher(one, number) for number, one in enumerate(listed))
    return Silence(texts["id"], matchers, starts or ZERO, ends or ZERO, texts["createdBy"], texts["comment"])


def _matcher(said: Json, number: int) -> Matcher:
    for field, kind in (("isRegex", bool), ("name", str), ("value", str)):
        if said.get(field) is None:
            raise missing(f"matchers.{number}.{field} in body")
        _of(said[field], kind, "silence")
    equal = said.get("isEqual")
    return Matcher(said["name"], said["value"], said["isRegex"], True if equal is None else _of(equal, bool, "silence"))


def _of(value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind):
        raise unreadable(what, f"json: cannot unmarshal {_kind(value)} into Go value of type {kind.__name__}")
    return value


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    for kind, name in ((dict, "object"), (list, "array"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "number"


def _time(said: Any, what: str) -> datetime | None:
    """None for what is missing, and for Go's zero time, which means the same."""
    if said is None:
        return None
    text = _of(said, str, what)
    try:
        found = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        why = f'parsing time "{text}" as "2006-01-02 15:04:05": cannot parse "{text}" as "2006"'
        raise unreadable(what, why)
    if found.year == 1:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _is_uri(text: str) -> bool:
    try:
        return bool(urlsplit(text).scheme) or text.startswith("/")
    except ValueError:
        return False
