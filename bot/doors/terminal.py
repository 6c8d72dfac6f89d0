"""The terminal door: ``aureus say "scale bridge 5"``, through the same desk, with the same journal."""

import asyncio
import sys
import uuid
from collections.abc import Callable

from bot.domain.card import tell
from bot.domain.person import People, Person
from bot.domain.request import Request
from bot.domain.run import Phase
from bot.doors.plain import plain
from bot.engine.core import Core
from bot.ports import Clock

_RESTS = (Phase.CHOOSING, Phase.WAITING, Phase.ASKING, Phase.STANDING, Phase.OVER)
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
        """Ask for the words, and show the run whenever it changes until it rests. Whether an answer came in time."""
        request = Request(f"terminal:{uuid.uuid4()}", words, person.who, self._clock.now(), door="terminal")
        await self._core.receive(request)
        await self._core.take(request)
        case = await self._case_of(request, words)
        shown = ""
        async with asyncio.timeout(patience):
            while True:
                report = await self._core.outbox.read(f"private:{request.key}")
                run = await self._core.cases.load(case)
                if report is not None:
                    self._show(plain(report) + "\n")
                    return True
                if run is not None:
                    children = await self._core.cases.load_all([each.case for each in run.children])
                    now = plain(tell(run, self._people, children))
                    if now != shown and run.phase is not Phase.ASKED:
                        self._show(now + "\n\n")
                        shown = now
                    if run.phase in _RESTS and run.postponed is None:
                        return True
                await asyncio.sleep(_LOOK)

    async def _case_of(self, request: Request, words: str) -> str:
        """The run to look at: its own, or the one that a reply names."""
        named = [word for word in words.split()[1:2] if word.startswith("r-")]
        return request.case if await self._core.cases.load(request.case) or not named else named[0]
