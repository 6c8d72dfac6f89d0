"""The terminal door: ``aureus say "scale bridge 5"``, through the same desk, with the same journal."""

import asyncio
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta

from bot.domain.card import tell
from bot.domain.errors import Refusal
from bot.domain.person import People, Person
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.domain.verb import spell
from bot.doors.plain import plain
from bot.engine.core import Core
from bot.ports import Clock

_RESTS = (Phase.CHOOSING, Phase.WAITING, Phase.ASKING, Phase.STANDING, Phase.OVER)
_AMISS = ("refused", "failed", "put back", "declined", "expired")
_LOOK = 0.2  # seconds between two looks into the journal


class Terminal:
    """Says words as somebody, and shows what comes of them."""

    def __init__(
        self, core: Core, people: People, clock: Clock, show: Callable[[str], object] = sys.stdout.write
    ) -> None:
        self._core = core
        self._people = people
        self._clock = clock
        self._show = show

    async def say(self, words: str, person: Person, patience: float = 600.0) -> bool:
        """Ask for the words, and show the run that they begin or are for, whenever it changes, until it rests.

        False when it was refused or went amiss. Raises ``Refusal`` when it does not rest within ``patience`` seconds.
        """
        request = Request(f"terminal:{uuid.uuid4()}", words, person.who, self._clock.now(), door="terminal")
        await self._core.receive(request)
        case = await self._core.take(request) or request.case
        try:
            async with asyncio.timeout(patience):
                return await self._follow(request, case)
        except TimeoutError:
            raise Refusal(
                f"There is no end to it yet after {spell(timedelta(seconds=patience))}; it goes on without you.",
                f"`runs` and `cancel {case}` work from here, too.",
            ) from None

    async def _follow(self, request: Request, case: str) -> bool:
        shown = ""
        while True:
            report = await self._core.outbox.read(f"private:{request.key}")
            run = await self._core.cases.load(case)
            if report is not None:
                if plain(report) != shown:
                    self._show(plain(report) + "\n")
                return run is not None and _went_well(run)
            if run is not None:
                children = await self._core.cases.load_all([each.case for each in run.children])
                now = plain(tell(run, self._people, children, await self._core.journal.switch("paused")))
                if now != shown and (run.phase is not Phase.ASKED or run.postponed is not None):
                    self._show(("\n" if shown else "") + now + "\n")
                    shown = now
                if run.phase in _RESTS and run.postponed is None:
                    # A reply that was taken did what it was for, however the run ends.
                    return case != request.case or _went_well(run)
            await asyncio.sleep(_LOOK)


def _went_well(run: Run) -> bool:
    return run.ended is None or run.ended.how not in _AMISS
