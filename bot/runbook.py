"""Floor 3: all that a handler imports. A handler is one file with one class: a ``Runbook`` or a ``Lookup``."""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast, get_args, get_type_hints

from bot.domain.errors import Away, Pointless, Refusal, why_alone
from bot.domain.gate import Gate
from bot.domain.likeness import alike, meant
from bot.domain.offer import Look, Offer
from bot.domain.person import Person, Who, roles
from bot.domain.plan import ALWAYS, Act, For, Level, Never, Offers, OrElse, Plan, Risk, Settles, Through, Undo, Wait
from bot.domain.report import (
    Bold,
    CaseId,
    Code,
    Facts,
    Inline,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Moment,
    Part,
    Quote,
    Report,
    Table,
    Text,
    Tone,
    note,
    text,
)
from bot.domain.request import Request
from bot.domain.sentence import marked
from bot.domain.verb import At, Question, Shown, Stays, Ticked, Told, spell, typed

__all__ = [
    "ALWAYS",
    "Act",
    "Arg",
    "Ask",
    "At",
    "Away",
    "Bold",
    "CaseId",
    "Code",
    "Facts",
    "For",
    "Gate",
    "Handler",
    "Inline",
    "Item",
    "Items",
    "Level",
    "Link",
    "Look",
    "Lookup",
    "Mark",
    "Mention",
    "Moment",
    "Never",
    "Offer",
    "Offers",
    "OrElse",
    "Part",
    "Person",
    "Plan",
    "Pointless",
    "Question",
    "Quote",
    "Refusal",
    "Report",
    "Risk",
    "Runbook",
    "Seen",
    "Settles",
    "Shown",
    "Stays",
    "Table",
    "Text",
    "Through",
    "Ticked",
    "Told",
    "Tone",
    "Undo",
    "Wait",
    "Who",
    "alike",
    "arg",
    "hours",
    "marked",
    "meant",
    "minutes",
    "note",
    "roles",
    "seconds",
    "spell",
    "text",
    "typed",
    "why_alone",
]

S = TypeVar("S")
T = TypeVar("T")


class Ask(Protocol):
    """Asks the world: ``await ask(k8s.SizeOf(d))``."""

    def __call__(self, question: Question[T]) -> Awaitable[T]: ...


_REQUIRED: Any = object()
_NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Arg:
    """One argument of a command, as ``arg`` declares it."""

    about: str
    example: str
    default: Any = _REQUIRED
    #: The word that goes before it (``for 2h``); empty: it stands at its place.
    keyword: str = ""
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    #: It takes all the words that are left as they were written, ``because`` and what is behind it too.
    rest: bool = False

    @property
    def required(self) -> bool:
        return self.default is _REQUIRED


def arg(
    about: str,
    *,
    example: str,
    default: Any = _REQUIRED,
    keyword: str = "",
    least: int | None = None,
    most: int | None = None,
    choices: tuple[str, ...] = (),
    rest: bool = False,
) -> Any:
    """Declare an argument: ``replicas: int = arg("how many replicas", example="5", least=0, most=50)``.

    Its type says what is understood: ``Service``, ``int``, ``str`` or ``timedelta`` (``2h``, ``90 min``).
    """
    return Arg(about, example, default, keyword, least, most, choices, rest)


def _given(kind: Any) -> Any:
    """The type of an argument when it is given: ``Service`` of ``Service | None``."""
    kinds = [each for each in get_args(kind) if each is not type(None)]
    return kinds[0] if kinds else kind


class Handler:
    """What a command is made of; ``Runbook`` and ``Lookup`` are the two kinds.

    The class's docstring is its help: the first line says what it does.
    """

    #: The words after ``/aureus``; from the class's name unless it says otherwise (``LooseEnds`` is ``loose-ends``).
    command: ClassVar[str] = ""
    #: Whether it is about one place, so that ``in staging`` means something.
    placed: ClassVar[bool] = True
    #: Whether who names no incident means one that is over.
    looks_back: ClassVar[bool] = False
    args: ClassVar[Mapping[str, Arg]] = {}
    types: ClassVar[Mapping[str, Any]] = {}
    #: Whether one of its arguments takes all the words that are left.
    takes_rest: ClassVar[bool] = False

    #: What was asked, and by whom.
    request: Request
    #: The words as they were understood.
    words: str
    #: ``production`` unless the words say ``in staging``.
    place: str
    #: The reason that was given, or "".
    because: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "command" not in cls.__dict__:
            cls.command = "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("-")
        declared = {name: value for name, value in cls.__dict__.items() if isinstance(value, Arg)}
        cls.args = {**cls.args, **declared}
        cls.takes_rest = any(spec.rest for spec in cls.args.values())
        hints = get_type_hints(cls)
        cls.types = {name: _given(hints[name]) for name in cls.args}

    def __init__(self, request: Request, words: str, place: str, because: str, values: Mapping[str, Any]) -> None:
        self.request = request
        self.words = words
        self.place = place
        self.because = because
        for name, spec in self.args.items():
            setattr(self, name, values.get(name, None if spec.required else spec.default))

    @classmethod
    def usage(cls) -> str:
        """``scale <service> <replicas> [for <time>]``."""
        parts = [cls.command]
        for name, spec in cls.args.items():
            shown = "|".join(spec.choices) if spec.choices else f"<{name.replace('_', '-')}>"
            shown = f"{spec.keyword} {shown}" if spec.keyword else shown
            parts.append(shown if spec.required else f"[{shown}]")
        return " ".join(parts)

    @classmethod
    def example(cls, said: Mapping[str, str] = _NOTHING_SAID) -> str:
        """The command with the examples of the arguments that it needs, or with what was ``said`` of them."""
        return cls._said((name for name, spec in cls.args.items() if spec.required or name in said), said)

    @classmethod
    def examples(cls) -> tuple[str, ...]:
        """Ways to say it, for help: with the words that it takes if there are any, as short as can be, and others."""
        whole = cls._said(name for name, spec in cls.args.items() if spec.required or spec.rest)
        return tuple(dict.fromkeys((whole, cls.example(), *cls.more_examples())))

    @classmethod
    def _said(cls, names: Iterable[str], said: Mapping[str, str] = _NOTHING_SAID) -> str:
        shown = ((cls.args[name], said.get(name, cls.args[name].example)) for name in names)
        return " ".join([cls.command, *(f"{spec.keyword} {word}".strip() for spec, word in shown)])

    @classmethod
    def more_examples(cls) -> tuple[str, ...]:
        """Other ways to say it, for help and for the contract tests."""
        return ()


class Runbook(Handler, Generic[S]):
    """A procedure that changes something: it looks, and makes a plan that people read and agree to."""

    async def look(self, ask: Ask) -> S:
        """Everything that the plan needs to know. Only reads; may raise ``Refusal``."""
        raise NotImplementedError

    def plan(self, now: S) -> Plan | Offers:
        """The plan, or choices, or why there is nothing to do. Pure: the same facts give the same plan."""
        raise NotImplementedError


class Seen:
    """What a lookup has been told so far."""

    def __init__(self, answers: Mapping[Question[Any], Any]) -> None:
        self._answers = answers

    def get(self, question: Question[T]) -> T | Away | None:
        """The answer, why there is none, or ``None`` while it is still asked."""
        return cast("T | Away | None", self._answers.get(question))


class Lookup(Handler):
    """A question to the world: it changes nothing and needs nobody's agreement."""

    #: Answered to the asker alone.
    private: ClassVar[bool] = False

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        """What to ask, given what is known; asked again until nothing new is in it."""
        raise NotImplementedError

    def tell(self, seen: Seen) -> Report:
        """The answer as far as it is known."""
        raise NotImplementedError


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)
