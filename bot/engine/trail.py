"""The trail of an alert: every station from its beginning to its end, from the journal, the inbox and the outbox."""

import re

from bot.domain.alert import Group
from bot.domain.errors import Refusal
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired
from bot.domain.request import Notice
from bot.engine.cases import Cases
from bot.engine.incident_teller import card_keys
from bot.engine.rows import alert_name
from bot.engine.stops import NOT_YET, Told, line_key, stops
from bot.ports import Outbox
from bot.world.incidents import Stop, Way, WayOf

_ID = re.compile(r"i-[0-9a-z]{8}")
#: How far back a title is looked for, and how many that wait in the inbox are looked through.
_TITLES, _WAITING = 200, 1000


class Trail:
    """Answers ``WayOf``."""

    def __init__(self, cases: Cases, outbox: Outbox) -> None:
        self._cases = cases
        self._outbox = outbox

    async def way_of(self, question: WayOf) -> Way:
        """What became of it; ``Refusal`` where an id is of no incident."""
        name = " ".join(question.name.split())
        if _ID.fullmatch(name.lower()):
            incident = await self._cases.incident(name.lower())
            if incident is None:
                raise Refusal(f"I know no incident {name}.", "`incidents week` lists those of the last seven days.")
            return await self._way(incident, "")
        case = await self._cases.journal.named(alert_name(name))
        incident = await self._cases.incident(case) if case else None
        waiting = await self._waiting(name, incident)
        if waiting is not None:
            return waiting
        if incident is not None:
            return await self._way(incident, name)
        incident = await self._by_words(name)
        return Way() if incident is None else await self._way(incident, "", by_words=True)

    async def _waiting(self, name: str, incident: Incident | None) -> Way | None:
        """One that was received, and that nothing was made of yet."""
        seen = incident.seen if incident else frozenset()
        for notice in await self._cases.journal.untaken(limit=_WAITING):
            group = notice.tells if isinstance(notice, Notice) else None
            firing = group.firing if isinstance(group, Group) else ()
            new = [each for each in firing if alert_name(each.name) == alert_name(name) and each.firing not in seen]
            if new:
                received = Stop("Received", notice.at, ("by webhook from Alertmanager",))
                grouped = Stop("Grouped", None, (f"{NOT_YET}: it waits to be taken, and is within seconds. "
                    "If it stays so, the log of the bot says why",), trouble=True)  # fmt: skip
                return Way((Stop("Began", min(each.since for each in new)), received, grouped))
        return None

    async def _by_words(self, name: str) -> Incident | None:
        """The newest incident whose title has all of these words."""
        wanted = name.lower().split()
        for found in await self._cases.journal.list(kind="incident", limit=_TITLES):
            if wanted and all(word in found.row.command.lower() for word in wanted):
                return await self._cases.incident(found.case)
        return None

    async def _way(self, incident: Incident, name: str, by_words: bool = False) -> Way:
        events = await self._cases.journal.events(incident.id)
        at = max((at for at, event in enumerate(events) if _tells(event, name)), default=0)
        cards = card_keys(incident)
        told = await self._outbox.deliveries([*cards, line_key(incident, at)])
        sayings = {each.key: each for each in told}
        channels = [place.channel for place in incident.places]
        channels += [each.moved.channel for each in told if each.moved is not None and each.key in cards]
        way = stops(Told(incident, tuple(events), at, name, sayings))
        return Way(way, incident, by_words, tuple(dict.fromkeys(each for each in channels if each)))


def _tells(event: object, name: str) -> bool:
    """Whether this is a firing of an alert of this name."""
    alerts = event.alerts if isinstance(event, Fired) and name else ()
    return any(alert_name(each.name) == alert_name(name) for each in alerts)
