"""The cards of what is not over are looked for now and then: Slack tells nobody that somebody deleted one."""

import itertools
import logging
from typing import Final

from bot.domain.errors import Away
from bot.engine.cases import Cases
from bot.engine.incident_teller import card_keys
from bot.engine.teller import card_key
from bot.ports import Clock, Outbox, Screen, Unsayable

log = logging.getLogger(__name__)

_DELETED: Final = "the message was deleted"
#: Cases of each kind that are looked at, the newest; and looks at a time, since Slack takes some 50 in a minute.
_CASES: Final = 200
_AT_ONCE: Final = 30
#: So many seconds after it was posted a message is shown to whoever looks, if it stands.
_SHOWN: Final = 60.0


class Cards:
    """Finds cards that were deleted, and has them posted anew."""

    def __init__(self, cases: Cases, outbox: Outbox, screen: Screen, clock: Clock) -> None:
        self._cases = cases
        self._outbox = outbox
        self._screen = screen
        self._clock = clock
        self._turns = itertools.count(1)
        #: When each was looked at last, by its key: those that were not for the longest time come first.
        self._looked: dict[str, int] = {}

    async def check(self) -> int:
        """Look for some of the cards; how many were deleted. Raises ``Full``."""
        keys = await self._keys()
        self._looked = {key: turn for key, turn in self._looked.items() if key in keys}
        turn, found = next(self._turns), 0
        for card in await self._outbox.deliveries(sorted(keys, key=lambda key: self._looked.get(key, 0))[:_AT_ONCE]):
            self._looked[card.key] = turn
            if not card.ts or card.dropped or self._clock.now().timestamp() - float(card.ts) < _SHOWN:
                continue
            try:
                if not await self._screen.stands(card.channel, card.ts):
                    await self._outbox.move(card.key, card.moved or card.place, _DELETED, stood=card.ts)
                    found += 1
            except Unsayable as no:  # a channel that cannot be read: what becomes of its cards is seen when they change
                log.debug("whether %s stands is not known: %s", card.key, no.because)
            except Away as away:
                log.debug("whether cards stand is looked at later: %s", away.because)
                break
        return found

    async def _keys(self) -> list[str]:
        runs, incidents = [
            [found.case for found in await self._cases.journal.list(open_only=True, kind=kind, limit=_CASES)]
            for kind in ("run", "incident")
        ]
        known = await self._cases.list_incidents(incidents)
        return [key for incident in known for key in card_keys(incident)] + [card_key(case) for case in runs]
