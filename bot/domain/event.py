"""Events: what happened, as past participles. A case is the fold of its events, and the journal holds nothing else."""

from datetime import datetime

from bot.domain.gate import Gate
from bot.domain.person import BOT, Who
from bot.domain.plan import Offers, Plan
from bot.domain.record import record
from bot.domain.report import Report
from bot.domain.request import Request
from bot.domain.verb import Answer


@record("event")
class Event:
    """Something that happened, when, and by whom (the bot, where nobody is named)."""

    at: datetime
    by: Who = BOT


@record("requested")
class Requested(Event):
    """Stored before anything is looked at."""

    request: Request | None = None


@record("refined")
class Refined(Event):
    """Somebody chose among the offers, or said what was missing: these are the words now."""

    words: str = ""


@record("offered")
class Offered(Event):
    """There is no plan yet, but choices."""

    offers: Offers = Offers("")


@record("planned")
class Planned(Event):
    """A plan was made; ``digest`` is what people sign."""

    plan: Plan | None = None
    gate: Gate = Gate()
    digest: str = ""
    #: The command, as the catalogue knows it.
    command: str = ""


@record("agreed")
class Agreed(Event):
    """Somebody signed the digest, holding these roles."""

    digest: str = ""
    roles: frozenset[str] = frozenset()


@record("declined")
class Declined(Event):
    because: str = ""


@record("drifted")
class Drifted(Event):
    """The world is no longer as it was when people agreed: the plan is made anew, and asked for anew."""

    was: str = ""


@record("postponed")
class Postponed(Event):
    """An outside did not answer: tried again at ``until``."""

    because: str = ""
    until: datetime | None = None


@record("opened")
class Opened(Event):
    """Claims are held and the plan still fits: from here on the world may change."""


@record("started")
class Started(Event):
    """About to make (or take back) the changes of a step; written before they are made."""

    step: str = ""
    back: bool = False
    attempt: int = 1


@record("made")
class Made(Event):
    """The outside took the changes of the step."""

    step: str = ""
    back: bool = False


@record("looked")
class Looked(Event):
    """The checks of a step were looked at, and said something new."""

    step: str = ""
    back: bool = False
    answers: tuple[Answer, ...] = ()


@record("passed")
class Passed(Event):
    """All checks of the step hold."""

    step: str = ""
    back: bool = False
    answers: tuple[Answer, ...] = ()


@record("failed")
class Failed(Event):
    """The step will not come to hold."""

    step: str = ""
    back: bool = False
    because: str = ""
    #: The very first call of it was refused: nothing of it was changed.
    unmade: bool = False


@record("ticked-off")
class TickedOff(Event):
    """A person answered a check, by number within its step."""

    step: str = ""
    check: int = 0
    words: str = ""


@record("cancelled")
class Cancelled(Event):
    """Somebody stopped it: at once before it began, after the step in hand afterwards."""

    because: str = ""


@record("asked")
class Asked(Event):
    """It rests for people, because of this."""

    because: str = ""


@record("answered")
class Answered(Event):
    """Somebody chose how it goes on: ``undo``, ``keep``, ``go-on`` or ``again``."""

    choice: str = ""


@record("stumbled")
class Stumbled(Event):
    """Something nobody foresaw; ``token`` finds the line in the log. After three the case rests for people."""

    token: str = ""


@record("settled")
class Settled(Event):
    """Steps that stood by this run's doing do so no longer: another run took them back, or over."""

    steps: frozenset[str] = frozenset()
    case: str = ""
    #: Whether they were taken back; otherwise the other run goes on with them, as a hold that is extended.
    back: bool = True


@record("begotten")
class Begotten(Event):
    """A case that belongs to this one was asked for."""

    case: str = ""
    words: str = ""


@record("ended")
class Ended(Event):
    """It is over.

    ``how``: done, nothing, refused, declined, expired, cancelled, put back, failed (nothing could be put back) or kept.
    """

    how: str = ""
    because: str = ""
    hint: str = ""
    #: Whether to ask the same again may bring something else.
    again: bool = True


@record("answered-with")
class AnsweredWith(Event):
    """A lookup was answered with this, to the asker alone or where it was asked."""

    report: Report = Report("")
    private: bool = False
