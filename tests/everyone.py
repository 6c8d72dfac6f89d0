"""Every handler that there is and the sandbox's people: what is tried of each, whoever adds it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.app import find_handlers, read_config
from bot.domain.person import Person
from bot.runbook import Handler, Runbook
from bot.settings import PROJECT, Settings
from sandbox.alertmanager.alertmanager import Posted

BECAUSE = "because it must be"
HANDLERS = sorted(find_handlers(), key=lambda handler: handler.command)
CONFIG, COMMANDS = read_config(
    Settings(_env_file=None, aureus_config=f"{PROJECT / 'sandbox' / 'config'}:{PROJECT / 'config'}")
)


def asker(handler: type[Handler]) -> Person:
    """Somebody who may ask for it: one whose agreement alone is not enough for everything, where there is one."""
    changes = issubclass(handler, Runbook)
    return next(who for who in CONFIG.people if CONFIG.policy.may(who, handler.command, changes))


def acts_on_an_incident(handler: type[Handler]) -> bool:
    """Whether there must be an incident before its example means anything: one is among its arguments."""
    return "incident" in handler.args


def example_of(handler: type[Handler], ids: Mapping[str, str], example: str = "") -> str:
    """Its example, with ids that there are, by the first letters of an id, in place of those that are made up."""
    words = (example or handler.example()).split()
    return " ".join(ids.get(word[:2], word) for word in words)


def trouble(name: str, now: datetime) -> Posted:
    """An alert that burns for a day and is told of once. Nobody is called for it, so the clock does nothing to it."""
    said = {"summary": "Something is not as it was", "description": "Nobody knows what yet."}
    return Posted({"alertname": name, "severity": "warning"}, said, ends_at=now + timedelta(days=1), starts_at=now)
