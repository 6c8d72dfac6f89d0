"""Settings, from the environment and ``.env``: where the outside is, and with which keys."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Missing:
    """A setting that is not there, and what is switched off without it."""

    variable: str
    switched_off: str

    def __str__(self) -> str:
        return f"{self.variable} is not set: {self.switched_off}"


class Unset(Exception):
    """Settings that cannot be used: a sentence for each, which never holds the value of a secret."""


class Settings(BaseSettings):
    """Every setting. Names are those of the environment, in small letters; ``.env`` is read, the environment wins.

    An empty variable is one that is not set. Raises ``Unset`` with all that is wrong, at once.
    """

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(SecretStr(""), description="the bot's token, xoxb-…")
    slack_app_token: SecretStr = Field(SecretStr(""), description="with it: Socket Mode, no address needed; xapp-…")
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="without Socket Mode: proves requests are Slack's"
    )
    slack_api_url: str = Field("https://slack.com/api/", description="where Slack's Web API is")
    pagerduty_api_url: str = Field("https://api.pagerduty.com", description="where PagerDuty's REST API is")
    pagerduty_api_key: SecretStr = Field(SecretStr(""), description="a REST API key of PagerDuty (not read-only)")
    pagerduty_from: str = Field("", description="the e-mail address of the bot's own user in PagerDuty")
    pagerduty_policy: str = Field("", description="the id of the escalation policy; empty: the first that there is")
    pagerduty_webhook_secret: SecretStr = Field(
        SecretStr(""), description="of the webhook subscription; several, with commas, while it is changed"
    )
    alertmanager_url: str = Field("", description="where Alertmanager is, http://alertmanager:9093")
    alertmanager_webhook_token: SecretStr = Field(
        SecretStr(""), description="the bearer token that Alertmanager sends with its webhooks"
    )
    kubeconfig: str = Field("", description="a kubeconfig; empty: the cluster that the bot runs in")
    database_url: str = Field("sqlite:///var/aureus.db", description="the journal: sqlite:///… or postgresql://…")
    aureus_config: str = Field("", description="the folder of config/, or several; empty: the project's own")
    aureus_me: str = Field("", description="your e-mail address, for `aureus say`")
    host: str = Field("127.0.0.1", description="where the web door listens")
    port: int = Field(8080, ge=0, le=65535, description="its port")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error")
    log_format: Literal["json", "console"] = Field("json", description="json or console")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            lines = [_sentence(str(each["loc"][0]), each["type"], each["msg"]) for each in error.errors()]
            raise Unset("\n".join([*lines, "Nothing was started."])) from None
        except UnicodeDecodeError:
            raise Unset(".env is not UTF-8; save it as UTF-8. Nothing was started.") from None

    @property
    def config_folders(self) -> tuple[Path, ...]:
        """The folders of ``config/``: a file is taken from the first that has it."""
        named = [Path(part) for part in self.aureus_config.split(os.pathsep) if part]
        return tuple(named) or (PROJECT / "config",)

    @property
    def queue_url(self) -> str:
        """The queue's own database: a file beside the journal's, or the same PostgreSQL."""
        if self.database_url.startswith("sqlite"):
            return f"{self.database_url}.queue"
        return self.database_url

    def missing(self) -> list[Missing]:
        """What is not set, each with what depends on it."""
        found = []
        if not self.slack_bot_token.get_secret_value():
            found.append(Missing("SLACK_BOT_TOKEN", "nothing is said in Slack; `aureus say` works."))
        if not (self.slack_app_token.get_secret_value() or self.slack_signing_secret.get_secret_value()):
            because = "nothing is heard from Slack; `aureus say` works."
            found.append(Missing("SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN, for Socket Mode)", because))
        if not self.kubeconfig and "KUBERNETES_SERVICE_HOST" not in os.environ:
            found.append(Missing("KUBECONFIG", "no cluster is known, so nothing can be scaled or restarted."))
        if not self.alertmanager_webhook_token.get_secret_value():
            found.append(Missing("ALERTMANAGER_WEBHOOK_TOKEN", "no alert is heard from Alertmanager."))
        if not self.alertmanager_url:
            found.append(Missing("ALERTMANAGER_URL", "Alertmanager is not asked; what it tells by itself is heard."))
        if not self.pagerduty_api_key.get_secret_value():
            found.append(Missing("PAGERDUTY_API_KEY", "incidents are acknowledged here only, and nobody is paged."))
        if not self.pagerduty_webhook_secret.get_secret_value():
            found.append(Missing("PAGERDUTY_WEBHOOK_SECRET", "what happens in PagerDuty is not heard."))
        return found

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _small(cls, said: object) -> object:
        return said.lower() if isinstance(said, str) else said

    @field_validator("slack_api_url")
    @classmethod
    def _slash(cls, said: str) -> str:
        if not said.startswith(("http://", "https://")):
            raise ValueError("must begin with https:// (or http://)")
        return said if said.endswith("/") else said + "/"  # slack_sdk joins it with the method's name as it is

    @field_validator("database_url")
    @classmethod
    def _database(cls, said: str) -> str:
        if not said.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must be sqlite:///a/file.db or postgresql://user:password@host/database")
        return said

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, said: SecretStr) -> SecretStr:
        return _not("xapp-", said, "is an app token: it belongs into SLACK_APP_TOKEN")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, said: SecretStr) -> SecretStr:
        return _not("xoxb-", said, "is a bot token: it belongs into SLACK_BOT_TOKEN")

    @field_validator("slack_signing_secret")
    @classmethod
    def _secret(cls, said: SecretStr) -> SecretStr:
        return _not("xox", said, "is a token; the signing secret stands under Basic Information of the Slack app")


def _not(begins: str, said: SecretStr, because: str) -> SecretStr:
    """Two keys that were mixed up would otherwise only be told as "invalid_auth"."""
    if said.get_secret_value().startswith(begins):
        raise ValueError(because)
    return said


def _sentence(name: str, kind: str, said: str) -> str:
    if name == "port":
        return "PORT must be a number from 0 (any that is free) to 65535."
    if kind == "literal_error":
        said = said.replace("Input should", "must")
    return f"{name.upper()} {said.removeprefix('Value error, ')}."
