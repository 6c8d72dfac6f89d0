"""The commands of ``aureus`` that end by themselves: what they print, and their exit codes; never a trace."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from sandbox.world import CONFIG, World
from tests.programs.child import ROOT, runs

CONFIGS = {"AUREUS_CONFIG": f"{CONFIG}:{ROOT / 'config'}"}


def aureus(*command: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    return runs("bot", *command, env=CONFIGS | dict(env or {}))


# aureus say


def beside_a_cluster(
    folder: Path, story: Callable[[Callable[..., Awaitable[tuple[int, str, str]]]], Awaitable[None]]
) -> None:
    """A sandbox without a bot: ``say`` drives by itself. The story is given a way to say words as somebody."""

    async def run() -> None:
        async with World(folder).serve() as world:
            world.cluster.set_pace(lag=0, schedule=0.02, start=0.05, ready=0.05, grace=0.02)

            async def say(words: str, who: str = "ana@aureus.example") -> tuple[int, str, str]:
                env = world.bot.environment()
                return await asyncio.to_thread(aureus, "say", words, "--as", who, env=env)

            await story(say)

    asyncio.run(run())


def test_a_lookup_a_scale_and_a_reply_from_the_terminal_and_then_the_audit(tmp_path: Path) -> None:
    async def story(say: Callable[..., Awaitable[tuple[int, str, str]]]) -> None:
        code, out, _ = await say("status")
        assert code == 0
        assert "bridge" in out

        code, out, _ = await say("scale bridge 5")
        assert code == 0
        for part in ("SCALE BRIDGE FROM 3 TO 5", "… Waiting", "Risk", "[Confirm]  agree r-", "[Cancel]  cancel r-"):
            assert part in out

        code, out, _ = await say("cancel")
        assert code == 0
        assert "Cancelled by Ana Silva; nothing was changed." in out

        database = tmp_path / "aureus.db"
        env = {"DATABASE_URL": f"sqlite:///{database}"}
        code, out, _ = await asyncio.to_thread(aureus, "audit", "verify", env=env)
        assert code == 0
        assert "each as it was written" in out

        _change_a_line(database)
        code, out, _ = await asyncio.to_thread(aureus, "audit", "verify", env=env)
        assert code == 1
        assert out.startswith("The journal was changed: line ")

    beside_a_cluster(tmp_path, story)


def _change_a_line(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        changed = connection.execute(
            "UPDATE journal SET event = replace(event, 'scale bridge 5', 'scale bridge 9') "
            "WHERE seq = (SELECT min(seq) FROM journal WHERE event LIKE '%scale bridge 5%')"
        )
        assert changed.rowcount == 1
    connection.close()


def test_somebody_unknown_is_told_how_to_say_who_they_are(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'aureus.db'}"}
    code, out, err = aureus("say", "whoami", "--as", "olga@aureus.example", env=env)
    assert (code, out) == (1, "")
    assert err.startswith("config/people.yaml has nobody with the e-mail address “olga@aureus.example”.")
    assert "AUREUS_ME" in err
    assert len(err.splitlines()) == 1
    code, _, err = aureus("say", "whoami", env=env)
    assert code == 1
    assert "AUREUS_ME" in err


# aureus check-config


def test_a_config_that_is_right_is_counted_and_what_is_not_set_is_said(tmp_path: Path) -> None:
    code, out, err = aureus("check-config")
    assert (code, err) == (0, "")
    assert out.startswith("config/ is right: 9 people,")
    assert "SLACK_BOT_TOKEN is not set" in out


def test_every_mistake_of_a_config_is_said_with_its_file_and_line(tmp_path: Path) -> None:
    for name in ("services", "people", "policy", "channels", "alerts", "escalation"):
        source = CONFIG / f"{name}.yaml"
        shutil.copy(source if source.exists() else ROOT / "config" / f"{name}.yaml", tmp_path)
    people = tmp_path / "people.yaml"
    wrong = people.read_text().replace("roles: [team, on-call]}", "roles: [team, on-cal]}")
    people.write_text(wrong.replace("email: ben@aureus.example", "email: ben"))
    code, out, err = aureus("check-config", env={"AUREUS_CONFIG": str(tmp_path)})
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert lines[-1] == "2 mistakes in config/; nothing was started."
    assert len(lines) == 3
    assert all("people.yaml" in line for line in lines[:2])
    assert "on-cal" in err


def test_settings_that_cannot_be_used_are_sentences_without_their_secrets() -> None:
    code, out, err = aureus("check-config", env={"SLACK_BOT_TOKEN": "xapp-1-hidden", "PORT": "http"})
    assert (code, out) == (1, "")
    assert "is an app token: it belongs into SLACK_APP_TOKEN" in err
    assert "PORT must be a number" in err
    assert "hidden" not in err


# aureus manifest


def test_a_manifest_for_what_is_no_address_is_refused() -> None:
    code, out, err = aureus("manifest", "notaurl")
    assert (code, out) == (1, "")
    assert "“notaurl” is no address, so no manifest was made" in err


def test_the_manifest_for_an_address_and_for_socket_mode() -> None:
    code, out, _ = aureus("manifest", "https://bot.example.com/")
    assert code == 0
    made = json.loads(out)
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://bot.example.com/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    code, out, _ = aureus("manifest")
    assert code == 0
    made = json.loads(out)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in made["features"]["slash_commands"][0]


@pytest.mark.parametrize("command", [(), ("say",), ("audit", "wipe"), ("dance",)])
def test_what_is_no_command_is_answered_with_how_to_use_it(command: tuple[str, ...]) -> None:
    code, out, err = aureus(*command)
    assert (code, out) == (2, "")
    assert err.startswith("usage: aureus")


def test_a_journal_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = aureus("audit", "verify", env={"DATABASE_URL": f"sqlite:///{tmp_path / 'file' / 'aureus.db'}"})
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
