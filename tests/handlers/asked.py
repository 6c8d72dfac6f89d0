"""Handlers as somebody asked for them, and the world as a test says that it is."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.app import read_config
from bot.domain.errors import Refusal
from bot.domain.person import Who
from bot.domain.request import Request
from bot.runbook import Ask, Away, Handler, Offers, Plan, Question, Report, Runbook, Seen
from bot.settings import PROJECT, Settings
from bot.world import bot, k8s
from bot.world.catalogue import Service
from sandbox.clock import StandingClock

H = TypeVar("H", bound=Handler)

CONFIG, COMMANDS = read_config(
    Settings(_env_file=None, aureus_config=f"{PROJECT / 'sandbox' / 'config'}:{PROJECT / 'config'}")
)
NOW = StandingClock().now()
AWAY = Away("The cluster does not answer.")


def asked(kind: type[H], words: str, who: str = "ana") -> H:
    """The handler that these words become."""
    person = CONFIG.people.get(who)
    request = Request(f"test:{words}", words, person.who if person else Who(who, who), NOW)
    handler = COMMANDS.understand(request).handler
    assert isinstance(handler, kind)
    return handler


def service(name: str) -> Service:
    found = CONFIG.catalogue.find(name)
    assert found is not None
    return found


def seen(*answers: tuple[Question[Any], Any]) -> Seen:
    """What a lookup was told."""
    return Seen(dict(answers))


def size(wanted: int = 3, **changed: Any) -> k8s.Size:
    """A Deployment all of whose pods are ready."""
    return replace(k8s.Size(wanted, wanted, wanted, wanted, False, None, None), **changed)


def scaling(name: str, least: int = 3, most: int = 10, active: bool = True) -> k8s.Scaling:
    return k8s.Scaling(k8s.Autoscaler("aureus", f"{name}-hpa"), least, most, least, active)


def health(of: k8s.Size | None = None, **changed: Any) -> k8s.Health:
    plain = k8s.Health(of or size(), ("registry.example/aureus/bridge:1.4.2",), "7", (), (), False)
    return replace(plain, **changed)


def answers(world: Mapping[Question[Any], Any]) -> Ask:
    """Asks a world in which these are all the answers."""

    async def ask(question: Question[Any]) -> Any:
        if isinstance(question, bot.Each):
            return tuple([await _or_why_not(ask(each)) for each in question.questions])
        answer = world[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


async def _or_why_not(answer: Awaitable[Any]) -> Any:
    try:
        return await answer
    except (Away, Refusal) as no:
        return Away(str(no))


def planned(runbook: Runbook[Any], world: Mapping[Question[Any], Any]) -> Plan | Offers:
    """What it plans in this world."""
    return runbook.plan(asyncio.run(runbook.look(answers(world))))


def refused(runbook: Runbook[Any], world: Mapping[Question[Any], Any]) -> str:
    """Why it plans nothing in this world."""
    try:
        made = planned(runbook, world)
    except Refusal as no:
        return str(no)
    assert isinstance(made, Offers), made
    assert made.offers == ()
    return made.because


def shown(report: Report) -> str:
    """Everything that a report says, somehow."""
    return f"{report.summary} {report.title} {report.parts}"
