"""What is operated: the services by the names that people type, and where each runs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.plan import Level, Risk
from bot.world.k8s import Deployment


@dataclass(frozen=True)
class Service:
    """One service of the platform. Nothing else in the code knows a deployment's name."""

    name: str
    aliases: tuple[str, ...]
    #: Its Deployment in each place (``production``, ``staging``); none where alerts are about it and nothing scales it.
    deployments: Mapping[str, Deployment]
    baseline: int
    #: What it is for, in a few words.
    about: str = ""
    #: Without it nothing is signed: taking it away is a matter of security.
    signs: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    def at(self, place: str) -> Deployment:
        """Its Deployment in a place. Raises ``LookupError`` when it does not run there."""
        if place not in self.deployments:
            raise LookupError(f"{self.name} does not run in {place}")
        return self.deployments[place]

    def risk_at(self, replicas: int) -> Risk:
        """How risky so many replicas are: by how far that is from the baseline."""
        if replicas == 0:
            kinds = frozenset({"infrastructure", "security"} if self.signs else {"infrastructure"})
            return Risk(Level.HIGH, f"nothing of {self} is left running", kinds)
        if self.baseline <= replicas <= 2 * self.baseline:
            return Risk(Level.LOW, f"between the baseline ({self.baseline}) and twice of it")
        far = "below" if replicas < self.baseline else "more than twice"
        return Risk(Level.MEDIUM, f"{far} the baseline ({self.baseline})")

    def __str__(self) -> str:
        return self.name


class Catalogue:
    """All services, and the places that the bot looks after."""

    def __init__(self, services: Iterable[Service], places: Mapping[str, str]) -> None:
        self._services = tuple(services)
        #: Namespace by place.
        self.places = dict(places)

    def __iter__(self) -> Iterator[Service]:
        """Those that run somewhere, so that something can be done to them."""
        return (service for service in self._services if service.deployments)

    def find(self, name: str) -> Service | None:
        """The service of this name, alias or Deployment, whatever its capitals."""
        name = name.lower()
        for service in self._services:
            names = {service.name, *service.aliases, *(d.name for d in service.deployments.values())}
            if name in {each.lower() for each in names}:
                return service
        return None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(service.name for service in self)
