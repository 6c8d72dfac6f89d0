"""What people say and press for each handler, with its undo where it has one: played again and again by a dying bot."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.runbook import Handler, Runbook
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.options import MERGE_PATCH, Options
from sandbox.kubernetes.rbac import Users
from sandbox.kubernetes.scale import Scales
from sandbox.slack.person import Seen
from tests.crash.stage import Stage
from tests.everyone import BECAUSE, CONFIG, HANDLERS, asker

Play = Callable[["Round"], Awaitable[None]]

_SEATS = re.compile(r"Needs \n.+\n – (.+)")
_SCALED = "Scale bridge from 3 to 5"


@dataclass
class Round:
    """One playing of a scene: only what is said since its beginning is looked at."""

    stage: Stage
    since: int = field(init=False)
    heard: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.since = len(self.stage.messages())
        for name in ("ana", "dana"):
            self.heard[name] = len(self.stage.whispers(name))

    @property
    def messages(self) -> list[Seen]:
        """What everybody sees of it."""
        return self.stage.messages()[self.since :]

    def whispers(self, who: str) -> list[Seen]:
        """What only this person sees of it."""
        return self.stage.whispers(who)[self.heard[who] :]

    def card(self, title: str) -> Callable[[], Seen | None]:
        """How to find the card of this title; of none: the first card."""
        return lambda: next((one for one in self.messages if one.text.startswith(title) and not one.thread_ts), None)

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


async def _nothing(_: Round) -> None:
    """Nothing must be so beforehand."""


@dataclass(frozen=True)
class Scene:
    """A command, how it is played, and what is played ``before`` it, while nobody dies."""

    command: str
    play: Play
    before: Play = _nothing


async def _somebody_scales(stage: Stage, name: str, replicas: int) -> None:
    """As kubectl would; and wait until the pods are there."""
    cluster = stage.world.cluster
    with cluster.lock:
        admin = cluster.users.named(Users.ADMIN)
        patch = {"spec": {"replicas": replicas}}
        options = Options(manager="kubectl")
        Scales(cluster, Api(cluster)).patch(admin, "aureus", name, patch, MERGE_PATCH, options)
    await stage.until(lambda: stage.deployment(name)["ready"] == replicas, f"{replicas} of {name}")


async def _three_of_bridge(now: Round) -> None:
    await _somebody_scales(now.stage, "aureus-bridge", 3)


async def _scale(now: Round) -> None:
    await now.does("ana", "scale bridge 5", _SCALED, "ana")


async def _undo(now: Round) -> None:
    await now.undoes("ana", _SCALED)


async def _three_of_openclaw(now: Round) -> None:
    await _somebody_scales(now.stage, "openclaw", 3)


async def _scale_to_nothing(now: Round) -> None:
    await now.does("ana", "scale openclaw 0 because a test", "Scale openclaw from 3 to 0", "elif", "ivan")


async def _hold(now: Round) -> None:
    title = "Hold aureus-os at 5"
    await now.does("ana", "scale aureus-os 5 hold for 2h", title, "ana")
    now.stage.world.clock.move(timedelta(hours=2))
    await now.shows(title, "what had an end was put back")


async def _four_of_openclaw(now: Round) -> None:
    await _somebody_scales(now.stage, "openclaw", 4)


async def _baseline(now: Round) -> None:
    title = "Scale openclaw to the baseline"
    await now.does("ana", "scale baseline", title, "ana")
    await now.undoes("ana", title)


async def _decline(now: Round) -> None:
    title = "Scale bridge from 3 to 8"
    await now.stage.says("ana", "scale bridge 8 because a test")
    await now.stage.fills_in("dana", now.card(title), "Decline", "the nodes are full")
    await now.shows(title, "Declined by Dana Weiss; nothing was changed")


async def _expire(now: Round) -> None:
    title = "Scale bridge from 3 to 8"
    await now.stage.says("ana", "scale bridge 8 because a test")
    await now.stage.until(now.card(title), f"a card “{title}”")
    now.stage.world.clock.move(timedelta(hours=1))
    await now.shows(title, "Nobody answered in time")


async def _no_room_for_more_of_bridge(now: Round) -> None:
    """What stands stays; a new pod finds no node."""
    now.stage.world.cluster.heal_service(Fault.ROOM, "aureus", "aureus-bridge")
    await _three_of_bridge(now)
    now.stage.world.cluster.break_service(Fault.ROOM, "aureus", "aureus-bridge")


async def _into_the_middle(now: Round) -> None:
    await now.stage.says("ana", "scale bridge 5")
    await now.stage.presses("ana", now.card(_SCALED), "Confirm")
    await now.reads(_SCALED, "no node has room for it")


async def _cancel_and_put_back(now: Round) -> None:
    await _into_the_middle(now)
    await now.stage.presses("ana", now.card(_SCALED), "Cancel")
    await now.shows(_SCALED, "Ana Silva stopped it; the step in hand is finished first")
    now.stage.world.cluster.heal_service(Fault.ROOM, "aureus", "aureus-bridge")
    await now.shows(_SCALED, "It rests here until somebody decides")
    await now.stage.presses("ana", now.card(_SCALED), "Put back")
    await now.shows(_SCALED, "What had been done was put back, and read back")


async def _fail(now: Round) -> None:
    await _into_the_middle(now)
    now.stage.world.clock.move(timedelta(minutes=5))
    await now.shows(_SCALED, "What had been done was put back, and read back")


async def _pause(now: Round) -> None:
    await now.does("dana", "pause because a test", "Pause every change")


async def _unpause(now: Round) -> None:
    await now.does("dana", "unpause", "Let changes go on")


def scene_of(handler: type[Handler]) -> Scene:
    """What every handler lets people do, made from its class: its example is asked for, agreed to, done and undone."""

    async def play(now: Round) -> None:
        if issubclass(handler, Runbook):
            who, words = asker(handler).id, f"{handler.example()} {BECAUSE}"
            await now.stage.says(who, words)
            await now.all_agree(who)
            await now.shows("", ": Done")
            if (card := now.card("")()) is not None and "Undo" in card.buttons:
                await now.undoes(who, "")
        else:
            await now.stage.says("ana", handler.example())
            await now.stage.until(lambda: now.messages or now.whispers("ana"), f"an answer to `{handler.example()}`")

    return Scene(handler.command, play)


#: A scale alone: what `make test` looks at, and where `make crash` has the bot die at the queue's commits too.
SCALE = Scene("scale", _scale, _three_of_bridge)
#: What needs more than its example.
_SCENES = {
    "scale": SCALE,
    "scale to nothing": Scene("scale", _scale_to_nothing, _three_of_openclaw),
    "hold": Scene("scale", _hold),
    "decline": Scene("scale", _decline, _three_of_bridge),
    "nobody agrees": Scene("scale", _expire, _three_of_bridge),
    "cancel and put back": Scene("scale", _cancel_and_put_back, _no_room_for_more_of_bridge),
    "fail and be put back": Scene("scale", _fail, _no_room_for_more_of_bridge),
    "scale baseline": Scene("scale baseline", _baseline, _four_of_openclaw),
    "undo": Scene("undo", _undo, _scale),
    "unpause": Scene("unpause", _unpause, _pause),
}
_WRITTEN = {scene.command for scene in _SCENES.values()}
SCENES = _SCENES | {each.command: scene_of(each) for each in HANDLERS if each.command not in _WRITTEN}
