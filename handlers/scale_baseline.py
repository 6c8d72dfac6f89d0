"""Bring every service back to its baseline, as one plan."""

from dataclasses import dataclass
from typing import ClassVar

from bot.runbook import Act, Ask, Facts, Level, Offers, Plan, Risk, Runbook, Undo, marked, note
from bot.world import k8s
from bot.world.bot import Standing, StandingOn, TheCatalogue
from bot.world.catalogue import Service


@dataclass(frozen=True)
class One:
    """A service as it is, and what holds its number for a time."""

    service: Service
    size: k8s.Size
    held: Standing | None

    @property
    def off(self) -> bool:
        """Whether it is not at its baseline."""
        return self.size.wanted != self.service.baseline

    @property
    def kept(self) -> str:
        """Why its number stays where it is for now; empty when nothing keeps it."""
        owner = self.size.autoscaler
        if self.held is not None:
            return f"{self.held.run.id} holds it for a time (`undo {self.held.run.id}` ends that)"
        if owner is not None and owner.active and owner.least > self.service.baseline:
            return f"its autoscaler {owner.ref.name} keeps it at {owner.least} or more"
        return ""


Sizes = tuple[One, ...]


class ScaleBaseline(Runbook[Sizes]):
    """Bring every service to its baseline of replicas.

    The services that are there already are left alone, and those that are held for a time. If one does not become
    ready, all are put back.
    """

    command: ClassVar[str] = "scale baseline"

    async def look(self, ask: Ask) -> Sizes:
        catalogue = await ask(TheCatalogue())
        here = [service for service in catalogue if self.place in service.deployments]
        return tuple([await self._one(ask, service) for service in here])

    async def _one(self, ask: Ask, service: Service) -> One:
        deployment = service.at(self.place)
        size = await ask(k8s.SizeOf(deployment))
        held = await ask(StandingOn(k8s.SetReplicas(deployment, 0).touches))
        if held is None and size.autoscaler is not None:
            held = await ask(StandingOn(k8s.SetLeast(size.autoscaler.ref, 1).touches))
        return One(service, size, held)

    def plan(self, now: Sizes) -> Plan | Offers:
        off = [one for one in now if one.off and not one.kept]
        kept = [
            note(*marked(f"{one.service} stays at {one.size.wanted}: {one.kept}.").parts)
            for one in now
            if one.off and one.kept
        ]
        if not off:
            because = "Every service is at its baseline" if not kept else "Nothing can be brought to its baseline now"
            return Offers(f"{because}: nothing to do.", shows=tuple(kept))
        owned = [one.size.autoscaler.ref.name for one in off if one.size.autoscaler]
        return Plan(
            f"Scale {', '.join(one.service.name for one in off)} to the baseline",
            risk=Risk(Level.LOW, "the baseline is where the services belong"),
            steps=tuple(_step(one, one.service.at(self.place)) for one in off),
            places=frozenset({self.place}),
            shows=(
                Facts(tuple((one.service.name, f"{one.size.wanted} → {one.service.baseline}") for one in off)),
                *kept,
                *([note(f"{', '.join(owned)} may raise the number again when the load asks for it.")] if owned else []),
            ),
        )


def _step(one: One, deployment: k8s.Deployment) -> Act:
    baseline, before = one.service.baseline, one.size.wanted
    return Act(
        do=k8s.SetReplicas(deployment, baseline),
        until=k8s.Ready(deployment, baseline),
        undo=Undo(k8s.SetReplicas(deployment, before), k8s.Ready(deployment, before), one.service.risk_at(before)),
    )
