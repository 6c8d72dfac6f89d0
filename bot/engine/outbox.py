"""The deliverer: says what is in the outbox, and writes down where it stands."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec

from bot.domain.errors import Away, Full, Unknown
from bot.domain.report import Link, Report, Text
from bot.domain.request import NOWHERE, Place
from bot.engine.cases import Cases
from bot.engine.links import Links
from bot.engine.teller import card_key, case_of
from bot.ports import Clock, Kind, Outbox, Posting, Say, Screen, Unsayable

log = logging.getLogger(__name__)

P = ParamSpec("P")

_LATE = timedelta(seconds=8)  # after that a post whose answer never came has appeared, if it ever will
_SLOWEST = 60.0  # seconds between two attempts at the most
_BURST = 3
_GLANCE = 0.25  # seconds between two looks into the outbox when nobody woke it


class Deliverer:
    """Delivers what is due. One message in flight a card; after a lost answer it looks before it says it again."""

    def __init__(
        self, outbox: Outbox, screen: Screen, cases: Cases, clock: Clock, fallback: Place, apart: float = 0.0
    ) -> None:
        self._outbox = outbox
        self._screen = screen
        self._links = Links(outbox, screen)
        self._cases = cases
        self._clock = clock
        self._fallback = fallback
        #: Seconds between two posts into one channel, after a burst of three; 0: as they come.
        self._apart = timedelta(seconds=apart)
        self._full_at: dict[str, datetime] = {}
        #: Until when the outside has asked to wait, by method and channel; "": in all of them.
        self._asked: dict[tuple[str, str], datetime] = {}
        #: What the store did not take when it was to be written down: it is, before anything else is said.
        self._owed: list[Callable[[], Awaitable[None]]] = []
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may have been put into the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver for ever: when woken, and every so often for what other processes put there or what falls due."""
        while True:
            self._woken.clear()
            await self.deliver()
            # Not wait_for: before Python 3.12 it forgets that it was cancelled when it is woken at the same moment.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE):
                    await self._woken.wait()

    async def deliver(self) -> int:
        """Say everything whose turn it is; how many sayings that were."""
        total = 0
        while True:
            try:
                while self._owed:
                    await self._owed[0]()
                    self._owed.pop(0)
                postings = await self._outbox.take(self._clock.now())
                await asyncio.gather(*(self._one(posting) for posting in postings))
            except Full as full:
                log.warning("the outbox cannot be used now: %s", full.because)
                return total
            if not postings:
                return total
            total += len(postings)

    async def _note(self, change: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write down what came of a saying; when the store is full now, as soon as it is not."""
        try:
            await change(*args, **kwargs)
        except Full:
            self._owed.append(partial(change, *args, **kwargs))

    async def _one(self, posting: Posting) -> None:
        key = posting.say.key
        try:
            if posting.say.kind is Kind.PRIVATE and posting.say.place == NOWHERE:
                # Asked at the terminal, which reads it from here: there is no channel to say it in.
                await self._note(self._outbox.posted, key, posting.version, "", "")
            elif (until := self._asked_to_wait(posting)) is not None:
                await self._note(self._outbox.again, key, until, "Slack asks to wait.", unsure=posting.unsure)
            elif posting.ts:
                with self._obeying(posting):
                    await self._screen.update(await self._linked(posting))
                await self._note(self._outbox.posted, key, posting.version, posting.channel, posting.ts)
            else:
                await self._post(_placed(posting, self._fallback))
        except Unknown as lost:
            log.warning("whether %s was said is not known, it is looked for: %s", key, lost.because)
            await self._note(self._outbox.again, key, self._clock.now() + _LATE, lost.because, unsure=True)
        except Away as away:
            log.info("%s is said later: %s", key, away.because)
            await self._note(self._outbox.again, key, self._clock.now() + _delay(away, posting), away.because)
        except Unsayable as no:
            try:
                await self._unsayable(posting, no)
            except Away as away:
                await self._note(self._outbox.again, key, self._clock.now() + _delay(away, posting), away.because)
        except Exception:
            log.exception("unforeseen while saying %s", key)
            await self._note(
                self._outbox.again, key, self._clock.now() + timedelta(seconds=_SLOWEST), "unforeseen", unsure=True
            )

    async def _post(self, posting: Posting) -> None:
        key, channel = posting.say.key, posting.say.place.channel
        if posting.say.kind is Kind.LINE and not posting.attempts and await self._links.are_coming(posting.say.report):
            raise Away("The card to which it leads is on its way.", again_in=1)  # once: it can be said without it, too
        turn = self._turn(channel) if posting.say.kind is not Kind.PRIVATE else None
        if turn is not None:
            await self._note(self._outbox.again, key, turn, "its channel has had its share", unsure=posting.unsure)
            return
        found = await self._screen.find(posting) if posting.unsure else None
        if found is not None:
            # It came through after all; what it shows may be older than what is to be shown now.
            standing = replace(posting, channel=found[0], ts=found[1])
            if posting.say.kind is Kind.CARD:
                await self._screen.update(await self._linked(standing))
            await self._note(self._outbox.posted, key, posting.version, *found)
            await self._say_where(posting, *found)
            return
        linked = await self._linked(posting)
        with self._obeying(posting):
            where = await self._screen.post(linked)
        await self._note(self._outbox.posted, key, posting.version, *where)
        await self._say_where(posting, *where)

    def _asked_to_wait(self, posting: Posting) -> datetime | None:
        """Until when everything like this waits; ``None``: nobody asked for that."""
        now, (method, channel) = self._clock.now(), _share(posting)
        self._asked = {share: until for share, until in self._asked.items() if until > now}
        return max(
            (self._asked[share] for share in ((method, channel), (method, "")) if share in self._asked), default=None
        )

    @contextlib.contextmanager
    def _obeying(self, posting: Posting) -> Iterator[None]:
        """What is asked of one message holds for its method in its channel; of a second channel, for the method."""
        try:
            yield
        except Away as away:
            if away.again_in is not None:
                method, channel = _share(posting)
                until = self._clock.now() + timedelta(seconds=away.again_in)
                others = any(share[0] == method and share[1] != channel for share in self._asked)
                self._asked |= dict.fromkeys([(method, channel), *([(method, "")] if others else [])], until)
            raise

    def _turn(self, channel: str) -> datetime | None:
        """When a channel that has had its share takes the next post; ``None``: now."""
        if not self._apart:
            return None
        now = self._clock.now()
        full_at = max(self._full_at.get(channel, now), now)
        if full_at - now > self._apart * _BURST:
            return full_at - self._apart * _BURST
        self._full_at[channel] = full_at + self._apart
        return None

    async def _unsayable(self, posting: Posting, no: Unsayable) -> None:
        say, now = posting.say, self._clock.now()
        if say.kind is Kind.PRIVATE:
            log.warning("%s cannot be said: %s", say.key, no.because)
            await self._note(self._outbox.dropped, say.key, no.because)
        elif no.gone and posting.ts:
            await self._note(self._outbox.move, say.key, say.place, no.because)  # somebody deleted it: posted anew
        elif no.gone and say.under and not say.place.thread:
            await self._under_anew(posting, no)
        elif no.elsewhere and say.place.channel != self._fallback.channel and await self._doubles(say):
            await self._note(self._outbox.dropped, say.key, no.because)
        elif no.elsewhere and say.place.channel != self._fallback.channel:
            await self._note(self._outbox.move, say.key, self._fallback, no.because)
        elif no.elsewhere:
            log.error("the fall-back channel does not take %s: %s", say.key, no.because)
            await self._note(self._outbox.again, say.key, now + timedelta(seconds=_SLOWEST), no.because)
        else:
            log.error("%s cannot be said: %s", say.key, no.because)
            await self._note(self._outbox.dropped, say.key, no.because)

    async def _doubles(self, say: Say) -> bool:
        """Whether the first card of its case goes to the fall-back channel as well: one there is enough.

        Raises ``Away`` while that one is still on its way.
        """
        first = card_key(case_of(say.key))
        if say.kind is not Kind.CARD or say.key == first:
            return False
        card = next(iter(await self._outbox.deliveries([first])), None)
        if card is None or card.dropped:
            return False
        if (card.moved or card.place).channel == self._fallback.channel:
            return True
        if not card.ts:
            raise Away("The first card of it is on its way.", again_in=1)
        return False

    async def _under_anew(self, posting: Posting, no: Unsayable) -> None:
        """Somebody deleted the card of a thread: it is posted anew, and what belongs under it is said there."""
        say, stood = posting.say, (posting.thread_channel, posting.thread_ts)
        card = next(iter(await self._outbox.deliveries([say.under])), None)
        if card is None or card.dropped:
            log.error("%s cannot be said: %s", say.key, no.because)
            await self._note(self._outbox.dropped, say.key, no.because)
            return
        if (card.channel, card.ts) == stood:  # else it was posted anew meanwhile
            await self._note(self._outbox.move, say.under, card.moved or card.place, no.because)
        at = self._clock.now() + _delay(Away(no.because), posting)
        await self._note(self._outbox.again, say.key, at, no.because)

    async def _linked(self, posting: Posting) -> Posting:
        """With links to the cards that it names; what one person is told of a card that is elsewhere leads there."""
        say, there = posting.say, posting.thread_channel
        report = await self._links.within(say.report)
        if say.kind is Kind.PRIVATE and posting.thread_ts and there != say.place.channel:
            link = await self._links.to(there, posting.thread_ts)
            parts = (Text((Link("open the card", link),)),) if link else ()
            report = replace(report, parts=(*report.parts, *parts))
        return replace(posting, say=replace(say, report=report))

    async def _say_where(self, posting: Posting, channel: str, ts: str) -> None:
        """A card that is not where it was asked for: the asker is told where it is."""
        if posting.say.kind is not Kind.CARD:
            return
        run = next(iter(await self._cases.list_runs([case_of(posting.say.key)])), None)
        asked = run.request.place if run else NOWHERE
        if run is None or not asked.channel or asked.channel in (channel, posting.say.place.channel):
            return
        link = await self._links.to(channel, ts)
        if not link:
            return
        words = "I am not a member of that channel, so the card is elsewhere: "
        report = Report(f"{words}{link}", parts=(Text((words, Link("open the card", link))),))
        await self._note(self._outbox.say, Say(f"where:{run.id}", Kind.PRIVATE, report, asked, run.request.who))


def _placed(posting: Posting, fallback: Place) -> Posting:
    """A card that was asked for outside of Slack goes where people look first."""
    if posting.say.kind is Kind.PRIVATE or posting.say.place.channel:
        return posting
    return replace(posting, say=replace(posting.say, place=fallback))


def _share(posting: Posting) -> tuple[str, str]:
    """What Slack counts a message among: its method, and where that is counted by channel, the channel."""
    if posting.ts:
        return "update", ""
    return posting.say.kind.value, posting.say.place.channel


def _delay(away: Away, posting: Posting) -> timedelta:
    """As long as the outside asks for, else twice as long each time."""
    if away.again_in is not None:
        return timedelta(seconds=away.again_in)
    return timedelta(seconds=min(2.0 ** min(posting.attempts, 6), _SLOWEST))
