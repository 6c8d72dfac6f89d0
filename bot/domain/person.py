"""People: who they are and which roles they hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.record import record


@record("who")
class Who:
    """Somebody as the journal remembers them: the name under which ``config/`` knows them, and how they are called.

    ``id`` is empty for the bot itself, and ``door:account`` for somebody whom ``config/`` does not know.
    """

    id: str
    name: str

    def __str__(self) -> str:
        return self.name


BOT = Who("", "Aureus")


@dataclass(frozen=True)
class Person:
    """Somebody whom ``config/`` knows."""

    id: str
    name: str
    email: str
    roles: frozenset[str]
    slack: str = ""

    @property
    def who(self) -> Who:
        return Who(self.id, self.name)


#: Roles that PagerDuty's schedules fill, by the level of its escalation policy; ``config/`` says who holds the others.
ON_CALL: Mapping[str, int] = {"on-call": 1, "secondary": 2}

_SPOKEN = {
    "ciso": "CISO",
    "cto": "CTO",
    "devops-manager": "DevOps manager",
    "on-call-lead": "on-call lead",
    "on-call": "on-call",
}


def roles(names: frozenset[str], between: str = " or ") -> str:
    """Roles as people say them: ``engineering manager or on-call lead``."""
    return between.join(sorted(_SPOKEN.get(name, name.replace("-", " ")) for name in names))


class People:
    """All whom ``config/`` knows."""

    def __init__(self, people: Iterable[Person], roles: Iterable[str] = ()) -> None:
        self._by_id = {person.id: person for person in people}
        #: All roles that there are, whether somebody holds them or not.
        self.roles = frozenset(roles).union(ON_CALL, *(person.roles for person in self._by_id.values()))

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def get(self, id_: str) -> Person | None:
        return self._by_id.get(id_)

    def by_slack(self, account: str) -> Person | None:
        return next((p for p in self._by_id.values() if account and p.slack == account), None)

    def by_email(self, email: str) -> Person | None:
        return next((p for p in self._by_id.values() if email and p.email.lower() == email.lower()), None)

    def holding(self, roles: frozenset[str]) -> frozenset[str]:
        """The ids of those who hold one of the roles."""
        return frozenset(p.id for p in self._by_id.values() if p.roles & roles)
