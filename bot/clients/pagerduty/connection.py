"""The connection to PagerDuty: the official package in threads of its own, and the time limits of every call.

The package is bounded where it is not itself (``pagerduty`` 7.2, api_client.py): it tries again for ever after 429, and
three times after a broken line, a POST too, so that a note would be written twice. Here it tries nothing again: the
engine does, and knows what it has done.
"""

import logging
import ssl
import threading
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bot.clients.pagerduty.call import Call, Json
from bot.clients.pagerduty.errors import NOTHING, answered, lost, nobody, unreachable
from bot.clients.threads import Limits, Threads
from bot.domain.errors import Barred

#: In the place of the package's log, which would note as an error what is told here by a sentence.
_QUIET = logging.Logger("quiet", logging.CRITICAL + 1)


class Connection:
    """Blocking calls, in threads of its own, each with a client. Nothing is loaded before the first, or ``open``."""

    def __init__(self, url: str, key: str, limits: Limits) -> None:
        self._url, self._key = url, key
        self.limits = limits
        self._lock = threading.Lock()
        self._trust: ssl.SSLContext | None = None
        # A client belongs to one thread: its timeout is an attribute of it, and its connection is kept.
        self._own = threading.local()
        self._threads = Threads("pagerduty", limits, self._loaded)

    async def open(self) -> None:
        """Load the package, without a call. Raises ``Refusal`` when address or key cannot be used."""
        await self._threads.open()

    def close(self) -> None:
        """Begin nothing more. What is under way ends by its own limits."""
        self._threads.close()

    async def send(self, call: Call, deadline: float) -> Json:
        """The answer, as JSON. ``deadline`` is of ``time.monotonic``. Raises ``Away``, ``Unknown`` or ``Refusal``."""
        if call.writes and not (call.as_ and call.as_.isascii() and call.as_.isprintable()):
            raise nobody(call.as_)  # it would be no header, or another one
        return await self._threads.call(str(call), partial(self._send, call), deadline, partial(lost, call))

    def _send(self, call: Call, client: Any, left: float) -> Json:
        response = self._request(client, call, left)
        if not 200 <= response.status_code < 300:
            raise answered(call, response.status_code, response.content, response.headers)
        try:
            told = response.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise lost(call, "answered something that is no JSON object")
        return told

    def _request(self, client: Any, call: Call, left: float) -> Any:
        """The response, whatever its status. Errors of the package are not chained: 401's holds a part of the key."""
        import httpx2  # noqa: PLC0415 - see _loaded
        import pagerduty  # noqa: PLC0415 - see _loaded

        read = min(self.limits.read, left)
        client.timeout = httpx2.Timeout(read, connect=min(self.limits.connect, left))
        more: dict[str, Any] = {"json": call.body} if call.body is not None else {}
        if call.writes:
            more["headers"] = {"From": call.as_}
        try:
            return client.request(call.method, call.path, params=dict(call.query), **more)
        except pagerduty.Error as error:
            if error.response is not None:
                return error.response
            failure: BaseException | None = error.__cause__
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            failure = error
        if isinstance(failure, httpx2.ConnectTimeout | httpx2.PoolTimeout | httpx2.InvalidURL):
            raise unreachable(call, OSError("it does not take the connection")) from None
        if isinstance(failure, httpx2.ConnectError | httpx2.ProxyError):
            raise unreachable(call, failure) from None
        slow = isinstance(failure, httpx2.TimeoutException | TimeoutError)
        raise lost(call, "gave no answer in time" if slow else "broke the connection") from None

    def _loaded(self) -> Any:
        """The client of this thread."""
        client = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._made()
        return client

    def _made(self) -> Any:
        _check(self._url, self._key)
        import pagerduty  # noqa: PLC0415 - 0.3 s, so only when it is first used

        with self._lock:
            if self._trust is None:
                self._trust = ssl.create_default_context()  # honours SSL_CERT_FILE; one for all, it takes 20 ms
        client: Any = pagerduty.RestApiV2Client(self._key, base_url=self._url.rstrip("/"), verify=self._trust)
        client.max_network_attempts = 0
        # Only a status that is to be tried again, and none of whose attempts is left, comes back at once.
        client.retry, client.max_http_attempts = {429: 1}, -1
        client.log = _QUIET
        return client


def _check(url: str, key: str) -> None:
    """Raises ``Refusal`` for what the package would take, or refuse with a trace."""
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        good = False
    if not good:
        raise Barred(
            f"{url!r} is no address of PagerDuty: it must begin with https://. {NOTHING}",
            "Correct PAGERDUTY_API_URL, or leave it out for https://api.pagerduty.com.",
        )
    if not key:
        raise Barred(f"There is no key for PagerDuty. {NOTHING}", "Put a REST API key into PAGERDUTY_API_KEY.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Barred(
            f"The key for PagerDuty holds a sign that no key has, such as a space or a line's end. {NOTHING}",
            "Put the REST API key alone into PAGERDUTY_API_KEY.",
        )
