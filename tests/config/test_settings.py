"""Settings: from the environment and ``.env``, with all that is missing or wrong said at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT, Settings, Unset

#: What alerts and pages need.
ALARM = ["ALERTMANAGER_WEBHOOK_TOKEN", "ALERTMANAGER_URL", "PAGERDUTY_API_KEY", "PAGERDUTY_WEBHOOK_SECRET"]
NAMES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own settings, and no .env."""
    for name in (*NAMES, "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_names_exactly_the_settings_that_exist() -> None:
    named = re.findall(r"^(?:# )?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(NAMES)


def test_the_example_explains_each_setting_and_shows_the_value_that_is_used_without_it() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    explained = False
    for line in lines:
        found = re.fullmatch(r"(# )?([A-Z_]+)=(.*)", line)
        if not found:
            explained = line.startswith("# ")
            continue
        assert explained, line
        default = Settings.model_fields[found[2].lower()].default
        shown = default.get_secret_value() if hasattr(default, "get_secret_value") else str(default)
        assert found[3] == shown, line


def test_the_example_can_be_copied_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((PROJECT / ".env.example").read_text())
    assert Settings() == Settings(_env_file=None)


def test_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nHOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("PORT", "9002")
    settings = Settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9002)  # noqa: S104 - what a container listens on


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert (Settings().port, Settings().database_url) == (8080, "sqlite:///var/aureus.db")


def test_all_that_is_missing_is_said_at_once_with_what_depends_on_it() -> None:
    said = [str(each) for each in Settings().missing()]
    assert [each.split(" ")[0] for each in said] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "KUBECONFIG", *ALARM]
    assert all(re.search(r" is not set: .*(nothing|nobody|no alert|not (heard|asked)).*\.$", each) for each in said)


@pytest.mark.parametrize("key", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_either_an_app_token_or_a_signing_secret_is_enough(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(key, "xapp-1" if key == "SLACK_APP_TOKEN" else "8f742231b10e8888abcd99yyyzzz85a5")
    assert [each.variable for each in Settings().missing()] == ["SLACK_BOT_TOKEN", "KUBECONFIG", *ALARM]


def test_inside_a_cluster_no_kubeconfig_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert "KUBECONFIG" not in [each.variable for each in Settings().missing()]


def test_with_everything_set_nothing_is_missing() -> None:
    alarm = {name.lower(): "x" for name in ALARM}
    settings = Settings(slack_bot_token="xoxb-1", slack_app_token="xapp-1", kubeconfig="kc", **alarm)
    assert settings.missing() == []


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "eighty",
        "LOG_LEVEL": "loud",
        "LOG_FORMAT": "xml",
        "SLACK_API_URL": "slack.com",
        "DATABASE_URL": "mysql://bot:hunter2@db/x",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unset) as raised:
        Settings()
    lines = str(raised.value).splitlines()
    assert sorted(line.split(" ")[0] for line in lines) == [
        "DATABASE_URL", "LOG_FORMAT", "LOG_LEVEL", "Nothing", "PORT", "SLACK_API_URL"
    ]  # fmt: skip
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("port", ["-1", "65536", "80.5", "http"])
def test_a_port_is_a_number_that_a_port_can_have(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Unset, match="PORT must be a number from 0"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-secret", "SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret", "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "xoxb-1-secret", "Basic Information"),
    ],
)
def test_keys_that_were_mixed_up_are_told_without_being_shown(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Unset, match=words) as raised:
        Settings()
    assert value not in str(raised.value)


def test_secrets_are_not_shown_when_settings_are_printed() -> None:
    settings = Settings(slack_bot_token="xoxb-secret", slack_app_token="xapp-secret", slack_signing_secret="s3cret")
    assert not re.search("xoxb-secret|xapp-secret|s3cret", repr(settings) + str(settings.model_dump()))


def test_an_env_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"AUREUS_ME=\xff\n")
    with pytest.raises(Unset, match="not UTF-8"):
        Settings()


def test_config_folders_are_several_or_the_projects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().config_folders == (PROJECT / "config",)
    monkeypatch.setenv("AUREUS_CONFIG", os.pathsep.join(("sandbox/config", "config", "")))
    assert Settings().config_folders == (Path("sandbox/config"), Path("config"))


def test_the_address_of_slack_ends_as_its_client_needs_it() -> None:
    assert Settings(slack_api_url="http://127.0.0.1:1/api").slack_api_url == "http://127.0.0.1:1/api/"


def test_the_queue_is_a_file_beside_the_journal_or_the_same_postgresql() -> None:
    assert Settings(database_url="sqlite:///var/a.db").queue_url == "sqlite:///var/a.db.queue"
    assert Settings(database_url="postgresql://h/d").queue_url == "postgresql://h/d"


def test_log_words_may_be_in_capitals() -> None:
    settings = Settings(log_level="WARNING", log_format="JSON")
    assert (settings.log_level, settings.log_format) == ("warning", "json")


def test_importing_the_settings_reads_no_environment(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(PROJECT), "PORT": "eighty", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", "import bot.settings, bot.config"], env=environment, cwd=tmp_path, check=False
    )
    assert done.returncode == 0
