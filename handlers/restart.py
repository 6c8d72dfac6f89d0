"""Restart a service: new pods of the same template, one after the other."""

from dataclasses import dataclass

from bot.runbook import Act, Ask, Facts, Level, Never, Offers, Plan, Refusal, Risk, Runbook, Undo, arg, minutes
from bot.world import k8s
from bot.world.catalogue import Service


@dataclass(frozen=True)
class Now:
    """What a restart needs to know."""

    size: k8s.Size
    #: To be put back when the new pods do not become ready.
    template: str


class Restart(Runbook[Now]):
    """Replace all pods of a service by new ones, a few at a time.

    Waits until all are replaced and ready; if they are not in ten minutes, the old template is put back, so that the
    pods that still run are kept. Afterwards there is nothing to take back: the new pods run what the old ones ran.
    """

    service: Service = arg("what to restart", example="bridge")

    @property
    def deployment(self) -> k8s.Deployment:
        return self.service.at(self.place)

    async def look(self, ask: Ask) -> Now:
        size = await ask(k8s.SizeOf(self.deployment))
        if size.paused:
            raise Refusal(
                f"The rollout of {self.deployment} is paused, so a restart would do nothing.",
                "Somebody must resume it first (kubectl rollout resume). Nothing was changed.",
            )
        return Now(size, await ask(k8s.TemplateOf(self.deployment)))

    def plan(self, now: Now) -> Plan | Offers:
        if now.size.wanted == 0:
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
                    undo=Undo(
                        k8s.SetTemplate(self.deployment, now.template),
                        k8s.TemplateIs(self.deployment, now.template),
                    ),
                    # Taking back a restart that worked would only be one more restart.
                    later=Never("the old pods are gone, and the new ones run the same"),
                    within=minutes(10),
                ),
            ),
            places=frozenset({self.place}),
            shows=(Facts((("Now", f"{now.size.ready} of {now.size.wanted} ready"),)),),
        )
