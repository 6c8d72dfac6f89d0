"""What every file in ``handlers/`` keeps, found by looking: whoever adds one writes nothing here."""

import inspect
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.gate import OPEN
from bot.domain.incident import Incident
from bot.domain.plan import Act, Never, Offers, Plan
from bot.domain.run import Run
from bot.doors.pages import stale_pages
from bot.engine.commands import Commands
from bot.runbook import Handler, Lookup, Runbook
from bot.settings import PROJECT
from bot.world import k8s
from tests.contract.playing import (
    all_understood,
    asked,
    carry_out,
    known_ids,
    looks,
    on_stage,
    wishes_of,
    words_for,
    world_of,
)
from tests.everyone import BECAUSE, COMMANDS, CONFIG, HANDLERS, acts_on_an_incident, asker, example_of
from tests.stories.stage import Stage

RUNBOOKS = [handler for handler in HANDLERS if issubclass(handler, Runbook)]
EVERY = pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.command)
EVERY_RUNBOOK = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.command)


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


# Its words


@EVERY
def test_its_examples_are_understood_and_said_again_in_the_same_words(handler: type[Handler]) -> None:
    for example in handler.examples():
        once = COMMANDS.understand(asked(example))
        assert type(once.handler) is handler, f"`{example}` is understood as {type(once.handler).__name__}"
        again = COMMANDS.understand(asked(once.words))
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


@EVERY_RUNBOOK
def test_after_doing_and_undoing_the_world_is_as_before(tmp_path: Path, runbook: type[Handler]) -> None:
    async def story(stage: Stage) -> None:
        handler, before = await looks(stage, runbook)
        plan = handler.plan(before)
        assert isinstance(plan, Plan), f"add a beginning in which `{runbook.example()}` has something to do: {plan}"
        world_before, wishes_before = await world_of(stage), await wishes_of(stage)
        run = await carry_out(stage, await words_for(stage, runbook))
        # It may end as it began (a service that is stopped and started again), if it did something on the way.
        assert await world_of(stage) != world_before or await wishes_of(stage) != wishes_before, "it changed nothing"
        ways = [step.back for step in plan.steps if isinstance(step, Act)]
        if any(isinstance(way, Never) for way in ways):
            assert all(way.because for way in ways if isinstance(way, Never))
            return
        await carry_out(stage, f"undo {run.id} {BECAUSE}", like=runbook)
        assert await world_of(stage) == world_before
        if not plan.covered_by:  # what takes a run back looks at that run, which has been settled since
            assert _unshown((await looks(stage, runbook))[1]) == _unshown(before)

    on_stage(tmp_path, runbook, story)


@EVERY_RUNBOOK
def test_planning_twice_gives_one_digest(tmp_path: Path, runbook: type[Handler]) -> None:
    """Also later, and when nothing has moved but what is only shown."""

    async def story(stage: Stage) -> None:
        handler, now = await looks(stage, runbook)
        digest = _digest(handler.plan(now))
        assert _digest(handler.plan(now)) == digest
        await stage.passes(minutes=5)
        later, then = await looks(stage, runbook)
        assert _digest(later.plan(then)) == digest
        assert _digest(handler.plan(_unshown(now))) == digest

    on_stage(tmp_path, runbook, story)


def _digest(plan: Plan | Offers) -> str:
    assert isinstance(plan, Plan), str(plan)
    return plan.digest("words", OPEN)


def _unshown(seen: Any) -> Any:
    """The same facts with other figures wherever a figure is only shown: pods that are ready, room on the nodes."""
    if isinstance(seen, k8s.Size):
        return replace(seen, ready=seen.wanted - 1, available=seen.wanted - 1, updated=0, room=1)
    if isinstance(seen, Incident):
        # What has happened to it only grows; how it is can be put back.
        return replace(
            seen, position=1, last=None, drawn=None, children=(), noted=(), escalated=(), climbed=frozenset(),
            places=(), told=frozenset(),
        )  # fmt: skip
    if isinstance(seen, tuple):
        return tuple(_unshown(each) for each in seen)
    if is_dataclass(seen) and not isinstance(seen, type) and not isinstance(seen, Plan | Act | Run):
        return replace(seen, **{each.name: _unshown(getattr(seen, each.name)) for each in fields(seen) if each.init})
    return seen


@pytest.mark.parametrize(
    "runbook", [each for each in RUNBOOKS if acts_on_an_incident(each)], ids=lambda runbook: runbook.command
)
def test_the_title_of_what_acts_on_an_incident_names_it(tmp_path: Path, runbook: type[Handler]) -> None:
    """It is listed beside runs on others."""

    async def story(stage: Stage) -> None:
        handler, now = await looks(stage, runbook)
        plan = handler.plan(now)
        assert isinstance(plan, Plan)
        assert (await known_ids(stage))["i-"] in plan.title

    on_stage(tmp_path, runbook, story)


@EVERY_RUNBOOK
def test_what_it_offers_is_understood(tmp_path: Path, runbook: type[Handler]) -> None:
    """For all its examples, where each number has an owner."""

    async def story(stage: Stage) -> None:
        services = [service.name for service in CONFIG.catalogue]
        ids = await known_ids(stage)
        for example in runbook.examples():
            for service in services:
                words = " ".join(service if word in services else word for word in example.split())
                words = example_of(runbook, ids, words)
                if any(word.startswith("r-") and word not in ids.values() for word in words.split()):
                    continue
                handler = COMMANDS.understand(asked(words, asker(runbook).id)).handler
                assert isinstance(handler, Runbook)
                made = handler.plan(await handler.look(stage.bot.core.house.ask))
                assert isinstance(made, Plan) or made.because
                all_understood(made.offers)

    on_stage(tmp_path, runbook, story)


def test_two_handlers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers are called"):
        Commands([HANDLERS[0], HANDLERS[0]], CONFIG.catalogue)
