"""Cases: whatever has a life of its own and a card. Journal, alarms, claims and screen know only this."""

from datetime import datetime
from typing import Protocol, Self

from bot.domain.event import Event
from bot.domain.request import Request


class Impossible(Exception):
    """The event has no place in the life of this case as it stands."""


class Case(Protocol):
    """The fold of the events of one case."""

    @property
    def id(self) -> str: ...

    @property
    def position(self) -> int:
        """How many events it is made of; an append names it, and is refused when it is no longer true."""

    @property
    def request(self) -> Request: ...

    @property
    def over(self) -> bool:
        """Whether nothing will happen any more unless somebody asks for it."""

    @property
    def due(self) -> datetime | None:
        """When somebody must look at it again, whatever else happens; ``None``: only when something happens."""

    def after(self, event: Event) -> Self:
        """The case after an event. Raises ``Impossible``."""
