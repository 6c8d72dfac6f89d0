"""Gates: who must agree before a plan is carried out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.record import record


@record("seat")
class Seat:
    """One agreement that is needed, of somebody who holds one of the roles.

    An ``own`` seat is the asker's confirmation of their own run, never an approval.
    """

    roles: frozenset[str]
    own: bool = False
    #: Who could fill it when the plan was made. Shown, and asked again when pressing; no part of the digest.
    people: frozenset[str] = frozenset()


@record("gate")
class Gate:
    """All seats must be filled by different people before ``expires`` (from the plan on). No seats: open."""

    seats: tuple[Seat, ...] = ()
    expires: timedelta = timedelta(hours=1)
    #: Whether the asker must have said why.
    reason: bool = False
    because: str = ""

    @property
    def signed(self) -> tuple[tuple[frozenset[str], bool], ...]:
        """What of the gate people sign: the roles, not who happens to hold them."""
        return tuple((seat.roles, seat.own) for seat in self.seats)

    def covers(self, other: "Gate") -> bool:
        """Whether to have passed this gate is to have passed the other: it has every seat of it, and its reason."""
        return Counter(other.signed) <= Counter(self.signed) and self.reason >= other.reason


OPEN = Gate()


def seating(seats: Sequence[Seat], agreed: Mapping[str, frozenset[str]]) -> dict[int, str]:
    """Which seat each person fills, as many as can be: a maximum matching, so that order does not matter.

    ``agreed`` maps the id of each person who agreed to the roles that they held when they did.
    """
    taken: dict[int, str] = {}

    def place(person: str, seen: set[int]) -> bool:
        for index, seat in enumerate(seats):
            if index in seen or person not in seat.people or not (seat.own or seat.roles & agreed[person]):
                continue
            seen.add(index)
            if index not in taken or place(taken[index], seen):
                taken[index] = person
                return True
        return False

    for person in agreed:
        place(person, set())
    return taken
