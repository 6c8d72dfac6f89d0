"""The connection to one cluster: its configuration, its time limits, its threads."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.errors import Refusal, Unknown

T = TypeVar("T")
log = logging.getLogger(__name__)

_CONNECT, _READ = 3.0, 10.0  # seconds; a call that takes longer is not waited for
_LIMIT = 15.0  # seconds for a whole call, whatever the sockets do


class Connection:
    """Blocking calls in threads of its own. The package is imported when it is first used: that takes 0.4 s."""

    def __init__(self, kubeconfig: str) -> None:
        self._kubeconfig = kubeconfig
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="kubernetes")

    async def call(self, work: Callable[["Api"], T], what: str, writes: bool = False) -> T:
        """Do a piece of work. Raises ``Away``, ``Unknown`` or ``Refusal``, with ``what`` in its sentence."""
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.run_in_executor(self._threads, self._run, work, what, writes), _LIMIT)
        except TimeoutError as late:
            raise Unknown(f"The cluster gave no answer about {what} in {_LIMIT:.0f} s.") from late

    def _run(self, work: Callable[["Api"], T], what: str, writes: bool) -> T:
        api = self._api
        from bot.clients.kubernetes.errors import translate  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s

        try:
            return work(api)
        except (Refusal, Unknown):
            raise
        except Exception as error:
            told = translate(error, what, writes)
            if told is error:
                raise
            log.info("the cluster on %s: %s", what, error)
            raise told from error

    @cached_property
    def _api(self) -> "Api":
        return Api(self._kubeconfig)


class Api:
    """The parts of the official client that are used. Raises ``Refusal`` when there is no usable configuration."""

    def __init__(self, kubeconfig: str) -> None:
        from kubernetes import client, config  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s
        from kubernetes.config.config_exception import ConfigException  # noqa: PLC0415 - imported when it is first used: it takes 0.4 s

        configuration = client.Configuration()
        try:
            if kubeconfig:
                if not Path(kubeconfig).expanduser().is_file():
                    raise Refusal(
                        f"There is no kubeconfig at {kubeconfig}.", "KUBECONFIG names it. Nothing was changed."
                    )
                _untyped(config).load_kube_config(kubeconfig, client_configuration=configuration)
            else:
                _untyped(config).load_incluster_config(client_configuration=configuration)
        except ConfigException as error:
            raise Refusal(
                f"No cluster is configured: {error}.", "KUBECONFIG names one. Nothing was changed."
            ) from error
        configuration.retries = False  # the engine tries again, and knows what it has done
        api = client.ApiClient(configuration)
        # Their answers are typed as if every field could be absent; what is read of them is always there.
        self.core: Any = client.CoreV1Api(api)
        self.apps: Any = client.AppsV1Api(api)
        self.scaling: Any = client.AutoscalingV2Api(api)


def _untyped(module: Any) -> Any:
    return module


#: Goes with every call.
LIMITS: dict[str, Any] = {"_request_timeout": (_CONNECT, _READ)}
