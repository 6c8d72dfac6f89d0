"""Reports: what is said to people, as a tree that no channel owns. Plain strings in it are data and never markup."""

from datetime import datetime
from enum import Enum

from bot.domain.offer import Offer
from bot.domain.person import Who
from bot.domain.record import record


@record("bold")
class Bold:
    text: str


@record("code")
class Code:
    text: str


@record("case-id")
class CaseId(Code):
    """The id of a run or of an incident; where its card stands when this is said, it leads there."""


@record("link")
class Link:
    text: str
    url: str


@record("mention")
class Mention:
    """Somebody by name; only in a line that is meant to reach them it becomes a ping."""

    who: Who
    ping: bool = False


@record("moment")
class Moment:
    """A time, shown to each reader in their own zone."""

    at: datetime
    date: bool = False


@record("colour")
class Colour(Enum):
    """What a dot can be."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


@record("dot")
class Dot:
    """A dot of a colour, where there are colours: beside a word that says the same, and no word itself."""

    colour: Colour

    @property
    def text(self) -> str:
        """No words."""
        return ""


Inline = str | Bold | Code | Link | Mention | Moment | Dot


@record("line-of-text")
class Text:
    """A paragraph."""

    parts: tuple[Inline, ...]


@record("facts")
class Facts:
    """Labels and their values, side by side where there is room."""

    pairs: tuple[tuple[str, Inline | Text], ...]


@record("mark")
class Mark(Enum):
    """How an item of a list stands; each has a sign and a word, never a colour alone."""

    PLAIN = ""  # it has no state: a line of a list that only tells
    TO_DO = "to do"
    NOW = "now"
    GOOD = "good"
    WARN = "warning"
    BAD = "bad"
    BACK = "put back"


@record("item")
class Item:
    mark: Mark
    text: Text
    #: What is known of it beyond its text: progress, a reason.
    detail: str = ""


@record("items")
class Items:
    """A list whose items have a state: steps, seats, a checklist."""

    items: tuple[Item, ...]


@record("table")
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@record("quote")
class Quote:
    """Somebody's words, or lines of a log: shown as they are."""

    text: str


@record("document")
class Document:
    """A text that is longer than a message: said as a file of that name, which no other document has."""

    name: str
    title: str
    text: str


@record("note")
class Note:
    """Small print."""

    text: Text


Part = Text | Facts | Items | Table | Quote | Document | Note


@record("tone")
class Tone(Enum):
    """What a report is about, at a glance; each has a word and a sign."""

    PLAIN = "plain"
    WAITING = "waiting"
    RUNNING = "running"
    GOOD = "good"
    WARN = "warning"
    BAD = "bad"
    DECLINED = "declined"


@record("report")
class Report:
    """A card, a line of a thread or a private answer.

    ``summary`` is the whole of it in one sentence: what a notification shows and a screen reader says.
    """

    summary: str
    title: str = ""
    tone: Tone = Tone.PLAIN
    parts: tuple[Part, ...] = ()
    offers: tuple[Offer, ...] = ()


def text(*parts: Inline) -> Text:
    """``text("Scale ", Bold("bridge"))``."""
    return Text(parts)


def note(*parts: Inline) -> Note:
    return Note(Text(parts))
