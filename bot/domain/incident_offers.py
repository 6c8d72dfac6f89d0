"""What can be pressed on the card of an incident: a function of the incident, too."""

from collections.abc import Iterable

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_state import Stage
from bot.domain.offer import Choice, Choices, Look, Offer
from bot.domain.person import ON_CALL, People, roles

_WHY = "Why is more help needed?"
_DUTY = "On-call and secondary are those of PagerDuty's schedules."


def offers(incident: Incident, people: People, taking: bool = False) -> tuple[Offer, ...]:
    """What can be pressed as it stands. ``taking``: somebody takes it, and PagerDuty has not confirmed it yet."""
    id_ = incident.id
    wider = (
        Offer("Note", f"note {id_}", asks="What is to be written into the timeline?"),
        _severity(incident),
        _escalate(incident, people),
    )
    resolve = Offer(
        "Resolve", f"resolve {id_} because", asks=f"{_firing(incident)}What was the cause, and what was done?"
    )
    over = Offer("Take over", f"acknowledge {id_} over")
    match incident.stage:
        case Stage.OPEN if taking:
            return (*wider, over, resolve)
        case Stage.OPEN:
            return (Offer("Acknowledge", f"acknowledge {id_}", look=Look.GOOD), *wider, resolve)
        case Stage.TAKEN:
            still = (Offer("Still at it", f"note {id_}", look=Look.GOOD),) if incident.answer_by else ()
            return (*still, *wider, over, Offer(resolve.label, resolve.words, resolve.asks, Look.GOOD))
    document = Offer("Document", f"postmortem {id_}")
    if incident.cause:
        return (
            wider[0],
            Offer("Cause", resolve.words, "What was the cause after all? It replaces what was said."),
            document,
        )
    return Offer("Cause", resolve.words, resolve.asks), wider[0], document


def once_offered(incident: Incident) -> tuple[Offer, ...]:
    """What its card offers in other moments of this stage, or did in older releases: it still means what it says."""
    id_ = incident.id
    help_ = (Offer("", f"escalate {id_} because", asks=_WHY),)
    match incident.stage:
        case Stage.OPEN:
            return (Offer("", f"acknowledge {id_}"), Offer("", f"acknowledge {id_} over"), *help_)
        case Stage.TAKEN:
            return help_
    return ()


def _firing(incident: Incident) -> str:
    """What whoever ends it is to know before: that it may be too soon."""
    count = 0 if incident.over else len(incident.alerts)
    if not count:
        return ""
    still = f"{count} of its alerts still fire" if count > 1 else "Its alert still fires"
    return f"{still}: what does not end by itself comes back as a new incident. "


def _severity(incident: Incident) -> Offer:
    now = incident.severity
    among = tuple(Choice(f"{each.value}, {each.word}", each.value.lower()) for each in Severity if each is not now)
    choices = Choices(f"How bad is it? It is {now.value}, {now.word}, now.", among)
    asks = "Why is it so?"
    return Offer("Severity", f"severity {incident.id}", asks, choices=choices, before="because", optional=True)


def _escalate(incident: Incident, people: People) -> Offer:
    """Whom a call for help reaches is chosen; next are those whom the ladder has not called yet.

    Whoever has the incident is most likely the one who asks, and is no help to themselves.
    """
    held = [each for each in incident.further if _holders(incident, people, each)]
    waiting = [each for each in held if not each <= incident.told and not _only_theirs(incident, people, each)]
    ladder = (role for rung in incident.rungs for role in sorted(rung.roles))
    singles = (frozenset({role}) for role in (*ladder, *sorted(incident.told)))
    among = [each for each in dict.fromkeys((*waiting[:1], *singles, *held)) if _holders(incident, people, each)]
    by_duty = not incident.unpaged and any(each & ON_CALL.keys() for each in among)
    choices = Choices(
        f"Who is called? {_DUTY}" if by_duty else "Who is called?",
        tuple(_choice(incident, people, each) for each in among),
        chosen=_words(waiting[0]) if waiting else "",
    )
    words = f"escalate {incident.id}"
    return Offer("Escalate", words, _WHY, choices=choices if choices.among else None, before="because")


def _choice(incident: Incident, people: People, called: frozenset[str]) -> Choice:
    again = " (told already)" if called <= incident.told else ""
    return Choice(f"{roles(called, ' and ')}: {_holders(incident, people, called)}{again}", _words(called))


def _words(called: Iterable[str]) -> str:
    return f"to {','.join(sorted(called))}"


def _only_theirs(incident: Incident, people: People, called: frozenset[str]) -> bool:
    """Whether whoever has the incident is the one person who holds these roles."""
    holding = {person.id for person in people if person.roles & called}
    return incident.holder is not None and holding == {incident.holder.id}


def _holders(incident: Incident, people: People, called: frozenset[str]) -> str:
    """Who holds the roles; "" when nobody does. A form waits for nobody, so PagerDuty is not asked for it."""
    names = ", ".join(person.name for person in people if person.roles & called)
    if not names and called & ON_CALL.keys() and not incident.unpaged:
        return "who is on duty in PagerDuty"
    return names
