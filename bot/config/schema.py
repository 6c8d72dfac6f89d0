"""The shape of the files in ``config/``."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError


def _wrong(because: str) -> PydanticCustomError:
    # The sentence goes in as a value, since braces in it would be read as a template's.
    return PydanticCustomError("will_not_do", "{because}", {"because": because})


def _time(said: object) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})\s*(s|m|min|h|d)", str(said).strip()) if isinstance(said, str) else None
    if not found:
        raise _wrong("must be a time, such as 30m, 1h or 2d")
    seconds = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}[found[2]]
    return timedelta(seconds=int(found[1]) * seconds)


def _some_time(time: timedelta) -> timedelta:
    if not time:
        raise _wrong("must be longer than no time at all")
    return time


def _like(pattern: str, because: str) -> AfterValidator:
    def check(said: str) -> str:
        if not re.fullmatch(pattern, said):
            raise _wrong(because)
        return said

    return AfterValidator(check)


Time = Annotated[timedelta, BeforeValidator(_time)]
SomeTime = Annotated[Time, AfterValidator(_some_time)]
Truth = Annotated[bool, Strict()]
Line = Annotated[str, _like(r"\S(.{0,198}\S)?", "must be one line of text, of 200 characters at the most")]
#: A name that people type or that other files use.
Name = Annotated[
    str, _like(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "must be one word of letters, digits, `-` and `_`, 63 at the most")
]
Object = Annotated[
    str, _like(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "must be a name as Kubernetes allows it: a-z, 0-9 and `-`")
]
Command = Annotated[str, _like(r"[a-z][a-z0-9 -]{0,62}", "must be a command")]
Role = Name
#: A list that is there but empty says something else than it seems to (everywhere? nowhere?), so it is a mistake.
Some = Field(min_length=1)


class Shape(BaseModel):
    """Nothing but what is known: a misspelt key is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceShape(Shape):
    """A service: where it runs, and how many of it are normal."""

    about: Line | None = None
    aliases: tuple[Name, ...] = ()
    deployments: Annotated[dict[Name, Object], Some]
    baseline: Annotated[int, Strict()] = Field(ge=1, le=50)
    signs: Truth = False


class OtherShape(Shape):
    """What alerts are about and nothing here changes: a database, a cache."""

    about: Line | None = None
    aliases: tuple[Name, ...] = ()


class ServicesFile(Shape):
    """``services.yaml``."""

    places: Annotated[dict[Name, Object], Some]
    services: Annotated[dict[Name, ServiceShape], Some]
    others: dict[Name, OtherShape] = {}


class PersonShape(Shape):
    """A person: e-mail decides who they are in Slack unless an account is named."""

    # Without a colon: `door:account` is how those are called whom nobody knows.
    id: Annotated[str, _like(r"[a-z0-9][a-z0-9._-]{0,62}", "must be a short name: a-z, 0-9, `.`, `-` and `_`")]
    name: Line
    email: Annotated[str, _like(r"[^@\s]+@[^@\s]+", "must be an e-mail address")]
    slack: Annotated[str, _like(r"[UW][A-Z0-9]+", "must be the id of an account, such as U0123ABCD")] | None = None
    roles: tuple[Role, ...] = ()


class PeopleFile(Shape):
    """``people.yaml``."""

    roles: Annotated[tuple[Role, ...], Some]
    people: tuple[PersonShape, ...]


class RuleShape(Shape):
    """A line of the policy's table."""

    command: Annotated[tuple[Command, ...], Some] = ()
    place: Annotated[tuple[Name, ...], Some] = ()
    risk: Annotated[tuple[Name, ...], Some] = ()
    kind: Annotated[tuple[Name, ...], Some] = ()
    own: Annotated[tuple[Role, ...], Some] = ()
    needs: Annotated[tuple[Annotated[tuple[Role, ...], Some], ...], Some] = ()
    reason: Truth = False
    expires: SomeTime | None = None


class AskingShape(Shape):
    """Who may ask."""

    read: Annotated[tuple[Role, ...], Some]
    change: Annotated[tuple[Role, ...], Some]
    commands: dict[Command, Annotated[tuple[Role, ...], Some]] = {}


class PolicyFile(Shape):
    """``policy.yaml``."""

    asking: AskingShape
    seats: Annotated[tuple[RuleShape, ...], Some]
    also: tuple[RuleShape, ...] = ()
    undo_covered: Time
    expires: SomeTime


Channel = Annotated[str, _like(r"#[a-z0-9_-]{1,80}|[CG][A-Z0-9]+", 'must be a channel, such as "#on-call", or its id')]


class ChannelsFile(Shape):
    """``channels.yaml``."""

    fallback: Channel


SeverityName = Literal["P0", "P1", "P2", "P3"]


class WorseShape(Shape):
    """Beyond which value an alert is worse, and how bad it is then."""

    over: Annotated[float, Strict()] = Field(allow_inf_nan=False)
    is_: SeverityName = Field(alias="is")


class MeaningShape(Shape):
    """What an alert means."""

    severity: SeverityName
    service: Name | None = None
    security: Truth = False
    worse: WorseShape | None = None


class AlertsFile(Shape):
    """``alerts.yaml``."""

    alerts: dict[Line, MeaningShape]
    labels: dict[Line, SeverityName] = {}
    otherwise: SeverityName
    channel: Channel
    also: dict[SeverityName, tuple[Channel, ...]] = {}


def _zone(said: str) -> str:
    try:
        ZoneInfo(said)
    except (ValueError, LookupError, OSError):
        raise _wrong("must be a time zone, such as Europe/Berlin or UTC") from None
    return said


def _clock(said: str) -> str:
    try:
        time.fromisoformat(said)
    except ValueError:
        raise _wrong('must be a time of day, such as "09:00"') from None
    return said


def _date(said: object) -> date:
    try:
        return said if type(said) is date else date.fromisoformat(str(said))
    except ValueError:
        raise _wrong("must be a day, such as 2026-12-25") from None


DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClockTime = Annotated[str, AfterValidator(_clock)]


class StepShape(Shape):
    """A line of the ladder."""

    after: Time
    tell: Annotated[tuple[Role, ...], Some]
    level: Annotated[int, Strict()] = Field(default=0, ge=0, le=20)
    unless_taken: Truth = False


class EscalationFile(Shape):
    """``escalation.yaml``."""

    zone: Annotated[str, AfterValidator(_zone)]
    days: Annotated[tuple[DayName, ...], Some]
    from_: ClockTime = Field(alias="from")
    to: ClockTime
    holidays: tuple[Annotated[date, BeforeValidator(_date)], ...] = ()
    business: tuple[SeverityName, ...] = ()
    ladder: dict[SeverityName, tuple[StepShape, ...]]
    security: tuple[Role, ...] = ()
    review_after: SomeTime
