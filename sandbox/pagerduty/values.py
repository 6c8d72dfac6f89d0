"""Moments and references, as PagerDuty writes them."""

from datetime import UTC, datetime
from typing import Any, Final

from sandbox.pagerduty.records import Agent

API: Final = "https://api.pagerduty.com"


def moment(at: datetime) -> str:
    """As ``2015-10-06T21:30:42Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(at: datetime) -> str:
    """As ``2020-10-02T18:45:22.169Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """A moment out of a query; without a zone it is UTC. Raises ``ValueError`` for what is none."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def reference(site: str, agent: Agent) -> dict[str, Any]:
    """How one thing refers to another."""
    return {
        "id": agent.id,
        "type": agent.type,
        "summary": agent.summary,
        "self": f"{API}/{agent.path}",
        "html_url": f"{site}/{agent.path}",
    }


def full(site: str, agent: Agent) -> dict[str, Any]:
    """The head of a thing itself: as a reference, and of its own type."""
    return reference(site, agent) | {"type": agent.type.removesuffix("_reference")}
