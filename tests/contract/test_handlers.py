"""What every file in ``handlers/`` keeps, found by looking: whoever adds one writes nothing here."""

import ast
import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.card import offers
from bot.domain.gate import OPEN
from bot.domain.offer import Offer
from bot.domain.person import Who
from bot.domain.plan import Act, Never, Offers, Plan
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.doors.pages import stale_pages
from bot.engine.commands import Commands
from bot.engine.reply import REPLIES
from bot.runbook import Handler, Lookup, Runbook
from bot.settings import PROJECT
from bot.world import k8s
from sandbox.clock import StandingClock
from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS
from tests.everyone import BECAUSE, COMMANDS, CONFIG, HANDLERS, asker
from tests.stories.stage import Stage

RUNBOOKS = [handler for handler in HANDLERS if issubclass(handler, Runbook)]
EVERY = pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.command)
EVERY_RUNBOOK = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.command)


def _request(words: str, who: str = "elif") -> Request:
    return Request(f"contract:{words}", words, Who(who, who.capitalize()), StandingClock().now())


def _examples(handler: type[Handler]) -> tuple[str, ...]:
    return handler.example(), *handler.more_examples()


# The file


def test_each_file_is_one_handler_named_as_its_command_is() -> None:
    files = {path.stem for path in (PROJECT / "handlers").glob("*.py")} - {"__init__"}
    assert files == {handler.command.replace("-", "_").replace(" ", "_") for handler in HANDLERS}


@EVERY
def test_the_class_is_named_as_its_file(handler: type[Handler]) -> None:
    camel = "".join(word.capitalize() for word in handler.command.replace("-", " ").split())
    assert handler.__name__ == camel
    assert Path(inspect.getfile(handler)).stem == handler.command.replace("-", "_").replace(" ", "_")


@EVERY
def test_it_is_a_runbook_or_a_lookup(handler: type[Handler]) -> None:
    assert issubclass(handler, Runbook) != issubclass(handler, Lookup)


@EVERY
def test_its_docstring_says_what_it_does(handler: type[Handler]) -> None:
    """The first line is its help: a sentence, and short enough for a list."""
    assert "__doc__" in handler.__dict__
    first = (handler.__dict__["__doc__"] or "").strip().splitlines()[0]
    assert first.endswith(".")
    assert len(first) <= 100


@EVERY
def test_it_imports_the_runbook_the_world_and_the_standard_library_only(handler: type[Handler]) -> None:
    tree = ast.parse(Path(inspect.getfile(handler)).read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "." * node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    wrong = {name for name in named if not _allowed(name)}
    assert not wrong, f"a handler names what it wants and does nothing itself: {', '.join(sorted(wrong))}"


def _allowed(name: str) -> bool:
    ours = name in ("bot.runbook", "bot.world") or name.startswith("bot.world.")
    return ours or name.partition(".")[0] in sys.stdlib_module_names - {
        "os",
        "subprocess",
        "socket",
        "asyncio",
        "random",
    }


# Its words


@EVERY
def test_its_examples_are_understood_and_said_again_in_the_same_words(handler: type[Handler]) -> None:
    for example in _examples(handler):
        once = COMMANDS.understand(_request(example))
        assert type(once.handler) is handler, f"`{example}` is understood as {type(once.handler).__name__}"
        again = COMMANDS.understand(_request(once.words))
        assert again.words == once.words
        assert {name: getattr(again.handler, name) for name in handler.args} == {
            name: getattr(once.handler, name) for name in handler.args
        }


@EVERY
def test_its_usage_names_every_argument(handler: type[Handler]) -> None:
    usage = handler.usage()
    assert usage.startswith(handler.command)
    for name, spec in handler.args.items():
        assert "|".join(spec.choices) in usage if spec.choices else f"<{name.replace('_', '-')}>" in usage
        assert spec.keyword in usage
        assert spec.about, f"{name} does not say what it is"


@EVERY
def test_policy_lets_somebody_ask_for_it(handler: type[Handler]) -> None:
    assert [who for who in CONFIG.people if CONFIG.policy.may(who, handler.command, issubclass(handler, Runbook))]


def test_the_pages_of_the_commands_are_as_the_classes_say() -> None:
    assert not stale_pages(COMMANDS, PROJECT / "docs" / "commands"), "`make docs` writes them anew"


# What it does

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
    await _carry_out(stage, "scale bridge 5")


def _words(runbook: type[Handler], runs: list[Run]) -> str:
    """The first example; where it names a run, one that there is."""
    words = [f"{runs[0].id}" if word.startswith("r-") and runs else word for word in runbook.example().split()]
    return " ".join([*words, BECAUSE])


async def _say(stage: Stage, words: str, who: Who) -> Run | None:
    key = f"contract:{stage.workspace.next_id('K')}"
    request = Request(key, words, who, stage.clock.now(), door="terminal")
    await stage.bot.core.receive(request)
    await stage.bot.core.take(request)
    await stage.settle()
    return await stage.bot.core.cases.load(request.case)


async def _carry_out(stage: Stage, words: str, like: type[Handler] | None = None) -> Run:
    """Ask, let everybody agree whose agreement is needed, and see it done; every offer on the way is understood."""
    said = COMMANDS.understand(_request(words))
    # What somebody may not ask for, they may not take back: `like` names what is taken back.
    begun = await _say(stage, words, asker(like or type(said.handler)).who)
    assert begun is not None, f"`{words}` opened no run"
    run: Run = begun
    for who in CONFIG.people:
        if run.phase is Phase.WAITING:
            _all_understood(offers(run))
            await _say(stage, f"agree {run.id} {run.digest}", who.who)
            run = await _now(stage, run)
    for _ in range(100):
        run = await _now(stage, run)
        _all_understood(offers(run))
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


def _all_understood(some: tuple[Offer, ...]) -> None:
    for offer in some:
        verb = offer.words.split()[0]
        if verb not in REPLIES:
            COMMANDS.understand(_request(offer.words))
        assert offer.label


async def _looks(stage: Stage, runbook: type[Handler]) -> tuple[Runbook[Any], Any]:
    words = _words(runbook, [run for run in await stage.runs() if run.ended])
    handler = COMMANDS.understand(_request(words, asker(runbook).id)).handler
    assert isinstance(handler, Runbook)
    return handler, await handler.look(stage.bot.core.house.ask)


async def _world(stage: Stage) -> Any:
    """What can be seen of the world that runbooks change."""
    await stage.passes(seconds=30)
    seen = [
        (one["namespace"], one["name"], one["wanted"], one["ready"], one["image"], one["hpa"] and one["hpa"]["min"])
        for one in state_of(stage.cluster)["deployments"]
    ]
    return seen, bool(await stage.bot.core.journal.switch("paused"))


def _wishes(stage: Stage) -> list[int]:
    """How often what is wanted of each Deployment and autoscaler was changed."""
    store = stage.cluster.store
    return [
        int(one["metadata"].get("generation", 0)) for kind in (DEPLOYMENTS, AUTOSCALERS) for one in store.list(kind)
    ]


def _on_stage(folder: Path, runbook: type[Handler], story: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Stage(folder).set_up() as stage, stage.with_bot():
            if begin := BEGINNINGS.get(runbook.command):
                await begin(stage)
            await story(stage)

    asyncio.run(run())


@EVERY_RUNBOOK
def test_after_doing_and_undoing_the_world_is_as_before(tmp_path: Path, runbook: type[Handler]) -> None:
    async def story(stage: Stage) -> None:
        handler, before = await _looks(stage, runbook)
        plan = handler.plan(before)
        assert isinstance(plan, Plan), f"add a beginning in which `{runbook.example()}` has something to do: {plan}"
        world, wishes = await _world(stage), _wishes(stage)
        run = await _carry_out(stage, _words(runbook, [one for one in await stage.runs() if one.ended]))
        # It may end as it began (a service that is stopped and started again), if it did something on the way.
        assert await _world(stage) != world or _wishes(stage) != wishes, "it changed nothing"
        ways = [step.back for step in plan.steps if isinstance(step, Act)]
        if any(isinstance(way, Never) for way in ways):
            assert all(way.because for way in ways if isinstance(way, Never))
            return
        await _carry_out(stage, f"undo {run.id} {BECAUSE}", like=runbook)
        assert await _world(stage) == world
        if not plan.covered_by:  # what takes a run back looks at that run, which has been settled since
            assert _unshown((await _looks(stage, runbook))[1]) == _unshown(before)

    _on_stage(tmp_path, runbook, story)


@EVERY_RUNBOOK
def test_planning_twice_gives_one_digest(tmp_path: Path, runbook: type[Handler]) -> None:
    """Also later, and when nothing has moved but what is only shown."""

    async def story(stage: Stage) -> None:
        handler, now = await _looks(stage, runbook)
        digest = _digest(handler.plan(now))
        assert _digest(handler.plan(now)) == digest
        await stage.passes(minutes=5)
        later, then = await _looks(stage, runbook)
        assert _digest(later.plan(then)) == digest
        assert _digest(handler.plan(_unshown(now))) == digest

    _on_stage(tmp_path, runbook, story)


def _digest(plan: Plan | Offers) -> str:
    assert isinstance(plan, Plan), str(plan)
    return plan.digest("words", OPEN)


def _unshown(seen: Any) -> Any:
    """The same facts with other figures wherever a figure is only shown: pods that are ready, room on the nodes."""
    if isinstance(seen, k8s.Size):
        return replace(seen, ready=seen.wanted - 1, available=seen.wanted - 1, updated=0, room=1)
    if isinstance(seen, tuple):
        return tuple(_unshown(each) for each in seen)
    if is_dataclass(seen) and not isinstance(seen, type) and not isinstance(seen, Plan | Act | Run):
        return replace(seen, **{each.name: _unshown(getattr(seen, each.name)) for each in fields(seen) if each.init})
    return seen


@EVERY_RUNBOOK
def test_what_it_offers_is_understood(tmp_path: Path, runbook: type[Handler]) -> None:
    """For all its examples, where each number has an owner."""

    async def story(stage: Stage) -> None:
        services = [service.name for service in CONFIG.catalogue]
        for example in _examples(runbook):
            for service in services:
                words = " ".join(service if word in services else word for word in example.split())
                if any(word.startswith("r-") for word in words.split()):
                    continue
                handler = COMMANDS.understand(_request(words, asker(runbook).id)).handler
                assert isinstance(handler, Runbook)
                made = handler.plan(await handler.look(stage.bot.core.house.ask))
                if isinstance(made, Offers):
                    assert made.because
                    _all_understood(made.offers)

    _on_stage(tmp_path, runbook, story)


def test_two_handlers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers are called"):
        Commands([HANDLERS[0], HANDLERS[0]], CONFIG.catalogue)
