"""Bring every service back to its baseline, as one plan."""

from typing import ClassVar

from bot.runbook import Act, Ask, Facts, Level, Offers, Plan, Risk, Runbook, Undo, note
from bot.world import k8s
from bot.world.bot import TheCatalogue
from bot.world.catalogue import Service

Sizes = tuple[tuple[Service, k8s.Size], ...]


class ScaleBaseline(Runbook[Sizes]):
    """Bring every service to its baseline of replicas.

    The services that are there already are left alone. If one does not become ready, all are put back.
    """

    command: ClassVar[str] = "scale baseline"

    async def look(self, ask: Ask) -> Sizes:
        catalogue = await ask(TheCatalogue())
        here = [service for service in catalogue if self.place in service.deployments]
        return tuple([(service, await ask(k8s.SizeOf(service.at(self.place)))) for service in here])

    def plan(self, now: Sizes) -> Plan | Offers:
        off = [(service, size) for service, size in now if size.wanted != service.baseline]
        if not off:
            return Offers("Every service is at its baseline: nothing to do.")
        owned = [size.autoscaler.ref.name for _, size in off if size.autoscaler]
        return Plan(
            f"Scale {', '.join(service.name for service, _ in off)} to the baseline",
            risk=Risk(Level.LOW, "the baseline is where the services belong"),
            steps=tuple(_step(service.at(self.place), service.baseline, size.wanted) for service, size in off),
            places=frozenset({self.place}),
            shows=(
                Facts(tuple((s.name, f"{size.wanted} → {s.baseline}") for s, size in off)),
                *([note(f"{', '.join(owned)} may raise the number again when the load asks for it.")] if owned else []),
            ),
        )


def _step(deployment: k8s.Deployment, baseline: int, before: int) -> Act:
    return Act(
        do=k8s.SetReplicas(deployment, baseline),
        until=k8s.Ready(deployment, baseline),
        undo=Undo(k8s.SetReplicas(deployment, before), k8s.Ready(deployment, before)),
    )
