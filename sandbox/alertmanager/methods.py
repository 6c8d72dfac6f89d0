"""How much of each API method the server has: what is full can be relied upon, what is partial says what is missing."""

from dataclasses import dataclass
from enum import StrEnum


class Extent(StrEnum):
    """How much of a method is there."""

    FULL = "full"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True)
class Method:
    """One HTTP method on one address."""

    verb: str
    path: str
    extent: Extent
    #: What is missing, in a sentence; empty when it is full.
    missing: str = ""


def _full(verb: str, path: str) -> Method:
    return Method(verb, path, Extent.FULL)


def _partial(verb: str, path: str, missing: str) -> Method:
    return Method(verb, path, Extent.PARTIAL, missing)


def _absent(verb: str, path: str) -> Method:
    return Method(verb, path, Extent.ABSENT, "It is not served.")


_FILTER = "Nothing is inhibited or unprocessed; filters have the form from before UTF-8 names, one matcher in each."

METHODS = (
    _full("GET", "/-/healthy"),
    _full("GET", "/-/ready"),
    _partial("POST", "/-/reload", "There is no file to read again; it always goes well."),
    *(_full(verb, "/api/v1/{path:path}") for verb in ("GET", "POST", "DELETE")),
    _partial("GET", "/api/v2/status", "No cluster; the configuration is the part that there is."),
    _full("GET", "/api/v2/receivers"),
    _partial("GET", "/api/v2/alerts", _FILTER),
    _partial("POST", "/api/v2/alerts", "Names as Prometheus 2 has them, without other UTF-8; no limit of size."),
    _partial("GET", "/api/v2/alerts/groups", _FILTER),
    _partial("GET", "/api/v2/silences", _FILTER),
    _partial("POST", "/api/v2/silences", "What is wrong with a regular expression is said in Python's words."),
    _full("GET", "/api/v2/silence/{silence_id}"),
    _full("DELETE", "/api/v2/silence/{silence_id}"),
    _absent("GET", "/metrics"),
    _absent("GET", "/"),
    _absent("GET", "/api/v2/openapi.json"),
)
"""Every method that the server has, and those that a reader may look for in vain. All of ``/api/v1`` answers 410.

Of the configuration there are one route and one receiver with any number of webhooks and PagerDuty keys. No inhibition,
no time intervals, no templates of one's own, no cluster, no storage. Times have microseconds where Go has nanoseconds.
A clock that was moved makes one flush of a group, and not all that would have been. The waits between attempts have no
randomness.
"""
