"""A table of an API's methods: what is full can be relied upon, what is partial says what is missing."""

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

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


def full(verb: str, path: str) -> Method:
    """All of it is there."""
    return Method(verb, path, Extent.FULL)


def partial(verb: str, path: str, missing: str) -> Method:
    """Some of it is there."""
    return Method(verb, path, Extent.PARTIAL, missing)


def absent(verb: str, path: str) -> Method:
    """Nothing of it is there, and whoever asks is told so."""
    return Method(verb, path, Extent.ABSENT, "It is not served.")
