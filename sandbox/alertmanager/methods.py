"""How much of each API method the server has: what is full can be relied upon, what is partial says what is missing."""

from sandbox.methods import absent, full, partial

_FILTER = "Nothing is inhibited or unprocessed; filters have the form from before UTF-8 names, one matcher in each."

METHODS = (
    full("GET", "/-/healthy"),
    full("GET", "/-/ready"),
    partial("POST", "/-/reload", "There is no file to read again; it always goes well."),
    *(full(verb, "/api/v1/{path:path}") for verb in ("GET", "POST", "DELETE")),
    partial("GET", "/api/v2/status", "No cluster; the configuration is the part that there is."),
    full("GET", "/api/v2/receivers"),
    partial("GET", "/api/v2/alerts", _FILTER),
    partial("POST", "/api/v2/alerts", "Names as Prometheus 2 has them, without other UTF-8; no limit of size."),
    partial("GET", "/api/v2/alerts/groups", _FILTER),
    partial("GET", "/api/v2/silences", _FILTER),
    partial("POST", "/api/v2/silences", "What is wrong with a regular expression is said in Python's words."),
    full("GET", "/api/v2/silence/{silence_id}"),
    full("DELETE", "/api/v2/silence/{silence_id}"),
    absent("GET", "/metrics"),
    absent("GET", "/"),
    absent("GET", "/api/v2/openapi.json"),
)
"""Every method that the server has, and those that a reader may look for in vain. All of ``/api/v1`` answers 410.

Of the configuration there are one route and one receiver with any number of webhooks and PagerDuty keys. No inhibition,
no time intervals, no templates of one's own, no cluster, no storage. Times have microseconds where Go has nanoseconds.
A clock that was moved makes one flush of a group, and not all that would have been. The waits between attempts have no
randomness.
"""
