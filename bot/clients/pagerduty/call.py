"""One request to PagerDuty's REST API, as data: its address, and what it is for in a sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import Refusal

#: An object as the API answers it.
Json = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    #: As it goes on after "when asked to": ``acknowledge incident Q1``.
    what: str
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: Json | None = None
    #: Who makes it: an e-mail address, sent as ``From``. Only a write has one.
    as_: str = ""

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    def __str__(self) -> str:
        return self.what


def incident(id_: str) -> str:
    """The address of an incident. Raises ``Refusal`` for what is no id: it would be another address."""
    return f"/incidents/{_id(id_, 'incident')}"


def user(id_: str) -> str:
    """The address of a user. Raises ``Refusal`` for what is no id."""
    return f"/users/{_id(id_, 'user')}"


def _id(id_: str, kind: str) -> str:
    if _ID.fullmatch(id_) is None:
        raise Refusal(
            f"{id_!r} is no id of PagerDuty, so no {kind} can have it. Nothing was changed.",
            "An id is letters and digits, as at the end of the address in PagerDuty.",
        )
    return id_
