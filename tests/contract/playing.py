"""A runbook on a stage that has what it acts on: asked for, agreed to, done; and what can be seen of the world."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.domain.card_offers import offers
from bot.domain.offer import Offer
from bot.domain.person import Who
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.engine.reply import REPLIES
from bot.runbook import Handler, Runbook
from sandbox.clock import StandingClock
from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS
from tests.everyone import BECAUSE, COMMANDS, CONFIG, acts_on_an_incident, asker, example_of, trouble
from tests.stories.alarm import Alarm
from tests.stories.stage import Stage


def asked(words: str, who: str = "elif") -> Request:
    return Request(f"contract:{words}", words, Who(who, who.capitalize()), StandingClock().now())


#: What must have happened before a runbook's first example has something to do.
BEGINNINGS: dict[str, Callable[[Stage], Awaitable[object]]] = {}


def beginning(command: str) -> Callable[[Callable[[Stage], Awaitable[object]]], None]:
    def keep(begin: Callable[[Stage], Awaitable[object]]) -> None:
        BEGINNINGS[command] = begin

    return keep


@beginning("scale baseline")
async def _away_from_the_baseline(stage: Stage) -> None:
    await stage.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=5)
    await stage.passes(seconds=20)


@beginning("unpause")
async def _paused(stage: Stage) -> None:
    await stage.bot.core.journal.set_switch("paused", "Elif Kaya: a test")


@beginning("undo")
async def _scaled(stage: Stage) -> None:
    await carry_out(stage, "scale bridge 5")


@beginning("release")
async def _acknowledged(stage: Stage) -> None:
    await carry_out(stage, f"acknowledge {(await known_ids(stage))['i-']}")


@beginning("postmortem")
async def _over(stage: Stage) -> None:
    await carry_out(stage, f"resolve {(await known_ids(stage))['i-']} {BECAUSE}")


async def known_ids(stage: Stage) -> dict[str, str]:
    """The newest run that has ended, and the newest incident, where there are such."""
    ended = [run.id for run in await stage.runs() if run.ended]
    known = {"r-": ended[0]} if ended else {}
    return known | ({"i-": (await stage.incident()).id} if isinstance(stage, Alarm) else {})


async def words_for(stage: Stage, runbook: type[Handler]) -> str:
    """The first example; where it names a run or an incident, one that there is."""
    return f"{example_of(runbook, await known_ids(stage))} {BECAUSE}"


async def _say(stage: Stage, words: str, who: Who) -> Run | None:
    key = f"contract:{stage.workspace.next_id('K')}"
    request = Request(key, words, who, stage.clock.now(), door="terminal")
    await stage.bot.core.receive(request)
    await stage.bot.core.take(request)
    await stage.settle()
    return await stage.bot.core.cases.load(request.case)


async def carry_out(stage: Stage, words: str, like: type[Handler] | None = None) -> Run:
    """Ask, let everybody agree whose agreement is needed, and see it done; every offer on the way is understood."""
    said = COMMANDS.understand(asked(words))
    # What somebody may not ask for, they may not take back: `like` names what is taken back.
    begun = await _say(stage, words, asker(like or type(said.handler)).who)
    assert begun is not None, f"`{words}` opened no run"
    run: Run = begun
    for who in CONFIG.people:
        if run.phase is Phase.WAITING:
            all_understood(offers(run))
            await _say(stage, f"agree {run.id} {run.digest}", who.who)
            run = await _now(stage, run)
    for _ in range(100):
        run = await _now(stage, run)
        all_understood(offers(run))
        if run.over or run.phase is Phase.STANDING:
            break
        await stage.passes(seconds=3)
    assert run.ended is not None, f"`{words}` did not end: {run.phase}"
    assert run.ended.how == "done", f"`{words}`: {run.ended.how}, {run.ended.because}"
    return run


async def _now(stage: Stage, run: Run) -> Run:
    loaded = await stage.bot.core.cases.load(run.id)
    assert loaded is not None
    return loaded


def all_understood(some: tuple[Offer, ...]) -> None:
    for offer in some:
        verb = offer.words.split()[0]
        if verb not in REPLIES:
            COMMANDS.understand(asked(offer.words))
        assert offer.label


async def looks(stage: Stage, runbook: type[Handler]) -> tuple[Runbook[Any], Any]:
    words = await words_for(stage, runbook)
    handler = COMMANDS.understand(asked(words, asker(runbook).id)).handler
    assert isinstance(handler, Runbook)
    return handler, await handler.look(stage.bot.core.house.ask)


async def world_of(stage: Stage) -> Any:
    """What can be seen of the world that runbooks change."""
    await stage.passes(seconds=30)
    seen = [
        (one["namespace"], one["name"], one["wanted"], one["ready"], one["image"], one["hpa"] and one["hpa"]["min"])
        for one in state_of(stage.cluster)["deployments"]
    ]
    return seen, bool(await stage.bot.core.journal.switch("paused")), await _trouble(stage)


async def _trouble(stage: Stage) -> Any:
    """How the incident is, in PagerDuty and here; what was said of it is history, which nothing takes back."""
    if not isinstance(stage, Alarm):
        return None
    page, mine = stage.page, await stage.incident()
    there = page.status, page.level, {user.id for user in page.assignees}, [note.content for note in page.notes]
    return there, mine.stage, mine.holder, mine.severity, mine.written and mine.written.run


async def wishes_of(stage: Stage) -> list[int]:
    """How often what is wanted of each Deployment and autoscaler was changed; what was written on the incident."""
    store = stage.cluster.store
    noted = len((await stage.incident()).noted) if isinstance(stage, Alarm) else 0
    return [
        int(one["metadata"].get("generation", 0)) for kind in (DEPLOYMENTS, AUTOSCALERS) for one in store.list(kind)
    ] + [noted]


async def _burns(stage: Alarm) -> None:
    """An alert fires, the bot has it, and knows it in PagerDuty."""
    stage.alerts.post([trouble("Trouble", stage.clock.now())])
    await stage.sees_card("Trouble")
    for _ in range(20):
        if (await stage.incident()).page is not None:
            return
        await stage.passes(seconds=1)
    raise AssertionError("PagerDuty told nothing of it")


def on_stage(folder: Path, runbook: type[Handler], story: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        kind = Alarm if acts_on_an_incident(runbook) else Stage
        async with kind(folder).set_up() as stage, stage.with_bot():
            if isinstance(stage, Alarm):
                await _burns(stage)
            if begin := BEGINNINGS.get(runbook.command):
                await begin(stage)
            await story(stage)

    asyncio.run(run())
