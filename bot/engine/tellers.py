"""Which Alertmanagers are those that can be asked: only of what these tell is it known when it is there no more."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot.domain.alert import Alert
from bot.ports import Journal

_SWITCH: Final = "tellers"
_MOST: Final = 50  # addresses that are kept
Firing = tuple[str, datetime]


class Tellers:
    """The addresses under which Alertmanagers tell, of which a firing was seen where they are asked.

    Several may tell, and one is asked: that it does not have what another tells proves nothing. What is learned is
    kept, so that what ended while the bot was away is seen.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._asked: set[str] | None = None

    async def learn(self, told: Iterable[tuple[str, Firing]], there: Iterable[Alert]) -> None:
        """``told``: by which address which firing; ``there``: the alerts that are where the bot asks."""
        known, firings = await self._known(), {alert.firing for alert in there}
        new = {url for url, firing in told if url and firing in firings} - known
        if new and len(known) < _MOST:
            known |= new
            await self._journal.set_switch(_SWITCH, json.dumps(sorted(known)))

    async def can_ask(self, url: str) -> bool:
        """Whether what this one tells is to be found where the bot asks. Older releases wrote no address down."""
        return not url or url in await self._known()

    async def _known(self) -> set[str]:
        if self._asked is None:
            self._asked = set(json.loads(await self._journal.switch(_SWITCH) or "[]"))
        return self._asked
