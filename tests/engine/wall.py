"""Where the engine says things when there is no Slack."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.domain.channel import Closed
from bot.domain.report import Report
from bot.ports import Posting, Unsayable


@dataclass
class Wall:
    """A screen that keeps what is said on it."""

    cards: dict[str, Report] = field(default_factory=dict)
    lines: list[tuple[str, Report]] = field(default_factory=list)
    private: list[tuple[str, Report]] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    shut: dict[str, Closed] = field(default_factory=dict)  # channels that take nothing
    deleted: set[str] = field(default_factory=set)  # timestamps of messages that somebody deleted
    addresses: bool = True  # whether it tells where a message is

    async def post(self, posting: Posting) -> tuple[str, str]:
        say = posting.say
        if say.to is not None:
            self.private.append((say.to.id, say.report))
        elif say.under:
            self.lines.append((say.under, say.report))
        else:
            self.cards[say.key] = say.report
        return say.place.channel or "C1", f"{next(self.numbers)}.0"

    async def update(self, posting: Posting) -> None:
        self.cards[posting.say.key] = posting.say.report

    async def find(self, posting: Posting) -> tuple[str, str] | None:
        return None

    async def link(self, channel: str, ts: str) -> str:
        if not self.addresses:
            raise Unsayable("message_not_found")
        return f"https://slack.example/{channel}/{ts}"

    async def stands(self, channel: str, ts: str) -> bool:
        return ts not in self.deleted

    async def closed(self, channel: str) -> Closed | None:
        return self.shut.get(channel)
