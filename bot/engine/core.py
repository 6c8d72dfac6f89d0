"""The engine put together from its ports, the same in production, in the sandbox and in tests."""

import asyncio
from datetime import timedelta
from typing import Final

from bot.domain.duty import Ladder
from bot.domain.errors import Unreadable
from bot.domain.meaning import Find, Meanings
from bot.domain.person import People
from bot.domain.policy import Policy
from bot.domain.request import Notice, Place, Request
from bot.engine.cards import Cards
from bot.engine.cases import Cases
from bot.engine.channels import Channels
from bot.engine.commands import Commands
from bot.engine.desk import Desk
from bot.engine.doorway import Doorway
from bot.engine.driver import Driver
from bot.engine.forgetting import forget
from bot.engine.house import House
from bot.engine.ledger import Ledger
from bot.engine.lookout import Lookout
from bot.engine.outbox import Deliverer
from bot.engine.survey import Surveyor
from bot.engine.switchboard import Switchboard
from bot.engine.trail import Trail
from bot.ports import Clock, Directory, Journal, Outbox, Queue, Screen, World
from bot.world.bot import ClosedChannels, JudgementOf, LinkTo
from bot.world.catalogue import Catalogue
from bot.world.incidents import WayOf

#: So long a case rests that only a later release can read: during an upgrade that is there already.
_UNREADABLE: Final = timedelta(seconds=30)


class Core:
    """Everything that carries a request from its asking to its end."""

    def __init__(
        self,
        *,
        journal: Journal,
        outbox: Outbox,
        queue: Queue,
        world: World,
        screen: Screen,
        directory: Directory,
        commands: Commands,
        people: People,
        policy: Policy,
        catalogue: Catalogue,
        clock: Clock,
        meanings: Meanings,
        ladder: Ladder,
        fallback: Place,
        apart: float = 0.0,
    ) -> None:
        self.journal = journal
        self.outbox = outbox
        self.queue = queue
        self.commands = commands
        self._clock = clock
        self.doorway = Doorway()
        self._hands = asyncio.Semaphore(4)
        self.cases = Cases(journal, people, queue, clock)
        self.ledger = Ledger(world, self.cases, meanings, ladder, clock)
        self.house = House(self.ledger, self.cases, commands, policy, catalogue, clock)
        find = _finder(catalogue)
        self.switchboard = Switchboard(self.cases, world, queue, clock, meanings, ladder, find, fallback)
        self.lookout = Lookout(self.switchboard, self.house, clock)
        self.surveyor = Surveyor(commands, policy, self.cases, self.house)
        self.house.learn(JudgementOf, self.surveyor.judge)
        self.house.learn(WayOf, Trail(self.cases, outbox).way_of)
        self.cards = Cards(self.cases, outbox, screen, clock)
        self.channels = Channels(screen, journal, outbox, clock, fallback, meanings.all_places)
        self.house.learn(ClosedChannels, self.channels.closed)
        self.house.learn(LinkTo, self.channels.link)
        self.driver = Driver(self.cases, self.surveyor, self.house, outbox, queue, clock)
        self.desk = Desk(journal, outbox, directory, self.cases, commands, policy, clock, notices=self.switchboard.take)
        self.deliverer = Deliverer(outbox, screen, self.cases, clock, fallback, apart)
        queue.register("drive", self.drive)

    async def drive(self, case: str) -> None:
        """Drive a case, and say what came of it."""
        await self.doorway.clear()
        try:
            await (self.switchboard if case.startswith("i-") else self.driver).drive(case)
        except Unreadable as no:
            await self._put_off(case, no)
        self.deliverer.wake()

    async def _put_off(self, case: str, no: Unreadable) -> None:
        """Leave a case to the release that can read it; looked at rarely, it holds up nothing else that is due."""
        self.cases.later.leave(case, no)
        found = await self.journal.found(case)
        if found is not None:
            await self.journal.rest(case, found.position, self._clock.now() + _UNREADABLE)

    async def receive(self, request: Request) -> bool:
        """Store a request before it is answered; see ``Desk.receive``."""
        return await self.desk.receive(request)

    async def take(self, request: Request | Notice) -> str:
        """Carry a stored request out, or make of a notice what follows from it; and say what came of it.

        The case that a request became or was for, as ``Desk.take``.
        """
        await self.doorway.clear()
        case = ""
        async with self._hands:
            if isinstance(request, Request):
                case = await self.desk.take(request)
            else:
                await self.switchboard.take(request)
        self.deliverer.wake()
        return case

    async def unopened(self, request: Request, because: str) -> None:
        """Answer a press whose form did not open; see ``Desk.unopened``."""
        await self.desk.unopened(request, because)
        self.deliverer.wake()

    async def hear(self, notice: Notice) -> bool:
        """Store what an outside tells, before it is answered. False when it came before. Raises ``Full``."""
        return await self.journal.receive(notice)

    async def sweep(self) -> int:
        """Take what was left lying, drive what is due; how much that was."""
        return await self.desk.sweep() + await self.driver.sweep()

    async def look(self) -> int:
        """Read how the open incidents stand outside; how many there are."""
        return await self.lookout.look()

    async def check_cards(self) -> None:
        """See whether cards of what is not over were deleted, and have those posted anew. Raises ``Full``."""
        if await self.cards.check():
            self.deliverer.wake()

    async def check_channels(self) -> None:
        """See which channels of ``config/`` take nothing, and say so. Raises ``Away`` and ``Full``."""
        if await self.channels.check():
            self.deliverer.wake()

    async def forget(self) -> int:
        """Forget what came in and what was said long ago; how much that was."""
        return await forget(self.cases, self.outbox, self._clock.now())


def _finder(catalogue: Catalogue) -> Find:
    def find(name: str) -> str:
        service = catalogue.find(name) if name else None
        return service.name if service else ""

    return find
