"""The commands: every handler that was found, and how words become one of them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.errors import Misunderstood, Unanswerable, why_alone
from bot.domain.likeness import alike, meant
from bot.domain.reason import reason, unquoted
from bot.domain.request import Request
from bot.domain.verb import UNITS, typed
from bot.engine import role_words
from bot.engine.reply import REPLIES
from bot.engine.words import because_of, plain
from bot.runbook import Arg, Handler, Lookup, Runbook
from bot.world.bot import Command
from bot.world.catalogue import Catalogue, Service
from bot.world.incidents import Id, Roles

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)(?![a-z])", re.IGNORECASE)
_ID = re.compile(r"i-[0-9a-z]{8}")


@dataclass(frozen=True)
class Understood:
    """Words that are a command."""

    handler: Handler
    #: The same words as the bot says them: two ways to say one thing give one text, and one digest.
    words: str
    #: Another place than the one understood, at the end of the reason and with none named before it: perhaps meant.
    stray: str = ""

    @property
    def changes(self) -> bool:
        return isinstance(self.handler, Runbook)

    @property
    def incident(self) -> str:
        """The incident that they name, "" where they name none."""
        return next((said.lower() for said in self._named if said), "")

    @property
    def no_incident(self) -> bool:
        """Whether they may name an incident to change something of, and do not: the only one is meant."""
        return self.changes and bool(self._named) and not self.incident

    @property
    def _named(self) -> list[str]:
        return [getattr(self.handler, name) for name, kind in self.handler.types.items() if kind is Id]

    def about(self, incident: str) -> str:
        """The words with this incident named in them, which is what comes first behind a command."""
        command = self.handler.command
        return f"{command} {incident}{self.words.removeprefix(command)}"


def stray_refused(understood: Understood) -> None:
    """Raises ``Misunderstood`` where a stray place may be meant. For words that were typed whole.

    In a form, where only the reason is asked for, nobody can mean it.
    """
    if not understood.stray:
        return
    said, stray, place = reason(understood.words)[0], understood.stray, understood.handler.place
    raise Misunderstood(
        f"“in {stray}” stands behind `because`, so it would be a part of the reason, and it would be done in {place}.",
        f"Nothing was changed. Say where before it: `{said} in {stray} because …` or `{said} in {place} because …`.",
    )


class Commands:
    """All handlers, by their commands. Raises ``ValueError`` when two have one name."""

    def __init__(
        self, handlers: Iterable[type[Handler]], catalogue: Catalogue, roles: Collection[str] = frozenset()
    ) -> None:
        self._catalogue = catalogue
        self._roles = roles
        self._by_name: dict[str, type[Handler]] = {}
        for handler in sorted(handlers, key=lambda each: each.command):
            if handler.command in self._by_name or handler.command in REPLIES:
                raise ValueError(f"two handlers are called {handler.command}")
            self._by_name[handler.command] = handler

    def __iter__(self) -> Iterator[type[Handler]]:
        return iter(self._by_name.values())

    def get(self, name: str) -> type[Handler] | None:
        """The handler of a command, with spaces or hyphens."""
        return next((h for key, h in self._by_name.items() if _same(key) == _same(name)), None)

    def names(self) -> frozenset[str]:
        return frozenset(self._by_name)

    def named(self, words: str) -> str:
        """The command that words begin with, whatever follows; "" for none."""
        try:
            return self._command(reason(plain(words))[0])[0].command
        except Misunderstood:
            return ""

    def describe(self, handler: type[Handler]) -> Command:
        """The command as help shows it."""
        first, _, rest = (handler.__doc__ or "").strip().partition("\n")
        return Command(
            handler.command,
            first.strip(),
            handler.usage(),
            handler.examples(),
            "\n".join(line.strip() for line in rest.strip().splitlines()),
            issubclass(handler, Runbook),
            frozenset(),
        )

    def understand(self, request: Request, words: str = "") -> Understood:
        """The handler that the words ask for, with its arguments. Raises ``Misunderstood``, with what was meant."""
        words = plain(words or request.words)
        handler, length = self._command(reason(words)[0])
        try:
            return self._understood(request, handler, length, words)
        except Misunderstood as no:
            if issubclass(handler, Lookup):
                raise Unanswerable(why_alone(no.because), why_alone(no.hint)) from no
            raise

    def _understood(self, request: Request, handler: type[Handler], length: int, words: str) -> Understood:
        if handler.takes_rest:
            # What takes the rest takes the reason with it: it is a part of what is said there.
            said, because = words, reason(words)[1] or ""
        else:
            said, because = because_of(words)
        named, rest = self._place(said.split()[length:], handler)
        place = named or "production"
        values = self._values(handler, rest, place)
        for value in values.values():
            if isinstance(value, Service) and not value.deployments:
                raise Misunderstood(
                    f"{value} is no Deployment that I look after: only alerts are about it.",
                    f"Nothing was changed. I look after {', '.join(self._catalogue.names)}.",
                )
            if isinstance(value, Service) and place not in value.deployments:
                raise Misunderstood(
                    f"{value} does not run in {place}, only in {', '.join(value.deployments)}.",
                    f"Nothing was changed. Say it with `in {next(iter(value.deployments))}`, or name another service.",
                )
        made = handler(request, "", place, because, values)
        made.words = self.say(made)
        return Understood(made, made.words, self._stray(because, place) if not named and _takes_place(handler) else "")

    def say(self, handler: Handler) -> str:
        """The words of a handler with its arguments, as ``understand`` reads them."""
        parts = [handler.command]
        for name, spec in handler.args.items():
            value = getattr(handler, name)
            if spec.required or value != spec.default:
                parts.append(f"{spec.keyword} {_shown(value)}".strip())
        if handler.place != "production":
            parts.append(f"in {handler.place}")
        if handler.because and not handler.takes_rest:
            parts.append(f"because {handler.because}")
        return " ".join(parts)

    def _command(self, said: str) -> tuple[type[Handler], int]:
        """The handler, and how many words name it."""
        words = [_bare(word) for word in said.split()] or ["help"]
        for length in range(min(4, len(words)), 0, -1):
            handler = self.get(" ".join(words[:length]))
            if handler is not None:
                return handler, length
        known = [*self._by_name, *REPLIES]
        near = alike(" ".join(words[:2]), known)
        raise Misunderstood(f"I do not know “{words[0][:40]}”.", f"{meant(near)}`help` lists what you may run.")

    def _place_of(self, name: str) -> str:
        """The place of this name, or ""; the namespace of a place is its name too."""
        places = self._catalogue.places.items()
        return next((place for place, inside in places if name.lower() in {place, inside.lower()}), "")

    def _stray(self, because: str, meant: str) -> str:
        """The place that a reason ends with, when it is not the one that is meant."""
        found = re.search(r"\bin ([\w-]+)$", because)
        place = self._place_of(found[1]) if found else ""
        return place if place != meant else ""

    def _place(self, words: list[str], handler: type[Handler]) -> tuple[str, list[str]]:
        """Takes ``in staging`` out of the words; "" when they name no place."""
        for index, word in enumerate(words[:-1]):
            if _bare(word).lower() != "in" or not _takes_place(handler):
                continue
            name = _bare(words[index + 1])
            if place := self._place_of(name):
                return place, words[:index] + words[index + 2 :]
            mine = " and ".join(f"{place} (namespace {ns})" for place, ns in self._catalogue.places.items())
            raise Misunderstood(
                f"“{name[:60]}” is not a place that I look after: those are {mine}.",
                f"Nothing was changed. Leave `in {name[:60]}` out for production.",
            )
        return "", words

    def _values(self, handler: type[Handler], words: list[str], place: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        words = list(words)
        for name, spec in handler.args.items():
            if spec.keyword:
                lowered = [_bare(word).lower() for word in words]
                if spec.keyword in lowered:
                    at = lowered.index(spec.keyword)
                    count = _length(handler, name, words[at + 1 :])
                    said = " ".join(_bare(word) for word in words[at + 1 : at + 1 + count])
                    values[name] = self._value(handler, name, said, place, values)
                    del words[at : at + 1 + count]
        for name, spec in handler.args.items():
            if spec.keyword:
                continue
            said = ""
            if spec.rest:
                said, words = unquoted(" ".join(words)), []
            elif words and (spec.required or self._may_be(handler, name, _bare(words[0]))):
                said = _bare(words.pop(0))
            if said:
                values[name] = self._value(handler, name, said, place, values)
            elif spec.required:
                raise Misunderstood(
                    f"`{handler.command}` needs {spec.about}.",
                    f"Say it like this: `{_example(handler, values)}`.",
                )
        if words:
            usage, example = handler.usage(), _example(handler, values)
            raise Misunderstood(
                f"I understood `{handler.command}`, but not “{' '.join(words)[:80]}” at its end.",
                f"It is said like this: `{usage}`{f', for example `{example}`' if example != usage else ''}.",
            )
        return values

    @staticmethod
    def _may_be(handler: type[Handler], name: str, word: str) -> bool:
        """Whether a word may be meant as an argument that can be left out; else it is one of those behind it."""
        spec = handler.args[name]
        if handler.types[name] is Id and name != [each for each, its in handler.args.items() if not its.keyword][-1]:
            return word.lower().startswith("i-")
        return not spec.choices or word.lower() in spec.choices

    def _value(self, handler: type[Handler], name: str, said: str, place: str, values: Mapping[str, Any]) -> Any:
        kind, spec = handler.types[name], handler.args[name]
        # With the argument in question, also where it could be left out.
        example = f"Say it like this: `{_example(handler, {**values, name: spec.example})}`."
        if kind is Service:
            return self._service(said, example, place)
        if kind is int:
            return _number(said, spec, example)
        if kind is timedelta:
            return _duration(said, spec, example)
        if kind is Roles:
            return role_words.understand(said, self._roles, example)
        if kind is Id and not _ID.fullmatch(said.lower()):
            raise Misunderstood(f"“{said[:40]}” is no incident: they are called like {spec.example}.", example)
        if spec.choices and said.lower() not in spec.choices:
            raise Misunderstood(f"“{said[:40]}” is none of {', '.join(spec.choices)}.", example)
        return said.lower() if spec.choices else said

    def _service(self, said: str, example: str, place: str) -> Service:
        namespace, slash, bare = said.rpartition("/")
        found = self._catalogue.find(bare)
        if slash and namespace not in self._catalogue.places.values():
            mine = " and ".join(self._catalogue.places.values())
            raise Misunderstood(
                f"I do not look after the namespace “{namespace[:60]}”, only {mine}.",
                "Nothing was changed. Services are named without a namespace; `in staging` says where.",
            )
        if slash and namespace != self._catalogue.places.get(place):
            other = next(each for each, its in self._catalogue.places.items() if its == namespace)
            raise Misunderstood(
                f"“{said[:60]}” names the namespace of {other}, and the words mean {place}.",
                f"Say `{bare[:60]}`, and `in {other}` if you mean that.",
            )
        if found is None:
            names = [each for service in self._catalogue for each in (service.name, *service.aliases)]
            raise Misunderstood(
                f"I know no service “{said[:60]}”; I know {', '.join(self._catalogue.names)}.",
                f"{meant(alike(bare, names))}{example}",
            )
        return found


def _takes_place(handler: type[Handler]) -> bool:
    return handler.placed and not handler.takes_rest


def _bare(word: str) -> str:
    return word.strip("\"'")


def _same(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.lower()).strip()


def _example(handler: type[Handler], values: Mapping[str, Any]) -> str:
    """How it is said: what was understood stays, so that a form of an incident's card shows no other incident."""
    return handler.example({name: _shown(value) for name, value in values.items()})


def _shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return typed(value)
    return ",".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _length(handler: type[Handler], name: str, words: list[str]) -> int:
    """How many words a keyword's value takes: a time may be written ``2 h``, and roles are several."""
    kind = handler.types[name]
    if kind is Roles:
        return role_words.count(words, {spec.keyword for spec in handler.args.values() if spec.keyword})
    if kind is timedelta and len(words) > 1 and not _DURATION.fullmatch(words[0]):
        return 2 if _DURATION.fullmatch(" ".join(words[:2])) else 1
    return 1 if words else 0


def _number(said: str, spec: Arg, example: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", said):
        raise Misunderstood(f"{spec.about.capitalize()} is a whole number, and “{said[:40]}” is none.", example)
    number = int(said)
    if spec.least is not None and number < spec.least:
        raise Misunderstood(f"{number} is too few: {spec.about} can be {spec.least} or more.", example)
    if spec.most is not None and number > spec.most:
        raise Misunderstood(f"{number} is too many: {spec.about} can be {spec.most} at most.", example)
    return number


def _duration(said: str, spec: Arg, example: str) -> timedelta:
    parts = _DURATION.findall(said)
    if not parts or _DURATION.sub("", said).strip():
        raise Misunderstood(f"“{said[:40]}” is no time: {spec.about} is said like `2h` or `90min`.", example)
    time = timedelta(seconds=sum(float(n) * UNITS[unit[0].lower()] for n, unit in parts))
    if not timedelta(minutes=1) <= time <= timedelta(days=7):
        raise Misunderstood(f"{said[:40]} is too short or too long: from one minute to seven days.", example)
    return time
