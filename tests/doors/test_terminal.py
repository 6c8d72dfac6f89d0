"""The terminal door: words are said, and what comes of them is shown until it rests."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.run import Phase
from bot.doors.terminal import Terminal
from tests.domain.toy import PEOPLE
from tests.engine.bench import Bench, play


async def says(b: Bench, who: str, words: str, patience: float = 20.0) -> tuple[bool, str]:
    """Whether it went well, and all that was shown."""
    shown: list[str] = []
    person = PEOPLE.get(who)
    assert person is not None
    terminal = Terminal(b.core, PEOPLE, b.clock, shown.append)
    saying = asyncio.create_task(terminal.say(words, person, patience))
    while not saying.done():
        await b.settle()
        await asyncio.wait([saying], timeout=0.02)
    return saying.result(), "".join(shown)


async def waiting(b: Bench, words: str = "turn a 1") -> str:
    """The case of a run of Ana's that waits for her."""
    run = await b.says("ana", words)
    assert run is not None
    assert run.phase is Phase.WAITING
    return run.id


def test_a_lookup_is_answered(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        assert await says(b, "ana", "show a") == (True, "a shows 0\n")

    play(tmp_path, story)


def test_a_plan_that_waits_is_shown_with_the_words_of_its_buttons(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        well, shown = await says(b, "ana", "turn a 1")
        assert well
        for part in ("TURN A FROM 0 TO 1", "… Waiting", "Risk", "[Confirm]  agree r-", "[Cancel]  cancel r-"):
            assert part in shown

    play(tmp_path, story)


def test_a_reply_that_names_its_run_shows_that_run(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        case = await waiting(b)
        run = await b.core.cases.load(case)
        assert run is not None
        well, shown = await says(b, "ana", f"agree {case} {run.digest}")
        assert well
        assert "Done in" in shown
        assert b.world.numbers["a"] == 1

    play(tmp_path, story)


def test_a_reply_that_names_no_run_shows_the_run_that_it_was_for(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        case = await waiting(b)
        well, shown = await says(b, "ana", "cancel")
        assert well
        assert "Cancelled by Ana" in shown
        assert case in shown

    play(tmp_path, story)


def test_where_several_runs_may_be_meant_a_reply_is_to_none_of_them(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        older = await waiting(b)
        await b.later(seconds=1)
        newer = await waiting(b, "turn b 2")
        well, shown = await says(b, "ana", "cancel")
        assert not well
        assert "You have 2 runs for which cancel can be said" in shown
        assert older in shown
        assert f"cancel {newer}" in shown
        runs = await b.core.cases.load_all([older, newer])
        assert [run.over for run in runs] == [False, False]

    play(tmp_path, story)


def test_a_button_may_be_pressed_from_the_terminal(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        case = await waiting(b)
        confirm = next(offer for offer in b.wall.cards[f"card:{case}"].offers if offer.label == "Confirm")
        well, shown = await says(b, "ana", f"press {case} {confirm.key}")
        assert well
        assert "Done in" in shown

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("cancel", "You have no run under way, so there is nothing to cancel."),
        ("cancel r-00000000", "I know no run r-00000000"),
        ("trun a 1", "turn"),
        ("choose", "You may not ask for choose"),
    ],
)
def test_what_is_refused_says_why_and_did_not_go_well(tmp_path: Path, words: str, because: str) -> None:
    async def story(b: Bench) -> None:
        well, shown = await says(b, "ana", words)
        assert not well
        assert because in shown
        assert "Nothing was changed" in shown

    play(tmp_path, story)


def test_an_agreement_that_was_taken_went_well_and_what_came_of_it_is_said(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        case = await waiting(b)
        run = await b.core.cases.load(case)
        assert run is not None
        b.world.refuses = "a"
        well, shown = await says(b, "ana", f"agree {case} {run.digest}")
        assert well
        assert "a is nailed down" in " ".join(shown.split())

    play(tmp_path, story)


def test_while_the_world_is_away_it_says_so_and_that_nothing_is_lost(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.away = "The switches do not answer."
        with pytest.raises(Refusal, match="no end to it yet after 1 s") as no:
            await says(b, "ana", "turn a 1", patience=1.0)
        assert "it goes on without you" in str(no.value)
        assert "cancel r-" in no.value.hint

    play(tmp_path, story)


def test_what_is_away_is_shown_while_it_is_waited_for(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.away = "The switches do not answer."
        person, shown = PEOPLE.get("ana"), list[str]()
        assert person is not None
        saying = asyncio.create_task(Terminal(b.core, PEOPLE, b.clock, shown.append).say("turn a 1", person, 20))
        while not shown:
            await b.settle()
            await asyncio.wait([saying], timeout=0.02)
        assert "The switches do not answer. Nothing is lost" in shown[0]
        b.world.away = ""
        while not saying.done():
            await b.later(seconds=1)
            await asyncio.wait([saying], timeout=0.02)
        assert saying.result()
        assert "TURN A FROM 0 TO 1" in shown[-1]

    play(tmp_path, story)
