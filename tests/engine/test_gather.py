"""A lookup shows what it knows while slow sources are still asked; one that is away does not take the others along."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from bot.domain.errors import Away, Refusal
from bot.domain.event import Requested
from bot.domain.report import Report
from bot.domain.run import Run
from bot.domain.verb import Question
from bot.engine.gather import gather, together
from bot.ports import Kind, Outbox, Say, World
from bot.runbook import Lookup, Seen
from tests.domain.toy import ANA, NOW, request
from tests.engine.bench import NumberOf

#: Seconds until a test that hangs is given up.
_LONGEST = 10


class Both(Lookup):
    """Show two switches, and a third when the first shows 3."""

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        more = (NumberOf("c"),) if seen.get(NumberOf("a")) == 3 else ()
        return NumberOf("a"), NumberOf("b"), *more

    def tell(self, seen: Seen) -> Report:
        said = [f"{name} {_said(seen.get(NumberOf(name)))}" for name in "abc" if seen.get(NumberOf(name)) is not None]
        return Report(", ".join(said))


class BothInPrivate(Both):
    private: ClassVar[bool] = True


def _said(answer: Any) -> str:
    return answer.because if isinstance(answer, Away) else str(answer)


class Sources:
    """A world of which every source is as quick as the test says: ``b`` answers when it may."""

    def __init__(self, a: Callable[[], int], b: Callable[[], int]) -> None:
        self._a, self._b = a, b
        self.may = asyncio.Event()
        self.cancelled = False
        self.asked: list[str] = []

    async def ask(self, question: NumberOf) -> int:
        self.asked.append(question.switch)
        if question.switch == "b":
            try:
                await self.may.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
            return self._b()
        return self._a()


class Shown:
    """An outbox in which the first saying lets the slow source answer."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.says: list[Say] = []

    async def say(self, *says: Say) -> None:
        self.says += says
        self._sources.may.set()


def raises(error: Exception) -> Callable[[], int]:
    def answer() -> int:
        raise error

    return answer


def gathered(
    a: Callable[[], int], b: Callable[[], int], kind: type[Lookup] = Both, slow: bool = True
) -> tuple[Report, Sources, list[Say]]:
    """What it comes to, and what was shown on the way."""

    async def run() -> tuple[Report, Sources, list[Say]]:
        sources = Sources(a, b)
        shown = Shown(sources)
        if not slow:
            sources.may.set()
        asked = request(words="both")
        case = Run.born(Requested(NOW, ANA, request=asked))
        world: World = sources  # type: ignore[assignment]  # a lookup only asks
        outbox: Outbox = shown  # type: ignore[assignment]  # and is only shown
        async with asyncio.timeout(_LONGEST):
            report = await gather(kind(asked, "both", "production", "", {}), case, world, outbox)
        return report, sources, shown.says

    return asyncio.run(run())


def test_first_results_are_shown_while_a_slow_source_is_still_asked() -> None:
    report, _, says = gathered(lambda: 1, lambda: 2)
    assert report.summary == "a 1, b 2"
    (say,) = says
    assert (say.kind, say.key, say.report.summary) == (Kind.CARD, f"card:{request().case}", "a 1")


def test_what_is_quick_is_shown_once_and_whole() -> None:
    report, _, says = gathered(lambda: 1, lambda: 2, slow=False)
    assert (report.summary, says) == ("a 1, b 2", [])


def test_what_is_answered_in_private_shows_nothing_on_the_way() -> None:
    async def run() -> None:
        sources = Sources(lambda: 1, lambda: 2)
        shown = Shown(sources)
        lookup = BothInPrivate(request(), "both", "production", "", {})
        case = Run.born(Requested(NOW, ANA, request=request()))
        gathering = asyncio.ensure_future(gather(lookup, case, sources, shown))  # type: ignore[arg-type]  # as above
        done, _ = await asyncio.wait({gathering}, timeout=1)  # longer than a first, unfinished answer takes
        assert (done, shown.says) == (set(), [])
        sources.may.set()
        assert (await gathering).summary == "a 1, b 2"

    asyncio.run(run())


@pytest.mark.parametrize(
    "error",
    [
        Away("The line is cut."),
        Refusal("The line is cut."),
        # Of what only looks that goes without saying.
        Away("The line is cut. Nothing was changed."),
        Refusal("The line is cut.", "Nothing was changed."),
    ],
)
def test_a_source_that_is_away_says_so_beside_the_others(error: Exception) -> None:
    report, _, _ = gathered(raises(error), lambda: 2, slow=False)
    assert report.summary == "a The line is cut., b 2"


def test_what_an_answer_brings_up_is_asked_too_and_nothing_is_asked_twice() -> None:
    report, sources, _ = gathered(lambda: 3, lambda: 2)
    assert report.summary == "a 3, b 2, c 3"
    assert sorted(sources.asked) == ["a", "b", "c"]


def test_when_one_breaks_the_others_are_no_longer_asked() -> None:
    async def run() -> None:
        sources = Sources(raises(ZeroDivisionError()), lambda: 2)
        lookup = Both(request(), "both", "production", "", {})
        case = Run.born(Requested(NOW, ANA, request=request()))
        with pytest.raises(ZeroDivisionError):
            await gather(lookup, case, sources, Shown(sources))  # type: ignore[arg-type]  # as above
        await asyncio.sleep(0)  # one turn of the loop: what was cancelled hears of it
        assert sources.cancelled

    asyncio.run(run())


def test_several_are_asked_at_once_and_who_does_not_answer_in_time_holds_nobody_up() -> None:
    async def run() -> None:
        sources = Sources(raises(Refusal("There is no such switch.", "Nothing was changed.")), lambda: 2)
        questions = (NumberOf("b"), NumberOf("a"), NumberOf("b"))
        async with asyncio.timeout(_LONGEST):
            answers = await together(questions, timedelta(milliseconds=50), sources)  # type: ignore[arg-type]  # as above
        late = "There was no answer within 0 s."
        assert [_said(answer) for answer in answers] == [late, "There is no such switch.", late]
        assert sources.asked == ["b", "a", "b"]
        await asyncio.sleep(0)  # one turn of the loop: what was cancelled hears of it
        assert sources.cancelled
        sources.may.set()
        assert await together(questions[:1], timedelta(seconds=_LONGEST), sources) == (2,)  # type: ignore[arg-type]  # as above
        assert await together((), timedelta(seconds=_LONGEST), sources) == ()  # type: ignore[arg-type]  # as above

    asyncio.run(run())
