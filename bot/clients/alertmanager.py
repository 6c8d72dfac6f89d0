"""Alertmanager as a ``World``: each verb of ``bot.world.alertmanager``, over its API v2.

The API: github.com/prometheus/alertmanager, api/v2/openapi.yaml.
"""

import asyncio
import json
import re
import ssl
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import httpx

from bot.clients.threads import Limits
from bot.domain.alert import Alert
from bot.domain.errors import Away, Barred, Refusal, Unknown
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Question
from bot.ports import Clock
from bot.world import alertmanager as am
from bot.world.reading import UNTOLD, Mask, as_is, rows, table, text

T = TypeVar("T")
Json = Mapping[str, Any]

_NOTHING = "Nothing was changed."
_CHECK = "Check that ALERTMANAGER_URL is the address of an Alertmanager, of version 0.22 or later."
_LOOK, _END = "read its alerts", "end alerts"
#: What a filter may name without quotes in every version.
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class Alertmanager:
    """A ``World`` of the verbs in ``verbs``. ``mask`` takes secrets out of what the alerts say.

    Every verb ends within ``limits.verb`` seconds. Besides what its answer says, it may raise ``Away``, ``Unknown`` (a
    write without an answer) and ``Refusal``.
    """

    #: What it answers for; anything else is refused.
    verbs: frozenset[type] = frozenset({am.Firing, am.ActiveNamed, am.End, am.Ended})

    def __init__(self, url: str, clock: Clock, limits: Limits | None = None, mask: Mask = as_is) -> None:
        self._address = f"{url.rstrip('/')}/api/v2/alerts"
        self._clock, self._limits, self._mask = clock, limits or Limits(), mask
        self._trust: ssl.SSLContext | None = None

    async def open(self) -> None:
        """Look at the address, without a call: one that is away is no reason not to start. Raises ``Refusal``."""
        try:
            url = httpx.URL(self._address)
            good = url.scheme in ("http", "https") and bool(url.host)
        except httpx.InvalidURL:
            good = False
        if not good:
            raise _no_address()

    def close(self) -> None:
        """Nothing is kept open between two verbs."""

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        if isinstance(asked, am.Firing):
            found = [am.active_of(one, self._mask) for one in await self._active(self._deadline(), asked.labels)]
            wanted = (one for one in found if one.told or not asked.told)
            return cast(T, tuple(one.alert for one in wanted if asked.receiver in ("", *one.receivers)))
        if isinstance(asked, am.ActiveNamed):
            # All are read: a filter knows no name in another case.
            active = [am.active_of(one, self._mask) for one in await self._active(self._deadline())]
            named = [one for one in active if one.alert.name.lower() == asked.name.lower()]
            return cast(T, tuple(sorted(named, key=lambda one: one.alert.since)))
        raise _unknown(question)

    async def rehearse(self, change: Change) -> None:
        """Look whether it answers: it has no dry run."""
        _end(change)
        await self._active(self._deadline())

    async def do(self, change: Change) -> None:
        """End those that are active as they began.

        They are sent as Alertmanager has them now: what is sent replaces annotations, labels name the alert, and
        those of ``change`` may be masked or cut.
        """
        deadline = self._deadline()
        found = _among(await self._active(deadline), _end(change).alerts)
        if found:
            now = self._clock.now()
            await self._send(_END, deadline, [_ended(one, now) for one in found])

    async def stands(self, change: Change) -> bool:
        return not _among(await self._active(self._deadline()), _end(change).alerts)

    async def test(self, check: Check) -> Answer:
        if not isinstance(check, am.Ended):
            raise _unknown(check)
        found = _among(await self._active(self._deadline()), check.alerts)
        if not found:
            return Met("Alertmanager shows none of them")
        names = ", ".join(sorted({am.alert_of(one, self._mask).name for one in found}))
        return NotYet(f"{len(found)} of {len(check.alerts)} {'is' if len(found) == 1 else 'are'} still active: {names}")

    async def _active(self, deadline: float, labels: Iterable[tuple[str, str]] = ()) -> list[Json]:
        """As the API has them. What is silenced or inhibited is active, too: nobody is told of it, and it fires."""
        wanted = tuple(labels)
        filters = [f"{name}={_quoted(value)}" for name, value in wanted if _NAME.fullmatch(name)]
        found = await self._send(_LOOK, deadline, query={"filter": filters} if filters else {})
        # Looked at once more: a filter on a name beyond the classic ones is not sent. A missing label is an empty one.
        return [one for one in found if all(table(one.get("labels")).get(name, "") == value for name, value in wanted)]

    async def _send(
        self, what: str, deadline: float, alerts: list[Json] | None = None, query: Mapping[str, Any] | None = None
    ) -> list[Json]:
        """A GET, or a POST of these alerts."""
        writes = alerts is not None
        left = deadline - time.monotonic()
        if left <= 0:
            raise Away(f"There was no time left to let Alertmanager {what}. {_NOTHING}")
        limits = self._limits
        timeout = httpx.Timeout(min(limits.read, left), connect=min(limits.connect, left))
        try:
            async with asyncio.timeout(left), httpx.AsyncClient(verify=self._trusted(), timeout=timeout) as client:
                if writes:
                    # Escaped, so that half a character in a label is no error; it comes back as it was.
                    kind = {"Content-Type": "application/json"}
                    response = await client.post(self._address, content=json.dumps(alerts), headers=kind)
                else:
                    response = await client.get(self._address, params=query)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _failed(what, error, writes) from None
        if not response.is_success:
            raise _answered(what, response, writes)
        return [] if writes else _alerts(response)

    def _trusted(self) -> ssl.SSLContext | bool:
        """One for all calls: it takes 20 ms to make; and it honours SSL_CERT_FILE."""
        if not self._address.startswith("https:"):
            return False
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust

    def _deadline(self) -> float:
        return time.monotonic() + self._limits.verb


def _alerts(response: httpx.Response) -> list[Json]:
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, list):
        raise Away(f"Alertmanager answered something that is no list of alerts when asked to {_LOOK}. {_NOTHING}")
    return rows(told)


def _among(active: list[Json], alerts: tuple[Alert, ...]) -> list[Json]:
    """Those of them that are these firings: the same rule and labels later are another one."""
    firings = {alert.firing for alert in alerts}
    found = []
    for one in active:
        fingerprint, since = am.alert_of(one).firing
        if (fingerprint, since) in firings or (fingerprint, UNTOLD) in firings:
            found.append(one)
    return found


def _ended(one: Json, now: datetime) -> Json:
    """The alert as it is, and over. An end before its start would be refused: clocks differ."""
    since = am.alert_of(one).since
    told = {name: one[name] for name in ("labels", "annotations", "startsAt", "generatorURL") if one.get(name)}
    return told | {"endsAt": max(now, since).astimezone(UTC).isoformat(timespec="milliseconds")}


def _quoted(value: str) -> str:
    """As a matcher has it: pkg/labels/parse.go."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _end(change: Change) -> am.End:
    if not isinstance(change, am.End):
        raise Refusal(f"Alertmanager cannot do {type(change).__name__}. {_NOTHING}", "It is a mistake in the bot.")
    return change


def _unknown(verb: object) -> Refusal:
    return Refusal(f"Alertmanager cannot answer {type(verb).__name__}. {_NOTHING}", "It is a mistake in the bot.")


def _no_address() -> Refusal:
    return Barred(f"ALERTMANAGER_URL is no address: it must begin with http:// or https://. {_NOTHING}", "Correct it.")


def _failed(what: str, error: Exception, writes: bool) -> Exception:
    """The error behind a call without an answer."""
    said = " ".join(str(error).split())
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return _no_address()
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        if "SSL" in said and "EOF" not in said:
            return Barred(
                f"The bot does not trust the connection to Alertmanager, so did not {what}: {said[:250]}. {_NOTHING}",
                "Check ALERTMANAGER_URL; a certificate authority of your own is trusted by SSL_CERT_FILE.",
            )
        cause = said.rpartition("] ")[2].rstrip(". ")[:200] or "it does not take the connection"
        return Away(f"Alertmanager cannot be reached to {what}: {cause}. {_NOTHING}")
    slow = isinstance(error, httpx.TimeoutException | TimeoutError)
    because = f"Alertmanager {'gave no answer in time' if slow else 'broke the connection'} when asked to {what}."
    if writes:
        return Unknown(f"{because} It may have been done; it is looked at before it is done again.")
    return Away(f"{because} {_NOTHING}")


def _answered(what: str, response: httpx.Response, writes: bool) -> Exception:
    """The error behind an answer that is no success."""
    status, says = response.status_code, _says(response)
    if status == 429:
        return Away(f"Alertmanager has too much to do to {what} (429). {_NOTHING}", again_in=1.0)
    if status >= 500:
        because = f"Alertmanager failed when asked to {what} ({status}{says})."
        if writes:
            return Unknown(f"{because} It may have been done; it is looked at before it is done again.")
        return Away(f"{because} {_NOTHING}")
    if status in (401, 403):
        return Barred(
            f"The bot may not {what} in Alertmanager ({status}). {_NOTHING}",
            "Let whatever stands before Alertmanager let the bot in; ALERTMANAGER_URL may hold name and password.",
        )
    if status in (400, 422) and writes:
        # The valid ones of several are taken even so: api/v2/api.go, postAlertsHandler.
        return Refusal(
            f"Alertmanager did not take all of them when asked to {what} ({status}{says}).",
            "Look at the alerts in Alertmanager.",
        )
    return Barred(f"Alertmanager refused to {what} ({status}{says}). {_NOTHING}", _CHECK)


def _says(response: httpx.Response) -> str:
    """Alertmanager's words: a text as JSON, or an object with a message."""
    try:
        told = response.json()
    except ValueError:
        return ""
    said = text(told) or text(table(told).get("message"))
    return f": {said[:300].rstrip('.')}" if said else ""
