"""A rollout that does not become ready: the reason is read from the pods, and the old state is put back and proved."""

from pathlib import Path

import pytest

from sandbox.kubernetes.control import state_of
from sandbox.kubernetes.objects import Json
from tests.stories.stage import Stage, tell


def _pods(s: Stage) -> set[str]:
    return {pod["metadata"]["name"] for pod in s.cluster.pods_of("aureus", "aureus-bridge")}


def _template(s: Stage) -> Json:
    template: Json = s.cluster.deployment("aureus", "aureus-bridge")["spec"]["template"]
    return template


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("image", "cannot be pulled"),
        ("crash", "CrashLoopBackOff"),
        ("oom", "OOMKilled"),
        ("probe", "its probe fails"),
        ("room", "no node has room for it"),
        ("quota", "pods cannot be made"),
    ],
)
def test_the_card_names_the_reason_and_the_old_number_is_put_back(tmp_path: Path, fault: str, reason: str) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("break", what=fault, on=True, namespace="aureus", name="aureus-bridge")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", reason)
        await s.passes(minutes=6)
        card = await s.sees("ana", "what had been done was put back, and read back")
        assert reason in card
        assert s.replicas() == 3
        assert card.buttons == ["Ask again"]
        await s.kubectl("break", what=fault, on=False, namespace="aureus", name="aureus-bridge")
        await s.presses("ana", card, "Ask again")
        await s.presses("ana", await s.sees("ana", "Waits for Ana Silva to confirm"), "Confirm")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("image", "cannot be pulled"), ("crash", "CrashLoopBackOff"), ("probe", "its probe fails")],
)
def test_a_restart_that_fails_is_put_back_and_the_pods_that_still_run_are_kept(
    tmp_path: Path, fault: str, reason: str
) -> None:
    async def story(s: Stage) -> None:
        before, template = _pods(s), _template(s)
        await s.kubectl("break", what=fault, on=True, namespace="aureus", name="aureus-bridge")
        await s.says("ana", "/aureus restart bridge because it leaks")
        card = await s.sees("ana", "Restart bridge")
        assert "Way back: if it breaks: Put the pod template " in card
        assert "once it is done: none – the old pods are gone, and the new ones run the same" in card
        await s.presses("dana", card, "Approve")
        await s.sees("ana", reason)
        broken = _pods(s) - before
        assert len(broken) == 2
        await s.passes(minutes=11)
        assert reason in await s.sees("ana", "It did not work, and is being put back")
        await s.until(lambda: not _pods(s) & broken)
        assert len(_pods(s) & before) == 2, "as many as ran are kept"
        await s.kubectl("break", what=fault, on=False, namespace="aureus", name="aureus-bridge")
        card = await s.sees("ana", "what had been done was put back, and read back")
        assert reason in card
        assert card.buttons == ["Ask again"]
        assert _template(s) == template
        assert next(one["ready"] for one in state_of(s.cluster)["deployments"] if one["name"] == "aureus-bridge") == 3
        await s.says("ana", "/aureus undo")
        await s.is_told("ana", "None of your last runs left anything that can be undone")

    tell(tmp_path, story)


def test_what_cannot_be_put_back_while_it_is_still_broken_rests_for_people_with_the_reason(tmp_path: Path) -> None:
    """A pod of the old template that was ended already must start anew, and it is broken as the new ones are."""

    async def story(s: Stage) -> None:
        before, template = _pods(s), _template(s)
        await s.kubectl("break", what="image", on=True, namespace="aureus", name="aureus-bridge")
        await s.says("ana", "/aureus restart bridge because it leaks")
        await s.presses("dana", await s.sees("ana", "Restart bridge"), "Approve")
        await s.passes(minutes=11)
        await s.passes(minutes=11)
        card = await s.sees("ana", "It could not be put back")
        assert "2 of 3 pods ready" in card
        assert "cannot be pulled" in card
        assert card.buttons == ["Try again", "Leave it as it is"]
        assert len(_pods(s) & before) == 2
        await s.kubectl("break", what="image", on=False, namespace="aureus", name="aureus-bridge")
        await s.presses("ana", card, "Try again")
        await s.sees("ana", "what had been done was put back, and read back")
        assert _template(s) == template

    tell(tmp_path, story)


def test_a_slow_start_is_not_a_failure(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("break", what="slow", on=True, namespace="aureus", name="aureus-bridge")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "Done in")

    tell(tmp_path, story)


def test_status_shows_what_troubles_a_service(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("break", what="crash", on=True, namespace="aureus", name="openclaw", everything=True)
        await s.passes(minutes=1)
        await s.says("hana", "/aureus status")
        seen = await s.sees("hana", "Production: 1 with trouble")
        assert "CrashLoopBackOff" in seen
        await s.says("hana", "/aureus status bridge")
        await s.sees("hana", "bridge in production: all well")

    tell(tmp_path, story)
