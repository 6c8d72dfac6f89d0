"""How bad an incident is by what is told of it, and so who is called when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.alert import Alert, Group
from bot.domain.duty import Ladder
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_card import first, words_of
from bot.domain.incident_event import Assessed, Fired, Retold
from bot.domain.meaning import Find, Meaning, Meanings, title_of
from bot.domain.telling import worsens
from bot.engine.cases import Cases


class Assessing:
    """Says what alerts mean when they begin, when they join others, and when they say something else."""

    def __init__(self, cases: Cases, meanings: Meanings, ladder: Ladder, find: Find) -> None:
        self._cases = cases
        self._meanings = meanings
        self._ladder = ladder
        self._find = find

    def first(self, meaning: Meaning, now: datetime) -> Assessed:
        """What an incident means that begins so; its ladder counts since ``now``."""
        rungs = self._ladder.rungs(meaning.severity, meaning.security, now)
        places = self._meanings.places(meaning.severity)
        return Assessed(now, severity=meaning.severity, security=meaning.security, rungs=rungs, places=places)

    async def meant(self, incident: Incident, group: Group, events: Sequence[Event], now: datetime) -> list[Event]:
        """These events of a group, with what its alerts say of how bad it is, and of what it is about."""
        events = self._worth_writing(incident, events)
        if not any(isinstance(event, Fired | Retold) for event in events):
            return events
        history = await self._cases.journal.events(incident.id)
        told = [alert for event in history if isinstance(event, Fired | Retold) for alert in event.alerts]
        known = self._meanings.of(told, self._find)
        joined = events[0]
        if not incident.seen and isinstance(joined, Fired):
            # PagerDuty was quicker: only now it is known what it is about.
            meaning = self._meanings.of(joined.alerts, self._find)
            joined = replace(joined, title=title_of(group, meaning.service), service=meaning.service)
            said = [event for event in history if isinstance(event, Assessed)]
            if not any(event.by.id for event in said):
                return [self.first(meaning, now), joined, *events[1:]]
            known = Meaning(said[0].severity)
        return self._worsened(incident, known, [joined, *events[1:]], now)

    def _worth_writing(self, incident: Incident, events: Sequence[Event]) -> list[Event]:
        """These events, without what alerts say now that nobody sees, and that makes nothing worse or better.

        A large group that is told every few minutes would fill the journal.
        """
        after = incident
        for event in events:
            after = after.after(event)
        shown = {alert.fingerprint for alert in first(after)}

        def says_more(alert: Alert) -> bool:
            known = incident.alerts[alert.fingerprint]
            seen = alert.fingerprint in shown and words_of(alert) != words_of(known)
            return seen or self._meanings.of([alert], self._find) != self._meanings.of([known], self._find)

        made: list[Event] = []
        for event in events:
            if not isinstance(event, Retold):
                made.append(event)
            elif more := tuple(filter(says_more, event.alerts)):
                made.append(replace(event, alerts=more))
        return made

    def _worsened(self, incident: Incident, known: Meaning, events: Sequence[Event], now: datetime) -> list[Event]:
        """These events, each with what became worse by it behind it."""
        made: list[Event] = []
        for event in events:
            made.append(event)
            incident = incident.after(event)
            if not isinstance(event, Fired | Retold):
                continue
            meaning = self._meanings.of(event.alerts, self._find)
            worse = worsens(incident, known, meaning)
            known = replace(known, severity=min(known.severity, meaning.severity, key=lambda each: each.value))
            if worse is not None:
                # As when a person says so: whoever was told of it is not told again, and it counts since it began.
                rungs = self._ladder.reassessed(replace(incident, security=worse.security), worse.severity, now)
                because = self._because(event, meaning)
                made.append(replace(self.first(worse, now), because=because, rungs=rungs))
                incident = incident.after(made[-1])
        return made

    def _because(self, event: Fired | Retold, meaning: Meaning) -> str:
        if isinstance(event, Fired):
            names = dict.fromkeys(alert.name for alert in event.alerts)
            return f"{', '.join(names)} {'fires' if len(event.alerts) == 1 else 'fire'} too"[:200]
        # Others may say something else, too, and are no worse by that.
        worst = [each for each in event.alerts if self._meanings.of([each], self._find).severity is meaning.severity]
        names = dict.fromkeys(alert.name for alert in worst)
        return f"{', '.join(names)} {'has' if len(worst) == 1 else 'have'} become worse"[:200]
