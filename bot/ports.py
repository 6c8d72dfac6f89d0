"""Floor 2: what the engine needs of the outside. Each port has its true form in ``bot.clients`` or ``bot.doors``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Protocol, TypeVar

from bot.domain.channel import Closed
from bot.domain.event import Event
from bot.domain.person import Person, Who
from bot.domain.report import Report
from bot.domain.request import NOWHERE, Notice, Place, Request
from bot.domain.verb import Answer, Change, Check, Question

T = TypeVar("T")

NOTHING: Mapping[str, int] = MappingProxyType({})


class Clock(Protocol):
    """The time, from outside, so that it can be moved."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""


class World(Protocol):
    """Everything outside (and the bot's own things), through a closed list of verbs.

    Every method may raise ``Away`` (not done; later perhaps), ``Unknown`` (perhaps done) or ``Refusal`` (never);
    ``Barred`` is the refusal that says nothing of how it is there.
    """

    async def ask(self, question: Question[T]) -> T:
        """The answer to a question. Only reads."""

    async def rehearse(self, change: Change) -> None:
        """Have the outside check a change without making it, where it can. ``Refusal`` when it would not take it."""

    async def do(self, change: Change) -> None:
        """Make a change. When it is already so, nothing happens."""

    async def stands(self, change: Change) -> bool:
        """Whether the outside shows, read now, what this change brings about."""

    async def test(self, check: Check) -> Answer:
        """Look whether a check holds. Never waits."""


@dataclass(frozen=True)
class Row:
    """What lists and sweeps need to know of a case without folding it; computed from the fold at each append."""

    kind: str
    due: datetime | None
    phase: str
    over: bool
    command: str
    asker: str
    of: str
    #: Whether something with an end still stands.
    loose: bool
    at: datetime


@dataclass(frozen=True)
class Write:
    """Events to append to one case, if it still has ``after`` events."""

    case: str
    after: int
    events: tuple[Event, ...]
    row: Row
    #: Claims to hold from now on, all or none; none are let go by leaving them out.
    claim: frozenset[str] = frozenset()
    #: Let go of every claim of this case.
    free: bool = False
    #: Names by which the outside knows it; each leads to the case that had it last.
    names: frozenset[str] = frozenset()


class Kind(Enum):
    """What is said."""

    CARD = "card"  # one message, redrawn in place: a later saying of the same key replaces it
    LINE = "line"  # said once, in the thread of a card or in a channel
    FILE = "file"  # said once, in the thread of a card: the one ``Document`` of the report, with its summary as comment
    PRIVATE = "private"  # for one person; at least once


@dataclass(frozen=True)
class Say:
    """Something to be said. The same key is the same message."""

    key: str
    kind: Kind
    report: Report
    place: Place = NOWHERE
    #: Whom a private one is for.
    to: Who | None = None
    #: The key of the card in whose thread it goes; of a private one, that of the card that it is about, and
    #: that it does not wait for.
    under: str = ""
    #: Those of a lower number go first.
    urgency: int = 5
    #: Not before that; ``None``: at once.
    soonest: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A row of the list of cases."""

    case: str
    position: int
    row: Row


@dataclass(frozen=True)
class Audit:
    """What a check of the whole journal found."""

    lines: int
    head: str
    #: The first line that is not as it was written, and why; empty when all are.
    broken: str = ""


class Journal(Protocol):
    """What happened. Every line holds the hash of the one before it."""

    async def receive(self, request: Request | Notice) -> bool:
        """Store what came in, before it is answered. False when its key is known. Raises ``Full``."""

    async def untaken(self, until: datetime | None = None, limit: int = 100) -> Sequence[Request | Notice]:
        """What came in (``until`` then, when that is given) and nothing was made of yet, oldest first.

        Without what a later release has stored and this one cannot read.
        """

    async def append(
        self, *writes: Write, says: Sequence[Say] = (), taken: str = "", still: Mapping[str, int] = NOTHING
    ) -> None:
        """Append to one case or several, all or none, with what is to be said of it.

        ``taken`` is the key of the request that this answers; ``still`` are the positions of further cases that
        ``says`` shows as they were read. Raises ``Conflict`` when a case has another position,
        ``Taken`` when a claim is held by another case, ``Full`` when nothing can be stored now.
        """

    async def events(self, case: str) -> tuple[Event, ...]:
        """All events of a case, in order; the same object only ever comes after the same ones.

        Raises ``Full``; ``Unreadable`` when a later release stored one that is not known here.
        """

    async def rest(self, case: str, position: int, until: datetime | None) -> None:
        """Note when the case is to be looked at again; without effect when its position is another by now."""

    async def named(self, name: str) -> str:
        """The case that had this name last; empty when none had."""

    async def found(self, case: str) -> Found | None:
        """The row of one case."""

    async def list(
        self,
        *,
        due: datetime | None = None,
        open_only: bool = False,
        kind: str = "",
        loose: bool = False,
        asker: str = "",
        limit: int = 100,
    ) -> Sequence[Found]:
        """Cases by their rows, newest first; by ``due`` (until then), the longest overdue first."""

    async def claims(self, objects: frozenset[str]) -> Mapping[str, str]:
        """Who holds which of these objects: case by object."""

    async def switch(self, name: str) -> str:
        """A switch of the bot itself; empty when it was never set."""

    async def set_switch(self, name: str, value: str) -> None:
        """Set a switch."""

    async def forget(self, before: datetime, limit: int = 500) -> int:
        """Delete requests of which something was made before then, ``limit`` at the most; how many there were.

        What happened is kept for ever: a request that comes again is known by its case.
        """

    async def verify(self) -> Audit:
        """Read the whole journal and see whether any line was changed, left out or added."""


@dataclass(frozen=True)
class Posting:
    """A saying whose turn it is."""

    say: Say
    version: int
    #: Where its message stands already, if it does.
    channel: str
    ts: str
    #: The message in whose thread it goes.
    thread_channel: str
    thread_ts: str
    attempts: int
    #: An earlier attempt may have posted it: look for it first.
    unsure: bool


@dataclass(frozen=True)
class Delivery:
    """How far a saying has come on its way to people."""

    key: str
    #: Where it was to be said.
    place: Place
    #: When it was put into the outbox.
    created: datetime
    #: Where its message stands, and Slack's own time of it in seconds; empty while it stands nowhere.
    channel: str
    ts: str
    #: When it has its turn; in the past: it had it.
    due: datetime
    #: Why the last attempt came to nothing; empty when it did not, or there was none.
    trouble: str
    #: Where it was said instead, and why; ``None`` where it was not.
    moved: Place | None
    because: str
    #: It can never be said: ``trouble`` says why.
    dropped: bool


class Outbox(Protocol):
    """What is to be said: a row first, then the channel, then what the channel answered."""

    async def say(self, *says: Say) -> None:
        """Store sayings. A card that is there already gets a new version; a line that is there stays as it is."""

    async def take(self, now: datetime, limit: int = 20, lease: float = 30.0) -> Sequence[Posting]:
        """The next that can be read, for ``lease`` seconds: one at a time of each key, urgent ones first."""

    async def posted(self, key: str, version: int, channel: str, ts: str) -> None:
        """It stands in the channel."""

    async def again(self, key: str, at: datetime, because: str, unsure: bool = False) -> None:
        """It could not be said now."""

    async def dropped(self, key: str, because: str) -> None:
        """It can never be said."""

    async def move(self, key: str, place: Place, because: str, stood: str = "") -> None:
        """It is said as a new message, or elsewhere. Why is kept. With ``stood``: if it is there, and not in hand."""

    async def next_due(self) -> datetime | None:
        """When the next saying has its turn; ``None`` when all is said."""

    async def where(self, key: str) -> tuple[str, str]:
        """Channel and timestamp of a message; empty when it is not posted."""

    async def deliveries(self, keys: Sequence[str]) -> Sequence[Delivery]:
        """How far the sayings of these keys have come, in the order of the keys, without those that are not there."""

    async def read(self, key: str) -> Report | None:
        """What is to be said, or was said last, under a key."""

    async def card_at(self, channel: str, ts: str) -> str:
        """The key of the card that stands there; empty when none does."""

    async def forget(
        self, kinds: frozenset[Kind], before: datetime, keep: frozenset[str] = frozenset(), limit: int = 500
    ) -> int:
        """Delete what was said, or given up, before then, ``limit`` at the most; how many there were.

        What waits stays, and so do the card in whose thread something waits and what begins as one of ``keep``.
        """


class Screen(Protocol):
    """Where things are said. Each raises ``Away`` (nothing said), ``Unknown`` (perhaps said) or ``Unsayable``."""

    async def post(self, posting: Posting) -> tuple[str, str]:
        """Say it; channel and timestamp of the message."""

    async def update(self, posting: Posting) -> None:
        """Redraw the message."""

    async def find(self, posting: Posting) -> tuple[str, str] | None:
        """Look for a message of this key that an attempt without an answer may have left."""

    async def stands(self, channel: str, ts: str) -> bool:
        """Whether a message is still there."""

    async def link(self, channel: str, ts: str) -> str:
        """An address of the message for people."""

    async def closed(self, channel: str) -> Closed | None:
        """Why a channel, as ``config/`` names it, takes nothing now; ``None`` when it does."""


class Directory(Protocol):
    """Who somebody is, whose account a door has told."""

    async def person(self, who: Who) -> Person | None:
        """The person whom ``config/`` knows, by id or by the account in ``door:account``. May raise ``Away``."""

    async def is_bot(self, who: Who) -> bool:
        """Whether the account in ``door:account`` is no person's. May raise ``Away``."""


class Unsayable(Exception):
    """The place does not take it: gone, archived, or the bot is no member. ``elsewhere``: it may be said in another."""

    def __init__(self, because: str, elsewhere: bool = False, gone: bool = False) -> None:
        super().__init__(because)
        self.because = because
        self.elsewhere = elsewhere
        #: The message to redraw (or its thread) is no longer there.
        self.gone = gone


Work = Callable[[str], Awaitable[None]]


class Queue(Protocol):
    """Durable hands: short pieces of work, each with a key; the same key is done once. One at a time a subject."""

    def register(self, work: str, hand: Work) -> None:
        """Name a piece of work, before ``launch``."""

    async def launch(self) -> None:
        """Begin, and take up what a dead process left."""

    async def start(self, work: str, subject: str, key: str) -> None:
        """Do it soon."""

    async def later(self, work: str, subject: str, key: str, at: datetime) -> None:
        """Do it at a time."""

    async def sweep(self) -> int:
        """Take over the work of processes that are gone, and throw away what is long done; how many were taken."""

    async def close(self, patience: float = 10.0) -> None:
        """Let what is in hand come to its end, for at most so many seconds."""
