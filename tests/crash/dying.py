"""The same scene for every write of it, with a bot that is killed there; each must end as if nobody had died."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes.control import state_of
from tests.crash.scenes import Round, Scene
from tests.crash.stage import Stage

#: So long without a write, and nothing more is to be written; in seconds.
_QUIET = 0.8
#: What differs between two rounds that went alike: numbers of runs, how long it took, the time of day, names of pods.
_DIFFERS = re.compile(r"r-[0-9a-hjkmnp-tv-z]{8}|\bin (?:\d+ (?:h|min|s) ?)+|\d\d:\d\d UTC|(?<=bridge-)\w+-\w{5}\b")


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


def ending(now: Round, generations: tuple[int, ...]) -> Ending:
    """How it stands now; ``generations`` are those of the beginning."""
    said = Counter(("line" if one.thread_ts else "card", _DIFFERS.sub("*", one.text)) for one in now.messages)
    whispered = frozenset(_DIFFERS.sub("*", one.text) for who in now.heard for one in now.whispers(who))
    shown = state_of(now.stage.world.cluster)["deployments"]
    wanted = tuple((one["namespace"], one["name"], one["hpa"]["min"] if one["hpa"] else one["wanted"]) for one in shown)
    changes = tuple(after - before for before, after in zip(generations, counted(now.stage), strict=True))
    return Ending(said, whispered, wanted, changes)


def counted(stage: Stage) -> tuple[int, ...]:
    """The generations: the cluster counts what changes a wish, not what repeats it. Autoscalers change it at will."""
    shown = state_of(stage.world.cluster)["deployments"]
    return tuple(0 if one["hpa"] else stage.generation(one["name"], one["namespace"]) for one in shown)


@dataclass
class Points:
    """The moments of a scene, from its first on, until there is no such moment any more."""

    last: int = 0
    killed: int = 0
    over: bool = False

    def next(self) -> int:
        """The next one for whoever asks; 0: there are no more."""
        self.last += 1
        return 0 if self.over else self.last


async def die_at_every_write(scene: Scene, folder: Path, database: Callable[[], str], worlds: int = 3) -> int:
    """Play the scene for every moment of it, in so many worlds at once; how often a bot was killed."""
    points = Points()
    async with asyncio.TaskGroup() as group:
        for number in range(worlds):
            group.create_task(_in_a_world(scene, folder / str(number), database(), points))
    return points.killed


async def _in_a_world(scene: Scene, folder: Path, url: str, points: Points) -> None:
    async with Stage.open(folder, url) as stage:
        wanted = await _play(stage, scene)
        most = stage.writes + 1
        while moment := points.next():
            deaths = stage.deaths
            await _play(stage, scene, moment, wanted)
            assert stage.writes <= most, f"the cluster was written to {stage.writes} times, killed at moment {moment}"
            points.over = points.over or stage.deaths == deaths
            points.killed += stage.deaths - deaths


async def _play(stage: Stage, scene: Scene, moment: int = 0, wanted: Ending | None = None) -> Ending:
    now, deaths = Round(stage), stage.deaths
    await scene.before(now)
    generations = counted(stage)
    stage.fate.set(moment)
    stage.writes = 0
    try:
        await scene.play(now)
        if stage.deaths == deaths:
            await _quiet(stage)
        if wanted is not None:
            await stage.until(lambda: ending(now, generations) == wanted, "the same end")
    except AssertionError as failed:
        got = ending(now, generations)
        where = f"killed at moment {moment}" if moment else "not killed"
        raise AssertionError(f"{scene.command}, {where}: {failed}\nwanted {wanted}\ngot    {got}") from failed
    return ending(now, generations)


async def _quiet(stage: Stage) -> None:
    """Wait until the bot has nothing more to write, or is dead and lives again."""
    deaths, moments, since = stage.deaths, stage.fate.moments, time.monotonic()
    while time.monotonic() - since < _QUIET and stage.deaths == deaths:
        await asyncio.sleep(0.05)
        await stage.revive()
        if stage.fate.moments != moments:
            moments, since = stage.fate.moments, time.monotonic()
