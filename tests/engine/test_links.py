"""What names a run or an incident leads to its card, where there is one, and waits for none for long."""

from datetime import timedelta
from pathlib import Path

from bot.domain.errors import Away
from bot.domain.report import CaseId, Facts, Inline, Item, Items, Link, Mark, Report, Text, note, text
from bot.domain.request import Place
from bot.engine.outbox import Deliverer
from bot.ports import Kind, Say
from tests.engine.bench import Bench
from tests.engine.saying import Trouble, card, play

_LINK = Link("i-2", "https://slack.example/C1/1.0")


def names(case: str, key: str = "line:i-1:1") -> Say:
    return Say(key, Kind.LINE, Report("again", parts=(text("As ", CaseId(case), "."),)), Place("C1"), under="card:i-1")


def said(wall: Trouble) -> list[Inline]:
    """The ids, or links, of all lines."""
    parts = [part for _, report in wall.lines for part in report.parts if isinstance(part, Text)]
    return [inline for part in parts for inline in part.parts if not isinstance(inline, str)]


def test_an_id_leads_to_its_card_wherever_it_stands_in_what_is_said(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card("card:i-2"))
        await deliverer.deliver()
        id_ = CaseId("i-2")
        items = Items((Item(Mark.GOOD, text(id_)),))
        shown = Report("it", parts=(text(id_), note(id_), Facts((("of", id_),)), items))
        await b.core.outbox.say(Say("card:i-1", Kind.CARD, shown, Place("C1")))
        await deliverer.deliver()
        items = Items((Item(Mark.GOOD, text(_LINK)),))
        assert wall.cards["card:i-1"].parts == (text(_LINK), note(_LINK), Facts((("of", _LINK),)), items)
        # What is stored stays as it was: a card that is posted anew stands elsewhere.
        await b.core.outbox.say(Say("card:i-1", Kind.CARD, shown, Place("C1")))
        await deliverer.deliver()
        assert wall.cards["card:i-1"].parts[0] == text(_LINK)

    play(tmp_path, story)


def test_a_line_waits_for_a_card_that_is_on_its_way_and_only_once(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(card("card:i-1"))
        await deliverer.deliver()
        wall.wrong = [Away("no answer", again_in=60)]
        await b.core.outbox.say(card("card:i-2", channel="C2"))
        await b.core.outbox.say(names("i-2"))
        await deliverer.deliver()
        assert wall.lines == []
        b.clock.move(timedelta(seconds=2))
        await deliverer.deliver()
        assert said(wall) == [CaseId("i-2")]

    play(tmp_path, story)


def test_without_a_card_or_an_address_it_is_said_as_an_id(tmp_path: Path) -> None:
    async def story(b: Bench, wall: Trouble, deliverer: Deliverer) -> None:
        await b.core.outbox.say(names("i-3"))
        await b.core.outbox.say(card("card:i-2"))
        await b.core.outbox.say(card("card:i-1"))
        await deliverer.deliver()
        wall.addresses = False
        await b.core.outbox.say(names("i-2", "line:i-1:2"))
        await deliverer.deliver()
        assert said(wall) == [CaseId("i-3"), CaseId("i-2")]

    play(tmp_path, story)
