"""Cases that belong together, written at the same moment: each card shows all of them as they are."""

from pathlib import Path

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_event import Assessed, Fired, Noted
from bot.domain.request import Place, Request
from bot.domain.run import Run
from tests.domain.toy import ANA
from tests.engine.bench import Bench, play


async def _incident(b: Bench) -> Incident:
    fired = Fired(b.clock.now(), key="k", title="Trouble", places=(Place("C9"),))
    return await b.core.cases.begin(fired, names=frozenset({"alerts k"}))


async def _child(b: Bench, incident: Incident) -> Run:
    """A run that belongs to it, and waits for somebody."""
    request = Request("child", "turn a 5", ANA, b.clock.now(), place=Place("C9"), of=incident.id)
    await b.core.cases.open(request)
    await b.settle()
    run = await b.core.cases.load(request.case)
    assert run is not None
    return run


def test_a_run_that_ends_while_its_incident_moves_draws_the_incident_as_it_is_then(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        incident = await _incident(b)
        run = await _child(b, incident)

        async def others() -> None:
            now = await b.core.cases.incident(incident.id)
            assert now is not None
            await b.core.cases.record(now, Assessed(b.clock.now(), ANA, severity=Severity.P0))

        b.journal.first = [others]  # when its end is about to be written, and its incident was read
        await b.says("ana", f"cancel {run.id}")
        await b.later(minutes=1)
        assert (await b.now(run)).over
        card = b.wall.cards[f"card:{incident.id}"]
        assert card.title.startswith("P0"), "what was written meanwhile is not painted over"
        assert run.id not in str(card)

    play(tmp_path, story)


def test_an_incident_that_is_written_while_a_run_of_it_ends_shows_it_no_longer(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        incident = await _incident(b)
        run = await _child(b, incident)
        await b.later(minutes=1)
        assert run.id in str(b.wall.cards[f"card:{incident.id}"])

        async def others() -> None:
            await b.says_at_once("ana", f"cancel {run.id}")

        now = await b.core.cases.incident(incident.id)
        assert now is not None
        b.journal.first = [others]
        await b.core.cases.record(now, Noted(b.clock.now(), ANA, words="it smells", run="r-1"))
        await b.later(minutes=1)
        assert (await b.now(run)).over
        assert run.id not in str(b.wall.cards[f"card:{incident.id}"]), "nothing would ever take it away again"

    play(tmp_path, story)
