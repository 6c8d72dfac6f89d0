"""The same scene for every write of it, with a bot that is killed there; each must end as if nobody had died."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.objects import Json
from sandbox.pagerduty.records import Incident
from tests.crash.rounds import Round, Scene
from tests.crash.stage import Stage

#: What differs between two rounds that went alike: ids, how long it took, the time of day, names of pods.
_DIFFERS = re.compile(
    r"[ri]-[0-9a-hjkmnp-tv-z]{8}|\bin (?:\d+ (?:h|min|s) ?)+|\d\d:\d\d UTC|(?<=bridge-)\w+-\w{5}\b"
    r"|\bafter (?:\d+ (?:h|min|s) ?)+|(?:\[FIRING:1\] )?Trouble\d+(?: \(\w+\))?"
)
#: What PagerDuty logs that is not the bot's doing: an Alertmanager may tell it of one alert twice.
_OTHERS = ("trigger", "notify")
#: Said where it had to wait for the bot to come back.
_LATE = re.compile(r" \(said at [^)]*\)")
#: Said by whoever was the first to tell of it: PagerDuty, the Alertmanager, or the bot.
_FIRST = re.compile(r" \(?in (?:PagerDuty|Alertmanager)\)?(?= after|\.)| All of its alerts have ended\.")


@dataclass(frozen=True)
class Page:
    """How PagerDuty has an incident."""

    status: str
    level: int
    people: frozenset[str]
    notes: tuple[str, ...]
    log: Counter[str]


@dataclass(frozen=True)
class Ending:
    """How a round ended, for everybody to see."""

    #: Each card and each line of a thread, as often as it stands there.
    said: Counter[tuple[str, str]]
    #: Whether somebody was told something in private: that may happen twice.
    whispered: frozenset[str]
    #: What is wanted of each Deployment: its number, or the minimum of the autoscaler that owns its number.
    wanted: tuple[tuple[str, str, int], ...]
    #: How often the wish of each Deployment was changed.
    changes: tuple[int, ...]
    #: Each incident of PagerDuty, with how often everything happened to it.
    pages: tuple[Page, ...]


def ending(now: Round, generations: tuple[int, ...]) -> Ending:
    """How it stands now; ``generations`` are those of the beginning."""
    said = _said(now)
    whispered = frozenset(_DIFFERS.sub("*", one.text) for who in now.heard for one in now.whispers(who))
    shown = state_of(now.stage.world.cluster)["deployments"]
    wanted = tuple((one["namespace"], one["name"], one["hpa"]["min"] if one["hpa"] else one["wanted"]) for one in shown)
    changes = tuple(after - before for before, after in zip(generations, _counted(now.stage, shown), strict=True))
    return Ending(said, whispered, wanted, changes, tuple(_page(page) for page in now.pages))


def _page(page: Incident) -> Page:
    people = frozenset(user.name for user in page.assignees)
    notes = tuple(note.content for note in page.notes)
    return Page(
        page.status, page.level, people, notes, Counter(entry.kind for entry in page.log if entry.kind not in _OTHERS)
    )


def _said(now: Round) -> Counter[tuple[str, str]]:
    return Counter(
        ("line" if one.thread_ts else "card", _DIFFERS.sub("*", _FIRST.sub("", _LATE.sub("", one.text))))
        for one in now.messages
    )


def counted(stage: Stage) -> tuple[int, ...]:
    """The generations: the cluster counts what changes a wish, not what repeats it. Autoscalers change it at will."""
    return _counted(stage, state_of(stage.world.cluster)["deployments"])


def _counted(stage: Stage, shown: list[Json]) -> tuple[int, ...]:
    return tuple(0 if one["hpa"] else stage.generation(one["name"], one["namespace"]) for one in shown)


#: After so many playings in which nobody died there is no such moment any more.
_SPARED = 2
#: Moments that a life has at the least: with fewer of them nothing might ever come to an end.
_LIFE = 8


@dataclass
class Points:
    """The moments of a scene, from its first on, until there is no such moment any more.

    Where the bot dies several times in a playing, each playing begins at another moment, and the deaths are so far
    apart that all moments have theirs: three at every tenth are the first, eleventh and twenty-first in one playing,
    the second, twelfth and twenty-second in the next.
    """

    deaths: int = 1
    #: Moments between two deaths of one playing; 0: there is only one.
    apart: int = 0

    #: How it ends, how often others are written to, and how many moments there are, when nobody dies.
    wanted: Ending | None = None
    writes: int = 0
    sure: int = 0
    last: int = 0
    killed: int = 0
    at_the_queue: int = 0
    #: Playings in which nobody died: others wrote less than was written in the unhurt one.
    spared: int = 0
    over: bool = False
    _whose: int | None = None
    _first: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self, stage: Stage, scene: Scene) -> None:
        """Whoever comes first plays it unhurt, and the others wait for how it ends."""
        async with self._first:
            if self.wanted is None:
                self.wanted = await _play(stage, scene)
                self.writes, self.sure = stage.writes, stage.fate.moments
                apart = max(_LIFE, ceil(self.sure / self.deaths))
                # Commits that come together are one, so a playing may have fewer moments than this one had: the first
                # death must come well before its end.
                self.apart = apart if self.deaths > 1 and 2 * apart <= self.sure else 0

    def next(self, world: int) -> int:
        """The next one for a world that asks; 0: there are no more.

        Whether there is one more than in the unhurt play, only one world tries: each that does plays to the end.
        """
        if self.apart and self.last >= self.apart:
            return 0
        if self.last >= self.sure:
            self._whose = world if self._whose is None else self._whose
        if self.over or self._whose not in (None, world):
            return 0
        self.last += 1
        return self.last


async def die_at_every_write(
    scene: Scene, folder: Path, database: Callable[[], str], worlds: int = 3, queue_too: bool = False, deaths: int = 1
) -> Points:
    """Play the scene for every moment of it, in so many worlds at once; how often a bot was killed.

    With several ``deaths`` the bot dies so often in each playing, and there are that much fewer of them. With
    ``queue_too`` the commits of the queue are moments as well, not those of the journal only.
    """
    points = Points(deaths)
    async with asyncio.TaskGroup() as group:
        for number in range(worlds):
            stage = Stage.open(folder / str(number), database(), queue_too)
            group.create_task(_in_a_world(number, scene, stage, points))
    return points


async def _in_a_world(number: int, scene: Scene, opening: AbstractAsyncContextManager[Stage], points: Points) -> None:
    async with opening as stage:
        await points.begin(stage, scene)
        while moment := points.next(number):
            before = stage.deaths
            await _play(stage, scene, moment, points.wanted, points.apart)
            died = stage.deaths - before
            # What was written outside just before a death may be written again.
            told = f"others were written to {stage.writes} times, killed {died} times from moment {moment} on"
            assert stage.writes <= points.writes + max(died, 1), told
            points.spared += not died
            points.over = points.over or points.spared >= _SPARED
            points.killed += died
        points.at_the_queue += stage.fate.at_the_queue


async def _play(stage: Stage, scene: Scene, moment: int = 0, wanted: Ending | None = None, apart: int = 0) -> Ending:
    stage.again = 0
    stage.fate.set()
    now, deaths = Round(stage), stage.deaths
    await scene.before(now)
    generations = counted(stage)
    stage.again = apart
    stage.fate.set(moment)
    stage.writes = 0
    try:
        await scene.play(now)
        if stage.deaths == deaths:
            await stage.quiet()
        if wanted is not None:
            # To look at the cluster takes fifty times as long as to look at the channel.
            end = wanted
            await stage.until(lambda: _said(now) == end.said and ending(now, generations) == end, "the same end")
    except AssertionError as failed:
        got = ending(now, generations)
        where = f"killed at moment {moment}" if moment else "not killed"
        raise AssertionError(f"{scene.command}, {where}: {failed}\nwanted {wanted}\ngot    {got}") from failed
    return ending(now, generations)
