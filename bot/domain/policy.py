"""Policy: who may ask, and who must agree, decided from a table that ``config/`` holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.gate import Gate, Seat
from bot.domain.person import People, Person
from bot.domain.plan import Risk


@dataclass(frozen=True)
class Rule:
    """A line of the table: where it applies, and the seats that it asks for. An empty set applies everywhere."""

    commands: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    #: Roles whose holders confirm their own run; anybody else needs one of them.
    own: frozenset[str] = frozenset()
    #: Each set of roles is a seat for somebody other than the asker.
    needs: tuple[frozenset[str], ...] = ()
    reason: bool = False
    expires: timedelta | None = None

    def fits(self, command: str, place: str, risk: Risk) -> bool:
        return (
            (not self.commands or command in self.commands)
            and (not self.places or place in self.places)
            and (not self.levels or risk.level.value in self.levels)
            and (not self.kinds or bool(self.kinds & risk.kinds))
        )


@dataclass(frozen=True)
class Policy:
    """Everything about who may and who must."""

    #: Who may ask for what only reads, and for what changes; ``anyone`` is everybody whom ``config/`` knows.
    read: frozenset[str]
    change: frozenset[str]
    #: Other roles for single commands.
    commands: Mapping[str, frozenset[str]]
    #: The first that fits a place gives its seats.
    seats: tuple[Rule, ...]
    #: All that fit add theirs.
    also: tuple[Rule, ...]
    #: How long after the end of a run its undo is covered by what was agreed.
    undo_covered: timedelta = timedelta(minutes=30)
    expires: timedelta = timedelta(hours=1)

    def may(self, person: Person, command: str, changes: bool) -> bool:
        """Whether this person may ask for the command."""
        roles = self.roles_for(command, changes)
        return "anyone" in roles or bool(roles & person.roles)

    def roles_for(self, command: str, changes: bool) -> frozenset[str]:
        return self.commands.get(command, self.change if changes else self.read)

    @property
    def agreeing(self) -> frozenset[str]:
        """Whoever has a seat in some gate."""
        rules = (*self.seats, *self.also, _CLOSED)
        return frozenset[str]().union(*(seat for rule in rules for seat in (rule.own, *rule.needs)))

    def gate(
        self,
        command: str,
        risk: Risk,
        places: frozenset[str],
        asker: str,
        people: People,
    ) -> Gate:
        """The gate of a plan. Seats of several places add up; the asker never fills a seat that is not ``own``."""
        rules: list[Rule] = []
        for place in sorted(places):
            first = next((rule for rule in self.seats if rule.fits(command, place, risk)), None)
            rules += [first] if first else [_CLOSED]
            rules += [rule for rule in self.also if rule.fits(command, place, risk)]
        seats: list[Seat] = []
        for rule in rules:
            for seat in _seats(rule, asker, people):
                if seat not in seats:
                    seats.append(seat)
        times = [rule.expires for rule in rules if rule.expires]
        return Gate(
            tuple(seats),
            expires=min(times, default=self.expires),
            reason=any(rule.reason for rule in rules),
            because=f"{risk.level.value} risk in {' and '.join(sorted(places))}",
        )


#: The gate of what was agreed to before, with what it takes back.
COVERED = Gate(because="covered by the agreement to what it takes back")

#: Where the table says nothing, an Engineering Manager must agree: a gap in a policy must not be an open door.
_CLOSED = Rule(needs=(frozenset({"engineering-manager"}),), reason=True)


def _seats(rule: Rule, asker: str, people: People) -> list[Seat]:
    seats = []
    if rule.own:
        holders = people.holding(rule.own)
        own = asker in holders
        seats.append(Seat(rule.own, own, frozenset({asker}) if own else holders - {asker}))
    seats += [Seat(roles, people=people.holding(roles) - {asker}) for roles in rule.needs]
    return seats


def still_covered(policy: Policy, done_at: datetime | None, now: datetime) -> bool:
    """Whether an undo that is asked for now is covered by what was agreed for the run that it takes back."""
    return done_at is not None and now - done_at <= policy.undo_covered
