"""Nobody is there who could answer: what the clock asks for waits, and what may be left out holds nothing up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.person import BOT
from bot.domain.plan import Act, Level, Never, OrElse, Plan, Risk
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.engine.waiting import Waiting
from bot.runbook import Ask, Runbook
from tests.domain.toy import Is, Set
from tests.engine.bench import Bench, NumberOf, play


class Perhaps(Runbook[int]):
    """Turn a switch, if it can be."""

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan:
        step = Act(Set("a", 5), Is("a", 5), Never("nobody minds"), or_else=OrElse.GO_ON)
        return Plan("Turn it, perhaps", Risk(Level.LOW, "it is a toy"), (step,))


async def clock_asks(b: Bench, words: str) -> Run:
    run = await b.core.cases.open(Request(f"clock:{words}", words, BOT, b.clock.now(), "clock"))
    await b.settle()
    return await b.now(run)


async def asked(b: Bench, who: str, words: str) -> Run:
    run = await b.says(who, words)
    assert run is not None
    return run


def test_what_the_clock_asks_for_waits_for_whoever_has_the_object(tmp_path: Path) -> None:
    """Nobody would read that it is refused, and nobody would ask for it again."""

    async def story(b: Bench) -> None:
        early, first = await clock_asks(b, "turn a 21"), await asked(b, "ana", "turn a 20")
        b.world.stuck.add("a")
        await b.presses("elif", first, "Approve")
        late = await clock_asks(b, "turn a 22")
        assert late.phase is Phase.ASKED
        early = await b.presses("elif", early, "Approve")
        assert early.phase is Phase.AGREED
        assert f"step 1 of 1 ({first.id})" in str(b.card(early))
        await b.later(minutes=5, seconds=1)
        assert (await b.now(first)).over
        b.world.stuck.clear()
        for _ in range(3):
            await b.later(seconds=16)
        ended = (await b.now(early)).ended
        assert ended is not None
        assert ended.how == "done"
        assert (await b.now(late)).phase is Phase.WAITING

    play(tmp_path, story)


def test_a_step_without_which_it_goes_on_is_given_up_when_the_world_stays_away(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        def goes_away() -> None:
            b.world.away = "The line is cut."

        b.world.before_do = goes_away
        run = await asked(b, "ana", "perhaps")
        run = await b.presses("ana", run, "Confirm")
        assert run.postponed is not None
        await b.later(minutes=6)
        run = await b.now(run)
        assert run.ended is not None
        assert run.ended.how == "done"
        assert "The line is cut." in str(b.card(run)), "what was not done is told"
        assert await b.core.journal.claims(frozenset({"switch a"})) == {}

    play(tmp_path, story, (Perhaps,))


async def held_by_ana(b: Bench) -> Run:
    """A run that has the switch, and will have it until it is no longer stuck."""
    run = await asked(b, "ana", "turn a 20")
    b.world.stuck.add("a")
    await b.presses("elif", run, "Approve")
    await b.later(seconds=7)
    return run


async def lets_go(b: Bench, run: Run) -> Run:
    """The run, over as soon as it is seen that the switch is no longer stuck."""
    b.world.stuck.clear()
    while not (run := await b.now(run)).over:
        await b.later(seconds=1)
    return run


def test_who_waits_for_an_object_goes_on_in_the_moment_in_which_it_is_let_go_of(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await held_by_ana(b)
        late = await clock_asks(b, "turn a 22")
        assert late.postponed is not None
        first = await lets_go(b, first)
        late = await b.now(late)
        assert late.phase is Phase.WAITING
        assert late.planned_at == first.done_at

    play(tmp_path, story)


def test_what_is_let_go_of_while_somebody_looks_who_has_it_is_not_waited_for(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await held_by_ana(b)
        b.world.stuck.clear()
        b.journal.then = [lambda: b.core.driver.drive(first.id)]
        began = b.clock.now()
        b.clock.move(timedelta(minutes=1))  # so that it is looked at again whether it is still stuck
        late = await b.core.cases.open(Request("clock:late", "turn a 22", BOT, b.clock.now(), "clock"))
        await b.core.driver.drive(late.id)
        assert (await b.now(first)).over
        assert (await b.now(late)).phase is Phase.WAITING
        assert b.clock.now() == began + timedelta(minutes=1)

    play(tmp_path, story)


def test_who_has_nothing_and_waits_to_put_back_what_stands_wakes_nobody(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        hold = await asked(b, "ana", "turn a 5 for 2h")
        hold = await b.presses("ana", hold, "Confirm")
        await b.later(minutes=118)
        await held_by_ana(b)
        late = await clock_asks(b, "turn a 22")
        driven: list[str] = []

        async def drives(case: str) -> None:
            driven.append(case)
            await b.core.drive(case)

        b.queue.register("drive", drives)
        b.clock.move(timedelta(minutes=2))
        await b.queue.run()
        assert (await b.now(hold)).postponed is not None
        assert {hold.id, late.id} <= set(driven)
        assert len(driven) == len(set(driven)), "each looked once, by the clock"

    play(tmp_path, story)


def test_what_is_over_waits_for_nothing(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        await held_by_ana(b)
        late = await clock_asks(b, "turn a 22")
        assert len(b.core.cases.waiting) == 1
        await b.says("ana", f"cancel {late.id} because it is late")
        assert (await b.now(late)).over
        assert len(b.core.cases.waiting) == 0

    play(tmp_path, story)


def test_who_waits_is_forgotten_after_its_time_since_another_process_may_have_driven_it_on() -> None:
    waiting, now = Waiting(), datetime(2026, 11, 24, 10, tzinfo=UTC)
    for number in range(100):
        waiting.add(f"r-{number}", frozenset({"switch a"}), now, now + timedelta(seconds=15))
        now += timedelta(seconds=5)
    assert len(waiting) == 3
    assert waiting.let_go({"switch a"}) == ["r-97", "r-98", "r-99"]
    assert waiting.let_go({"switch a"}) == []
    assert waiting.goes_on("r-99")
    assert not waiting.goes_on("r-99")
    waiting.add("r-100", frozenset({"switch b"}), now + timedelta(minutes=1), now + timedelta(minutes=2))
    assert len(waiting) == 1
