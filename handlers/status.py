"""How the services are."""

from collections import Counter
from datetime import datetime
from enum import Enum
from typing import Any

from bot.runbook import (
    Away,
    Item,
    Items,
    Lookup,
    Mark,
    Question,
    Report,
    Seen,
    Text,
    Tone,
    arg,
    marked,
    minutes,
    note,
    text,
)
from bot.world import k8s
from bot.world.bot import Paused, TheCatalogue
from bot.world.catalogue import Catalogue, Service

#: So long a pod that is not ready may still be starting: as long as the cluster itself waits before it gives up.
_STARTS = minutes(10)


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
        found = [_how(health, self.request.at) for health in healths]
        # What several are not known for is one trouble of their outside, and said once.
        away = Counter(health.because for health in healths if isinstance(health, Away))
        once = frozenset(because for because, times in away.items() if times > 1)
        items = [_item(*each, once) for each in zip(services, healths, found, strict=True)]
        unknown = bool(healths) and all(isinstance(health, Away) for health in healths)
        word = "not known now" if unknown else self._word(found)
        paused = seen.get(Paused())
        paused = paused if isinstance(paused, str) else ""
        what = f"{self.service} in {self.place}" if self.service else self.place.capitalize()
        title = f"{what}: {word}{', and the bot is paused' if paused else ''}"
        return Report(
            f"{title}.",
            title,
            _tone(found, bool(paused)),
            (
                *(marked(because) for because in sorted(once)),
                Items(tuple(items)),
                *((note(f"The bot is paused – {paused}. Nothing changes the world."),) if paused else ()),
            ),
        )

    def _word(self, found: list["How"]) -> str:
        """How all of them are, in the words of the title."""
        if How.ASKED in found:
            return "still being looked at"
        counts = [(how, found.count(how)) for how in (How.TROUBLE, How.STARTING, How.OFF) if how in found]
        if self.service:
            return counts[0][0].value if counts else "all well"
        many = {How.TROUBLE: "with trouble"}
        return ", ".join(f"{count} {many.get(how, how.value)}" for how, count in counts) or "all well"

    def _services(self, catalogue: Catalogue) -> list[Service]:
        services = [self.service] if self.service else list(catalogue)
        return [service for service in services if self.place in service.deployments]


class How(Enum):
    """How a service is."""

    ASKED = "being asked"
    TROUBLE = "in trouble"
    STARTING = "starting"
    OFF = "scaled to 0"
    WELL = "well"


def _how(health: k8s.Health | Away | None, now: datetime) -> How:
    if health is None:
        return How.ASKED
    if isinstance(health, Away) or health.troubles:
        return How.TROUBLE
    if health.size.wanted == 0:
        return How.OFF
    if health.size.ready == health.size.wanted:
        return How.WELL
    fresh = any(not pod.ready and (pod.started is None or now - pod.started < _STARTS) for pod in health.pods)
    return How.STARTING if health.rolling or fresh else How.TROUBLE


def _tone(found: list[How], paused: bool) -> Tone:
    if How.ASKED in found:
        return Tone.RUNNING
    if paused or How.TROUBLE in found or How.OFF in found:
        return Tone.WARN
    return Tone.RUNNING if How.STARTING in found else Tone.GOOD


def _item(service: Service, health: k8s.Health | Away | None, how: How, once: frozenset[str]) -> Item:
    if health is None:
        return Item(Mark.NOW, text(service.name), how.value)
    if isinstance(health, Away):
        return Item(Mark.WARN, text(service.name), "not known" if health.because in once else health.because)
    size, owner = health.size, health.size.autoscaler
    scaling = f", {owner.ref.name} {owner.least}–{owner.most}{'' if owner.active else ' (off)'}" if owner else ""
    image = ", ".join(image.rpartition("/")[2] for image in health.images)
    ready = f"{size.ready} of {size.wanted} ready" if size.wanted else how.value
    head = f" – {ready}{scaling}, {image}, revision {health.revision}"
    mark = {How.WELL: Mark.GOOD, How.STARTING: Mark.NOW, How.OFF: Mark.WARN}.get(
        how, Mark.WARN if size.ready else Mark.BAD
    )
    said = ["starting"] if how is How.STARTING else []
    said += ["a rollout is under way"] if health.rolling else []
    # What a pod waits for that troubles nobody yet says why it is not ready, where nothing else does.
    waits = [f"{pod.name}: {pod.trouble}" for pod in health.pods if pod.trouble and not pod.ready]
    return Item(mark, Text((service.name, head)), "; ".join([*said, *(health.troubles or waits)[:3]]))
