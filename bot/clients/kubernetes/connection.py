"""The connection to one cluster: its configuration, its threads, and the time limits of every call.

Calls go through the package's ``ApiClient``, which brings addresses, TLS and credentials, and their answers stay plain
JSON: importing its typed classes as well costs 1.3 s and 27 MB more (measured with 37.0), for objects of which a few
fields are read.
"""

import json
import os
import threading
from functools import partial
from pathlib import Path
from typing import Any

from bot.clients.kubernetes.call import Call, Json
from bot.clients.kubernetes.errors import answered, lost, unanswered
from bot.clients.threads import Limits, Threads
from bot.domain.errors import Barred

_MERGE = "application/merge-patch+json"


class Connection:
    """Blocking calls, in threads of its own. Nothing is loaded before the first of them, or ``open``.

    ``kubeconfig`` is a path, or several with ``:`` between them; empty: the cluster that it runs in.
    """

    def __init__(self, kubeconfig: str, limits: Limits) -> None:
        self._kubeconfig = kubeconfig
        self.limits = limits
        self._lock = threading.Lock()
        self._client: Any = None
        self._threads = Threads("kubernetes", limits, self._loaded)

    async def open(self) -> None:
        """Load package and configuration, without a call. Raises ``Refusal`` when there is none that can be used."""
        await self._threads.open()

    def close(self) -> None:
        """Begin nothing more. What is under way ends by its own limits."""
        self._threads.close()

    async def send(self, call: Call, deadline: float) -> Json:
        """The answer, as JSON. ``deadline`` is of ``time.monotonic``. Raises ``Away``, ``Unknown`` or ``Refusal``."""
        return await self._threads.call(str(call), partial(self._send, call), deadline, partial(lost, call))

    def _send(self, call: Call, client: Any, left: float) -> Json:
        try:
            made = client.param_serialize(
                call.method, call.path, query_params=list(call.query.items()), header_params=_headers(call),
                body=call.body, auth_settings=["BearerToken"],
            )  # fmt: skip
            response = client.call_api(
                *made, _request_timeout=(min(self.limits.connect, left), min(self.limits.read, left))
            )
            response.read()
        except _failures() as error:
            raise unanswered(call, error) from error
        if not 200 <= response.status < 300:
            if response.status == 401:
                self._client = None  # read the configuration again next time: tokens are renewed on disk
            raise answered(call, response.status, response.data or b"", response.headers)
        try:
            told: Json = json.loads(response.data)
        except ValueError as error:
            raise lost(call, "answered something that is no JSON") from error
        return told

    def _loaded(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _client(self._kubeconfig, self.limits.threads)
            return self._client


def _client(kubeconfig: str, threads: int) -> Any:
    from kubernetes.client import ApiClient, Configuration  # noqa: PLC0415 - 0.3 s, so only when it is first used

    configuration = Configuration()
    _configure(configuration, kubeconfig)
    configuration.retries = False  # the engine tries again, and knows what it has done
    configuration.connection_pool_maxsize = threads
    return ApiClient(configuration)


def _configure(configuration: Any, kubeconfig: str) -> None:
    from kubernetes import config  # noqa: PLC0415 - as above
    from yaml import YAMLError  # noqa: PLC0415 - as above

    loader: Any = config
    broken = (config.ConfigException, YAMLError, OSError, AttributeError, KeyError, TypeError, ValueError)
    if not kubeconfig:
        try:
            loader.load_incluster_config(client_configuration=configuration)
        except broken as error:
            raise Barred(
                f"No cluster is configured: KUBECONFIG is not set, and this is no pod of one ({error}). "
                "Nothing was changed.",
                "Set KUBECONFIG to the path of a kubeconfig.",
            ) from error
        return
    paths = [Path(each).expanduser() for each in kubeconfig.split(os.pathsep) if each]
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise Barred(
            f"There is no kubeconfig at {', '.join(missing)}. Nothing was changed.", "Correct KUBECONFIG, or make it."
        )
    try:
        found = os.pathsep.join(map(str, paths))
        loader.load_kube_config(found, client_configuration=configuration, persist_config=False)
    except broken as error:
        raise Barred(
            f"The kubeconfig {kubeconfig} cannot be used: {' '.join(str(error).split())[:300]}. Nothing was changed.",
            "Check it with `kubectl --kubeconfig … config view`.",
        ) from error


def _failures() -> tuple[type[Exception], ...]:
    """What a call may end in without an answer; the package's own errors stand for TLS and for credentials."""
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 - as above
    from kubernetes.config import ConfigException  # noqa: PLC0415 - as above
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

    return ApiException, ConfigException, HTTPError, OSError


def _headers(call: Call) -> dict[str, str]:
    return {"Accept": "application/json", **({"Content-Type": _MERGE} if call.verb == "patch" else {})}
