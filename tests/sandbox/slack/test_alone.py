"""``python -m sandbox.slack``: the workspace as a program of its own."""

import json
import signal
from pathlib import Path

import httpx

from bot.doors.slack.manifest import manifest
from tests.programs.child import child, occupied, runs


def settings_of(said: str) -> dict[str, str]:
    """What it prints for a bot's environment."""
    return dict(line.split("=", 1) for line in said.splitlines() if line.startswith("SLACK_"))


def test_it_runs_alone_says_what_a_bot_needs_and_ends_with_an_interrupt(tmp_path: Path) -> None:
    with child(tmp_path, "sandbox.slack") as slack:
        slack.until(lambda: "Ctrl-C" in slack.said, "its address")
        settings = settings_of(slack.said)
        token = {"authorization": f"Bearer {settings['SLACK_BOT_TOKEN']}"}
        answer = httpx.post(f"{settings['SLACK_API_URL']}auth.test", headers=token).json()
        assert answer["ok"]
        app = {"authorization": f"Bearer {settings['SLACK_APP_TOKEN']}"}
        opened = httpx.post(f"{settings['SLACK_API_URL']}apps.connections.open", headers=app).json()
        assert opened["url"].startswith("ws://127.0.0.1:")
        assert settings["SLACK_SIGNING_SECRET"]
        assert slack.ends(signal.SIGINT) == 0
        assert "Traceback" not in slack.said


def test_it_takes_the_manifest_of_the_bot(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest("https://bot.example.com")))
    with child(tmp_path, "sandbox.slack", str(file), "--request-url", "http://127.0.0.1:1/slack/events") as slack:
        slack.until(lambda: "Ctrl-C" in slack.said, "its address")
        assert slack.ends(signal.SIGINT) == 0


def test_what_it_cannot_use_is_a_sentence(tmp_path: Path) -> None:
    words, strange = tmp_path / "words.json", tmp_path / "strange.json"
    words.write_text("not json")
    strange.write_text('{"features": 3}')
    for file, because in (
        (words, "is not JSON"),
        (strange, "features must be an object"),
        (tmp_path / "none.json", "did not start"),
    ):
        code, out, err = runs("sandbox.slack", str(file))
        assert (code, out) == (1, "")
        assert because in err


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with occupied() as port:
        code, out, err = runs("sandbox.slack", "--port", str(port))
    assert (code, out) == (1, "")
    assert "Address already in use" in err
