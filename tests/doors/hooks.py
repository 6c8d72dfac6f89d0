"""Somebody at the two doors of webhooks, over a real socket: the real bot, and what its store has afterwards."""

import asyncio
import hashlib
import hmac
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.domain.record import load
from bot.domain.request import Notice
from sandbox.pagerduty.aureus import WEBHOOK_SECRET
from tests.stories.alarm import TOKEN, Alarm

TABLES = ("inbox", "journal", "cases", "claims", "names", "outbox")
#: For those who send what they signed, or have the token.
PROVED = {"authorization": f"Bearer {TOKEN}"}

ALERT: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "ServiceDown", "job": "bridge", "severity": "critical"},
    "annotations": {"summary": "The bridge is down"},
    "startsAt": "2026-11-24T10:00:00.123456789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph",
    "fingerprint": "703b41c64a3f77c2",
}
GROUP: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="ServiceDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "aureus-bot",
    "groupLabels": {"alertname": "ServiceDown"},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.example",
    "alerts": [ALERT],
}
INCIDENT: dict[str, Any] = {
    "id": "Q1BURNS", "type": "incident", "number": 7, "status": "triggered", "title": "It burns", "urgency": "high",
    "html_url": "https://aureus.pagerduty.example/incidents/Q1BURNS", "incident_key": "fire",
    "created_at": "2026-11-24T10:00:00Z",
}  # fmt: skip
EVENT: dict[str, Any] = {
    "id": "01FIRE", "event_type": "incident.triggered", "occurred_at": "2026-11-24T10:00:00.123Z",
    "agent": {"id": "PSENTINEL", "type": "service_reference", "summary": "Sentinel"}, "data": INCIDENT,
}  # fmt: skip


def body(told: Any) -> bytes:
    return told if isinstance(told, bytes) else json.dumps(told).encode()


def group(**other: Any) -> bytes:
    return body(GROUP | other)


def alert(**other: Any) -> dict[str, Any]:
    return ALERT | other


def event(data: Mapping[str, Any] | None = None, **other: Any) -> bytes:
    return body({"event": EVENT | other | {"data": {**INCIDENT, **(data or {})}}})


def signature(said: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return f"v1={hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()}"


def headers(door: str, said: bytes) -> dict[str, str]:
    """As who is proved sends them."""
    return PROVED if door == "alertmanager" else {"x-pagerduty-signature": signature(said)}


class Hooks(Alarm):
    """A stage with somebody at the doors."""

    async def sends(self, door: str, said: bytes, more: Mapping[str, str] | None = None) -> httpx.Response:
        """A body, with headers of its own or with those that prove it."""
        async with httpx.AsyncClient() as client:
            own = httpx.Headers(headers(door, said) if more is None else more, encoding="latin-1")
            return await client.post(f"{self.url}/webhooks/{door}", content=said, headers=own, timeout=30)

    async def opens(self, door: str, said: bytes, length: str | int, whole: bytes = b"") -> "Line":
        """A connection on which this much was sent, under this length; signed as if it were ``whole``."""
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        lines = [f"POST /webhooks/{door} HTTP/1.1", "host: bot"]
        lines += [f"{name}: {value}" for name, value in headers(door, whole or said).items()]
        lines += ["transfer-encoding: chunked" if length == "chunked" else f"content-length: {length}", "", ""]
        line = Line(reader, writer)
        await line.sends("\r\n".join(lines).encode("latin-1") + said)
        return line

    async def inbox(self) -> list[Notice]:
        """What was told and is stored, oldest first, when something was made of all of it; each is whole."""

        def rows() -> list[tuple[str, str]]:
            with closing(sqlite3.connect(self.folder / "aureus.db")) as store:
                found = store.execute("SELECT key, request, taken FROM inbox ORDER BY rowid").fetchall()
            return [(key, text) for key, text, _ in found] if all(taken for _, _, taken in found) else []

        notices = [(key, load(text)) for key, text in await self.until(rows)]
        assert all(notice.key == key for key, notice in notices)
        return [notice for _, notice in notices if isinstance(notice, Notice)]

    def stored(self) -> dict[str, int]:
        """How much there is in each table, in a file that is whole."""
        with closing(sqlite3.connect(self.folder / "aureus.db")) as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {table: store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608  # ours

    async def goes_on(self) -> None:
        """It still makes a card of an alert."""
        key = '{}:{alertname="HighDiskUsage"}'
        labels = {"alertname": "HighDiskUsage", "instance": "node-1"}
        answer = await self.sends("alertmanager", group(groupKey=key, alerts=[alert(labels=labels)]))
        assert (answer.status_code, answer.json()) == (200, {"taken": True})
        await self.sees_card("HighDiskUsage")


class Line:
    """A connection, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def sends(self, said: bytes) -> None:
        self._writer.write(said)
        await self._writer.drain()

    async def status(self) -> int:
        """Of the answer, when it comes."""
        return int((await asyncio.wait_for(self._reader.readline(), 20)).split()[1])

    async def breaks(self) -> None:
        self._writer.transport.abort()

    async def closes(self) -> None:
        self._writer.close()


def hooks(folder: Path, story: Callable[[Hooks], Awaitable[None]]) -> None:
    """Tell a story at the doors."""

    async def run() -> None:
        async with Hooks(folder).set_up() as stage, stage.with_bot():
            assert isinstance(stage, Hooks)
            await story(stage)
            assert stage.workspace.problems == []

    asyncio.run(run())


def no_trace(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing unforeseen was logged."""
    traces = [line for line in caplog.records if line.exc_info or line.levelno >= logging.ERROR]
    assert [line.getMessage() for line in traces] == []
