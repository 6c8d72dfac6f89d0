"""How the services are."""

from typing import Any

from bot.runbook import Away, Item, Items, Lookup, Mark, Question, Report, Seen, Text, Tone, arg, note, text
from bot.world import k8s
from bot.world.bot import Paused, TheCatalogue
from bot.world.catalogue import Catalogue, Service


class Status(Lookup):
    """Show how the services are: pods, autoscaler, image, and what troubles them."""

    service: Service | None = arg("one service only", example="bridge", default=None)

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        catalogue = seen.get(TheCatalogue())
        if not isinstance(catalogue, Catalogue):
            return TheCatalogue(), Paused()
        return tuple(k8s.HealthOf(service.at(self.place)) for service in self._services(catalogue))

    def tell(self, seen: Seen) -> Report:
        catalogue = seen.get(TheCatalogue())
        if not isinstance(catalogue, Catalogue):
            return Report("The services are being looked at.", parts=(text("Looking …"),))
        services = self._services(catalogue)
        healths = [seen.get(k8s.HealthOf(service.at(self.place))) for service in services]
        items = [_item(service, health) for service, health in zip(services, healths, strict=True)]
        bad = [item for item in items if item.mark in (Mark.BAD, Mark.WARN)]
        asked = any(item.mark is Mark.NOW for item in items)
        unreached = bool(healths) and all(isinstance(health, Away) for health in healths)
        word = (
            "still being looked at"
            if asked
            else "the cluster cannot be reached"
            if unreached
            else "in trouble"
            if bad and self.service
            else f"{len(bad)} with trouble"
            if bad
            else "all well"
        )
        paused = seen.get(Paused())
        notes = (
            (note(f"The bot is paused – {paused}. Nothing changes the world."),)
            if isinstance(paused, str) and paused
            else ()
        )
        what = f"{self.service} in {self.place}" if self.service else self.place.capitalize()
        title = f"{what}: {word}"
        tone = Tone.RUNNING if asked else Tone.WARN if bad else Tone.GOOD
        return Report(f"{title}.", title, tone, (Items(tuple(items)), *notes))

    def _services(self, catalogue: Catalogue) -> list[Service]:
        services = [self.service] if self.service else list(catalogue)
        return [service for service in services if self.place in service.deployments]


def _item(service: Service, health: k8s.Health | Away | None) -> Item:
    if health is None:
        return Item(Mark.NOW, text(service.name), "being asked")
    if isinstance(health, Away):
        return Item(Mark.WARN, text(service.name), health.because)
    size, owner = health.size, health.size.autoscaler
    scaling = f", {owner.ref.name} {owner.least}–{owner.most}{'' if owner.active else ' (off)'}" if owner else ""
    image = ", ".join(image.rpartition("/")[2] for image in health.images)
    head = f" – {size.ready} of {size.wanted} ready{scaling}, {image}, revision {health.revision}"
    mark = (
        Mark.GOOD
        if size.ready == size.wanted > 0 and not health.troubles
        else Mark.BAD
        if size.ready == 0
        else Mark.WARN
    )
    rolling = ["a rollout is under way"] if health.rolling else []
    return Item(mark, Text((service.name, head)), "; ".join([*rolling, *health.troubles[:3]]))
