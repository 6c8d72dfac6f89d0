"""Reads the files of ``config/`` and makes of them what the engine works with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.config.document import Document, read
from bot.config.incidents import check_alerts, check_escalation, ladder_of, meanings_of
from bot.config.mistakes import Misconfigured, Mistake, meant
from bot.config.names import check_people, check_policy, check_services
from bot.config.schema import (
    AlertsFile,
    ChannelsFile,
    EscalationFile,
    PeopleFile,
    PolicyFile,
    RuleShape,
    ServicesFile,
    Shape,
)
from bot.config.sentences import note_shape
from bot.domain.duty import Ladder
from bot.domain.meaning import Meanings
from bot.domain.person import People, Person
from bot.domain.policy import Policy, Rule
from bot.world.catalogue import Catalogue, Service
from bot.world.k8s import Deployment

S = TypeVar("S", bound=Shape)

FILES: tuple[str, ...] = (
    "services.yaml", "people.yaml", "policy.yaml", "channels.yaml", "alerts.yaml", "escalation.yaml",
)  # fmt: skip


@dataclass(frozen=True)
class Channels:
    """Where things are said when nothing else decides."""

    fallback: str


@dataclass(frozen=True)
class Config:
    """All of ``config/``."""

    people: People
    policy: Policy
    catalogue: Catalogue
    channels: Channels
    meanings: Meanings
    ladder: Ladder


def load(folders: Sequence[Path], commands: Collection[str]) -> Config:
    """The configuration; each file is taken from the first of the folders that has it.

    ``commands`` are the names that policy may speak of. Raises ``Misconfigured`` with every mistake that there is.
    """
    mistakes = _strangers(folders)
    documents = {name: _find(folders, name) for name in FILES}
    services, people, policy, channels, alerts, escalation = (documents[name] for name in FILES)
    services_file = _shaped(services, ServicesFile)
    people_file = _shaped(people, PeopleFile)
    policy_file = _shaped(policy, PolicyFile)
    channels_file = _shaped(channels, ChannelsFile)
    alerts_file = _shaped(alerts, AlertsFile)
    escalation_file = _shaped(escalation, EscalationFile)
    check_services(services)
    check_people(people)
    check_policy(policy, people, services, commands)
    check_alerts(alerts, services)
    check_escalation(escalation, people, escalation_file)
    mistakes += [mistake for document in documents.values() for mistake in document.mistakes]
    if not (services_file and people_file and policy_file and channels_file and alerts_file and escalation_file):
        raise Misconfigured(mistakes)
    if mistakes:
        raise Misconfigured(mistakes)
    return Config(
        _people(people_file),
        _policy(policy_file),
        _catalogue(services_file),
        Channels(channels_file.fallback),
        meanings_of(alerts_file),
        ladder_of(escalation_file),
    )


def check(folders: Sequence[Path], commands: Collection[str]) -> list[Mistake]:
    """Every mistake, by file and line; none when the configuration is right."""
    try:
        load(folders, commands)
    except Misconfigured as wrong:
        return wrong.mistakes
    return []


def _strangers(folders: Sequence[Path]) -> list[Mistake]:
    """Folders that are not there, and files that nobody reads: a misspelt file must not be passed over."""
    mistakes = []
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(Mistake(_shown(folder), 0, "there is no such folder; AUREUS_CONFIG names it."))
            continue
        for path in sorted(folder.iterdir()):
            if path.suffix in (".yaml", ".yml") and path.name not in FILES:
                because = f"no file of config/ is called `{path.name}`{meant(path.name, FILES)}"
                mistakes.append(Mistake(_shown(path), 0, because))
    return mistakes


def _find(folders: Sequence[Path], name: str) -> Document:
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is not None:
        return read(path, _shown(path))
    missing = Document(_shown(folders[-1] / name) if folders else name)
    missing.wrong((), "there is no such file. The project's own config folder has one to begin with.")
    return missing


def _shown(path: Path) -> str:
    """A path as people know it: from the folder in which they are, when it is below."""
    here = Path.cwd()
    whole = path.absolute()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def _shaped(document: Document, shape: type[S]) -> S | None:
    if document.data is None and document.mistakes:
        return None
    try:
        return shape.model_validate(document.data)
    except ValidationError as error:
        note_shape(error, shape, document)
        return None


def _people(file: PeopleFile) -> People:
    people = (Person(p.id, p.name, p.email, frozenset(p.roles), p.slack or "") for p in file.people)
    return People(people, file.roles)


def _policy(file: PolicyFile) -> Policy:
    return Policy(
        read=frozenset(file.asking.read),
        change=frozenset(file.asking.change),
        commands={name: frozenset(roles) for name, roles in file.asking.commands.items()},
        seats=tuple(map(_rule, file.seats)),
        also=tuple(map(_rule, file.also)),
        undo_covered=file.undo_covered,
        expires=file.expires,
    )


def _rule(shape: RuleShape) -> Rule:
    return Rule(
        commands=frozenset(shape.command),
        places=frozenset(shape.place),
        levels=frozenset(shape.risk),
        kinds=frozenset(shape.kind),
        own=frozenset(shape.own),
        needs=tuple(frozenset(seat) for seat in shape.needs),
        reason=shape.reason,
        expires=shape.expires,
    )


def _catalogue(file: ServicesFile) -> Catalogue:
    services = []
    for name, shape in file.services.items():
        places = {place: Deployment(file.places[place], wanted) for place, wanted in shape.deployments.items()}
        services.append(Service(name, shape.aliases, places, shape.baseline, shape.about or "", shape.signs))
    services += [Service(name, shape.aliases, {}, 0, shape.about or "") for name, shape in file.others.items()]
    return Catalogue(services, file.places)
