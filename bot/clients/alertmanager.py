"""Alertmanager as a ``World``: each verb of ``bot.world.alertmanager``, and no other."""

from typing import Any, TypeVar, cast

import httpx

from bot.domain.alert import Alert
from bot.domain.errors import Away, Refusal, Unknown
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Question
from bot.ports import Clock
from bot.world import alertmanager
from bot.world.alertmanager import alert_of

T = TypeVar("T")

_NOTHING = "Nothing was changed."


class Alertmanager:
    """A ``World`` of the verbs in ``verbs``, through API v2. A call may take ``limit`` seconds."""

    #: What it answers for; anything else is refused.
    verbs: frozenset[type] = frozenset({alertmanager.Firing, alertmanager.End, alertmanager.Ended})

    def __init__(self, url: str, clock: Clock, limit: float = 8.0) -> None:
        self._http = httpx.AsyncClient(base_url=url.rstrip("/"), timeout=limit, trust_env=False)
        self._clock = clock

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        match asked:
            case alertmanager.Firing(labels=labels):
                return cast(T, await self._active(labels))
        raise _unknown(question)

    async def rehearse(self, change: Change) -> None:
        """There is no dry run."""

    async def do(self, change: Change) -> None:
        """End what is active; its annotations are sent again, since the last telling of an alert replaces them."""
        if not isinstance(change, alertmanager.End):
            raise _unknown(change)
        now = self._clock.now().isoformat()
        told = [
            {
                "labels": dict(alert.labels),
                "annotations": {"summary": alert.summary, "description": alert.description},
                "startsAt": alert.since.isoformat(),
                "endsAt": now,
            }
            for alert in change.alerts
        ]
        await self._call("POST", "/api/v2/alerts", json=told)

    async def stands(self, change: Change) -> bool:
        if not isinstance(change, alertmanager.End):
            raise _unknown(change)
        return not await self._left(change.alerts)

    async def test(self, check: Check) -> Answer:
        if not isinstance(check, alertmanager.Ended):
            raise _unknown(check)
        left = await self._left(check.alerts)
        return NotYet(f"{len(left)} still active in Alertmanager") if left else Met("Alertmanager shows none of them")

    async def _left(self, alerts: tuple[Alert, ...]) -> set[tuple[str, Any]]:
        active = {alert.firing for alert in await self._active(())}
        return {alert.firing for alert in alerts} & active

    async def _active(self, labels: tuple[tuple[str, str], ...]) -> tuple[Alert, ...]:
        filters = [("filter", f'{name}="{_quoted(value)}"') for name, value in labels]
        answer = await self._call("GET", "/api/v2/alerts", params=[("active", "true"), *filters])
        told = answer.json()
        return tuple(alert_of(each) for each in told if isinstance(each, dict)) if isinstance(told, list) else ()

    async def _call(self, method: str, path: str, **how: Any) -> httpx.Response:
        writes = method == "POST"
        try:
            answer = await self._http.request(method, path, **how)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Away(f"Alertmanager cannot be reached: {error}. {_NOTHING}") from error
        except httpx.HTTPError as error:
            because = f"Alertmanager gave no answer ({type(error).__name__})."
            raise (Unknown(f"{because} It may have been done.") if writes else Away(f"{because} {_NOTHING}")) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Away(f"Alertmanager is in trouble (HTTP {answer.status_code}). {_NOTHING}")
        if answer.status_code >= 400:
            raise Refusal(
                f"Alertmanager does not take it (HTTP {answer.status_code}: {answer.text[:200]}). {_NOTHING}",
                "Check ALERTMANAGER_URL: it is the address of Alertmanager itself, as http://alertmanager:9093.",
            )
        return answer


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _unknown(verb: object) -> Refusal:
    return Refusal(f"Alertmanager cannot answer {type(verb).__name__}. {_NOTHING}", "It is a mistake in the bot.")
