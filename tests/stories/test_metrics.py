"""What happens is counted under the command that it happens to."""

from pathlib import Path

from prometheus_client import REGISTRY

from tests.stories.stage import Stage, tell


def _counted(command: str, event: str) -> float:
    return REGISTRY.get_sample_value("aureus_events_total", {"command": command, "event": event}) or 0.0


def test_what_has_no_plan_is_counted_under_its_command(tmp_path: Path) -> None:
    events = [("scale", "offered"), ("scale", "refined"), ("scale", "planned"), ("whoami", "answeredwith")]
    before = {each: _counted(*each) for each in events}

    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8")
        await s.fills_in("ana", await s.sees("ana", "Policy asks for a reason"), "Say why", "the sale begins")
        await s.sees("ana", "Scale bridge from 3 to 8")
        await s.says("ana", "/aureus whoami")
        await s.sees("ana", "You are Ana Silva")
        assert {each: _counted(*each) - before[each] for each in events} == dict.fromkeys(events, 1.0)
        assert _counted("lookup", "offered") == 0

    tell(tmp_path, story)
