"""What can be broken, and healed again, while the server runs."""

from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with one service (named by its Deployment)."""

    IMAGE = "image"  # its image cannot be pulled
    CRASH = "crash"  # its process ends with exit code 1
    OOM = "oom"  # its process is killed for its memory, exit code 137
    PROBE = "probe"  # it runs, and its readiness probe fails
    ROOM = "room"  # no node has room for it
    QUOTA = "quota"  # its namespace's quota is used up
    SLOW = "slow"  # it takes ten times as long to become ready


class Outage(StrEnum):
    """What can be wrong with the API server itself."""

    AWAY = "away"  # connections are closed without an answer
    SLOW_API = "slow-api"  # answers come late, by real time
    ERRORS = "errors"  # 500
    THROTTLE = "throttle"  # 429 with Retry-After
    FORBID = "forbid"  # 403 for every write
    UNAUTHORIZED = "unauthorized"  # 401 for everything


class Breakages:
    """Which switches are on."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str], set[Fault]] = {}
        self.outages: set[Outage] = set()
        #: How long an answer takes under ``SLOW_API``, in seconds of real time.
        self.slow_seconds = 30.0
        #: What ``THROTTLE`` says in ``Retry-After``, in seconds.
        self.retry_after = 1

    def switch(self, fault: Fault, namespace: str, name: str, *, on: bool) -> None:
        """Break or heal one service."""
        faults = self._faults.setdefault((namespace, name), set())
        if on:
            faults.add(fault)
        else:
            faults.discard(fault)

    def has(self, fault: Fault, namespace: str, name: str) -> bool:
        """Whether the switch is on for that service."""
        return fault in self._faults.get((namespace, name), ())

    def of(self, namespace: str, name: str) -> list[str]:
        """Which switches are on for that service, as the panel shows them."""
        return sorted(str(fault) for fault in self._faults.get((namespace, name), ()))

    def switch_outage(self, outage: Outage, *, on: bool) -> None:
        """Break or heal the API server."""
        if on:
            self.outages.add(outage)
        else:
            self.outages.discard(outage)
