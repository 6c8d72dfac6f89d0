"""The channels that ``config/`` names: those that take nothing of what the bot says are told of, once."""

import logging
from collections.abc import Sequence

from bot.domain.channel import Closed
from bot.domain.errors import Refusal
from bot.domain.report import Bold, Item, Items, Mark, Report, Tone, text
from bot.domain.request import Place
from bot.domain.sentence import marked
from bot.ports import Clock, Journal, Kind, Outbox, Say, Screen, Unsayable
from bot.world.bot import ClosedChannels, LinkTo

log = logging.getLogger(__name__)

_SWITCH = "closed channels"  # since when which ones are known to be closed


class Channels:
    """Looks at channels through the screen. ``named`` are those of ``config/``."""

    def __init__(
        self, screen: Screen, journal: Journal, outbox: Outbox, clock: Clock, fallback: Place, named: Sequence[Place]
    ) -> None:
        self._screen = screen
        self._journal = journal
        self._outbox = outbox
        self._clock = clock
        self._fallback = fallback
        self._before: tuple[Closed, ...] = ()
        self._named = tuple(dict.fromkeys(place.channel for place in (*named, fallback) if place.channel))

    async def closed(self, question: ClosedChannels) -> tuple[Closed, ...]:
        """Those that take nothing. Raises ``Away`` when the outside cannot be asked."""
        found = [await self._screen.closed(channel) for channel in question.channels]
        return tuple(each for each in found if each is not None)

    async def link(self, question: LinkTo) -> str:
        """An address of a message. Raises ``Away``, and ``Refusal`` when it is there no longer."""
        try:
            return await self._screen.link(question.channel, question.ts)
        except Unsayable as no:
            raise Refusal(f"There is no link to that message: {no.because}.") from no

    async def check(self) -> tuple[Closed, ...]:
        """Look at all of ``config/``, and tell of those that take nothing. Raises ``Away`` and ``Full``.

        People are told once, in the fall-back channel, and once more when it is as before after it was otherwise.
        """
        closed = await self.closed(ClosedChannels(self._named))
        there = {each.channel for each in closed}
        self._log(closed)
        since = await self._since(closed)
        if closed and self._fallback.channel not in there:
            await self._outbox.say(Say(f"closed:{since}", Kind.LINE, _report(closed), self._fallback))
        return closed

    def _log(self, closed: tuple[Closed, ...]) -> None:
        """What is otherwise than at the last look."""
        for each in closed:
            if each not in self._before:
                level = logging.ERROR if each.channel == self._fallback.channel else logging.WARNING
                log.log(level, "nothing can be said in %s: %s %s", each.channel, each.because, each.remedy)
        for channel in sorted({each.channel for each in self._before} - {each.channel for each in closed}):
            log.info("what is said in %s appears there again", channel)
        self._before = closed

    async def _since(self, closed: Sequence[Closed]) -> str:
        """When it began to be as it is, so far as is known: what is said of it is said once under this time."""
        now = " ".join(sorted(f"{each.channel}={each.because}" for each in closed))
        since, _, before = (await self._journal.switch(_SWITCH)).partition(" ")
        if now == before:
            return since
        since = f"{self._clock.now():%Y-%m-%dT%H:%M}"  # to the minute: of two that start at once, both mean the same
        await self._journal.set_switch(_SWITCH, f"{since} {now}" if now else "")
        return since


def _report(closed: Sequence[Closed]) -> Report:
    names = ", ".join(each.channel for each in closed)
    items = [Item(Mark.WARN, marked(Bold(each.channel), f": {each.because} {each.remedy}")) for each in closed]
    return Report(
        f"Nothing of what I say appears in {names}: it is said here instead.",
        "Channels of config/ that I cannot speak in",
        Tone.WARN,
        (Items(tuple(items)), text("What belongs there is said here instead, until it can be said there.")),
    )
