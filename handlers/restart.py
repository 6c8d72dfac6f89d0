"""Restart a service: new pods of the same template, one after the other."""

from bot.runbook import Act, Ask, Facts, Level, Never, Offers, Plan, Refusal, Risk, Runbook, arg, minutes
from bot.world import k8s
from bot.world.catalogue import Service


class Restart(Runbook[k8s.Size]):
    """Replace all pods of a service by new ones, a few at a time.

    Waits until all are replaced and ready. There is nothing to take back: the new pods run what the old ones ran.
    """

    service: Service = arg("what to restart", example="bridge")

    @property
    def deployment(self) -> k8s.Deployment:
        return self.service.at(self.place)

    async def look(self, ask: Ask) -> k8s.Size:
        size = await ask(k8s.SizeOf(self.deployment))
        if size.paused:
            raise Refusal(
                f"The rollout of {self.deployment} is paused, so a restart would do nothing.",
                "Somebody must resume it first (kubectl rollout resume). Nothing was changed.",
            )
        return size

    def plan(self, now: k8s.Size) -> Plan | Offers:
        if now.wanted == 0:
            return Offers(f"There are no replicas of {self.service}, so there is nothing to restart.")
        mark = self.request.case
        where = "" if self.place == "production" else f" in {self.place}"
        return Plan(
            f"Restart {self.service}{where}",
            risk=Risk(Level.MEDIUM, "every pod is replaced while it serves"),
            steps=(
                Act(
                    do=k8s.Restart(self.deployment, mark),
                    until=k8s.RolledOut(self.deployment, mark),
                    undo=Never("the old pods are gone, and the new ones run the same"),
                    within=minutes(10),
                ),
            ),
            places=frozenset({self.place}),
            shows=(Facts((("Now", f"{now.ready} of {now.wanted} ready"),)),),
        )
