"""Links to cards: the ids of cases in what is said lead to where their cards stand."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from bot.domain.errors import Away, Full
from bot.domain.report import CaseId, Inline, Link, Report
from bot.engine.teller import card_key, case_of
from bot.ports import Delivery, Outbox, Screen, Unsayable
from bot.recent import Recent

log = logging.getLogger(__name__)

_KEPT: Final = 1000  # addresses: that of a message never changes


class Links:
    """Knows the addresses of cards, each asked for once."""

    def __init__(self, outbox: Outbox, screen: Screen) -> None:
        self._outbox = outbox
        self._screen = screen
        self._known: Recent[tuple[str, str], str] = Recent(_KEPT)

    async def to(self, channel: str, ts: str) -> str:
        """The address of a message; "" when it cannot be had now: what is said with it does not wait for that."""
        known = self._known.get((channel, ts))
        if known is not None:
            return known
        try:
            address = await self._screen.link(channel, ts)
        except (Away, Unsayable) as no:
            log.info("no link to %s in %s: %s", ts, channel, no)
            return ""
        self._known.put((channel, ts), address)
        return address

    async def within(self, report: Report) -> Report:
        """The report with a link in the place of each id whose card stands somewhere."""
        cards = [each for each in await self._cards(report) if each.ts]
        if not cards:
            return report
        found = await asyncio.gather(*(self.to(card.channel, card.ts) for card in cards))
        addresses = {case_of(card.key): address for card, address in zip(cards, found, strict=True) if address}

        def linked(id_: CaseId) -> Inline:
            return Link(id_.text, addresses[id_.text]) if id_.text in addresses else id_

        made: Report = _changed(report, linked)
        return made

    async def are_coming(self, report: Report) -> bool:
        """Whether the card of one of its ids is on its way, as of what has just begun."""
        return any(not (each.ts or each.dropped) for each in await self._cards(report))

    async def _cards(self, report: Report) -> Sequence[Delivery]:
        cases = sorted({each.text for each in _ids(report)})
        try:
            return await self._outbox.deliveries([card_key(case) for case in cases]) if cases else ()
        except Full as full:
            log.info("no links: %s", full.because)
            return ()


def _ids(value: object) -> Iterator[CaseId]:
    if isinstance(value, CaseId):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _ids(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _ids(getattr(value, field.name))


def _changed(value: Any, change: Callable[[CaseId], Inline]) -> Any:
    if isinstance(value, CaseId):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _changed(getattr(value, each.name), change) for each in fields(value)})
    return value
