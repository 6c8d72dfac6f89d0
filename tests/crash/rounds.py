"""One playing of a scene: what people do in it, and what they see of it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox.pagerduty.records import Incident as Page
from sandbox.slack.person import Seen
from tests.crash.stage import CHANNEL, Stage
from tests.everyone import CONFIG

Play = Callable[["Round"], Awaitable[None]]

_SEATS = re.compile(r"Needs \n.+\n – (.+)")


@dataclass
class Round:
    """One playing of a scene: only what is said since its beginning is looked at."""

    stage: Stage
    since: str = field(init=False)
    heard: dict[str, int] = field(default_factory=dict)
    #: How many incidents PagerDuty had before.
    paged: int = field(init=False)
    #: The incident that the round is about, where it is about one.
    incident: str = ""

    def __post_init__(self) -> None:
        self.since = max((one.ts for one in self.stage.messages()), default="")
        self.paged = len(self.stage.world.account.incidents)
        for name in ("ana", "dana"):
            self.heard[name] = len(self.stage.whispers(name))

    @property
    def messages(self) -> list[Seen]:
        """What everybody sees of it."""
        return self.stage.messages(self.since)

    @property
    def pages(self) -> list[Page]:
        """The incidents that PagerDuty has of it."""
        return list(self.stage.world.account.incidents.values())[self.paged :]

    def whispers(self, who: str) -> list[Seen]:
        """What only this person sees of it."""
        return self.stage.whispers(who)[self.heard[who] :]

    def card(self, title: str, where: str = CHANNEL) -> Callable[[], Seen | None]:
        """How to find the card of this title; of none: the first card."""
        channel = self.stage.world.workspace.channel(where).id
        return lambda: next(
            (
                one
                for one in self.messages
                if one.channel == channel and one.text.startswith(title) and not one.thread_ts
            ),
            None,
        )

    async def shows(self, title: str, words: str) -> None:
        """Wait until the card says so."""
        card = self.card(title)
        await self.stage.until(lambda: (shown := card()) is not None and words in shown.text, f"“{words}” on “{title}”")

    async def reads(self, title: str, words: str) -> None:
        """Wait until it is somewhere on the card, below its first sentence too."""
        card = self.card(title)
        await self.stage.until(lambda: (shown := card()) is not None and words in shown, f"“{words}” under “{title}”")

    async def hears(self, who: str, words: str) -> None:
        """Wait until this person is told so in private."""
        await self.stage.until(lambda: any(words in one for one in self.whispers(who)), f"“{words}” for {who}")

    async def does(self, who: str, words: str, title: str, *signers: str) -> None:
        """Somebody asks for it, those who must agree to it do, and it is done."""
        await self.stage.says(who, words)
        for number, signer in enumerate(signers, 1):
            await self.stage.presses(signer, self.card(title), "Confirm" if signer == who else "Approve")
            if number < len(signers):
                await self.agreed(number)
        await self.shows(title, ": Done")

    async def all_agree(self, asker: str) -> None:
        """Whoever the card says is needed agrees, as many as there are seats; where none is, nobody has to."""
        card = self.card("")
        asked = {"Confirm", "Approve"}
        await self.stage.until(
            lambda: (shown := card()) is not None and (asked & {*shown.buttons} or ": Done" in shown.text), "a plan"
        )
        shown = card()
        signers = _needed(shown, asker) if shown is not None and asked & {*shown.buttons} else []
        for number, signer in enumerate(signers, 1):
            await self.stage.presses(signer, card, "Confirm" if shown and "Confirm" in shown.buttons else "Approve")
            if number < len(signers):
                await self.agreed(number)

    async def agreed(self, number: int) -> None:
        """Wait until so many lines of the thread say that somebody agreed."""
        await self.stage.until(
            lambda: sum(" agreed." in one.text for one in self.messages) >= number, f"{number} agreed"
        )

    async def undoes(self, who: str, title: str) -> None:
        """[Undo] is pressed, and covered by what was agreed."""
        await self.stage.presses(who, self.card(title), "Undo")
        await self.shows(title, "taken back")


def _needed(card: Seen, asker: str) -> list[str]:
    """Different people, one for each line ``Needs engineering manager – Elif Kaya, Femi Adeyemi`` of a card."""
    ids = {person.name: person.id for person in CONFIG.people}
    own = [asker] if "Needs the confirmation of" in card.words else []
    seats = [[ids[name] for name in names.split(", ")] for names in _SEATS.findall(card.words)]
    for seat in sorted(seats, key=len):
        own.append(next(who for who in seat if who not in own))
    return own


async def nothing(_: Round) -> None:
    """Nothing must be so beforehand."""


@dataclass(frozen=True)
class Scene:
    """A command, how it is played, and what is played ``before`` it, while nobody dies."""

    command: str
    play: Play
    before: Play = nothing
