"""What people say and press for each handler, with its undo where it has one: played again and again by a dying bot."""

from datetime import timedelta

from bot.runbook import Handler, Runbook
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.options import MERGE_PATCH, Options
from sandbox.kubernetes.rbac import Users
from sandbox.kubernetes.scale import Scales
from tests.crash.incidents import ALERT, RESOLVED, scene_of_an_incident
from tests.crash.rounds import Round, Scene
from tests.crash.stage import Stage
from tests.everyone import BECAUSE, HANDLERS, acts_on_an_incident, asker

_SCALED = "Scale bridge from 3 to 5"


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
    await now.shows(_SCALED, "what had been done was put back, and read back")


async def _pause(now: Round) -> None:
    await now.does("dana", "pause because a test", "Pause every change")


async def _unpause(now: Round) -> None:
    await now.does("dana", "unpause", "Let changes go on")


def scene_of(handler: type[Handler]) -> Scene:
    """What every handler lets people do, made from its class: its example is asked for, agreed to, done and undone."""
    if acts_on_an_incident(handler):
        return scene_of_an_incident(handler, *_SAID.get(handler.command, ()))

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
    "an alert": ALERT,
    "an incident that is resolved in PagerDuty": RESOLVED,
}
#: What must have been said of an incident before.
_SAID = {"release": ("acknowledge",), "postmortem": ("resolve",)}
_WRITTEN = {scene.command for scene in _SCENES.values()}
SCENES = _SCENES | {each.command: scene_of(each) for each in HANDLERS if each.command not in _WRITTEN}
