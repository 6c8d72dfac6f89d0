"""A small world of verbs for tests of the domain and the engine: switches that are set to a number."""

from datetime import UTC, datetime, timedelta

from bot.domain.gate import Gate, Seat
from bot.domain.person import People, Person, Who
from bot.domain.plan import ALWAYS, Act, Lasts, Level, Never, OrElse, Plan, Risk, Step, Undo
from bot.domain.record import record
from bot.domain.request import Request
from bot.domain.verb import Change, Check

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ANA, ELIF, FEMI = Who("ana", "Ana"), Who("elif", "Elif"), Who("femi", "Femi")
PEOPLE = People(
    [
        Person("ana", "Ana", "ana@aureus.example", frozenset({"team", "on-call"})),
        Person("ben", "Ben", "ben@aureus.example", frozenset({"team"})),
        Person("elif", "Elif", "elif@aureus.example", frozenset({"team", "engineering-manager"})),
        Person("femi", "Femi", "femi@aureus.example", frozenset({"team", "engineering-manager"})),
        Person("ivan", "Ivan", "ivan@aureus.example", frozenset({"cto"})),
    ]
)


@record("toy.set")
class Set(Change):
    """Set a switch to a number."""

    switch: str
    to: int

    @property
    def touches(self) -> str:
        return f"switch {self.switch}"

    def __str__(self) -> str:
        return f"Set {self.switch} to {self.to}"


@record("toy.is")
class Is(Check):
    """A switch shows a number."""

    switch: str
    number: int

    def __str__(self) -> str:
        return f"{self.switch} is {self.number}"


def act(
    name: str = "one",
    switch: str = "a",
    to: int = 1,
    before: int = 0,
    lasts: Lasts = ALWAYS,
    or_else: OrElse = OrElse.UNDO,
    forever: bool = False,
    once: bool = False,
) -> Act:
    """A step that sets a switch, and its way back; ``once``: that way back ends when the step is proved."""
    undo = Never("it cannot") if forever else Undo(Set(switch, before), Is(switch, before))
    return Act(
        Set(switch, to), Is(switch, to), undo, name=name, lasts=lasts, or_else=or_else, within=timedelta(minutes=5),
        later=Never("it is as before") if once else None,
    )  # fmt: skip


def plan(*steps: Step) -> Plan:
    return Plan("Set a switch", Risk(Level.LOW, "it is a toy"), steps or (act(),))


def request(key: str = "k", words: str = "set a 1", who: Who = ANA, of: str = "") -> Request:
    return Request(key, words, who, NOW, of=of)


OWN = Gate((Seat(frozenset({"on-call"}), own=True, people=frozenset({"ana"})),))
MANAGER = Gate((Seat(frozenset({"engineering-manager"}), people=frozenset({"elif", "femi"})),))
