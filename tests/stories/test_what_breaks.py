"""A rollout that does not become ready: the reason is read from the pods, and the old state is put back and proved."""

from pathlib import Path

import pytest

from tests.stories.stage import Stage, tell


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
        card = await s.sees("ana", "What had been done was put back, and read back")
        assert reason in card
        assert s.replicas() == 3
        assert card.buttons == ["Ask again"]
        await s.kubectl("break", what=fault, on=False, namespace="aureus", name="aureus-bridge")
        await s.presses("ana", card, "Ask again")
        await s.presses("ana", await s.sees("ana", "Waits for Ana Silva to confirm"), "Confirm")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

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
        await s.sees("hana", "Production: all well")

    tell(tmp_path, story)
