"""Every handler that there is and the sandbox's people: what is tried of each, whoever adds it."""

from bot.app import find_handlers, read_config
from bot.domain.person import Person
from bot.runbook import Handler, Runbook
from bot.settings import PROJECT, Settings

BECAUSE = "because it must be"
HANDLERS = sorted(find_handlers(), key=lambda handler: handler.command)
CONFIG, COMMANDS = read_config(
    Settings(_env_file=None, aureus_config=f"{PROJECT / 'sandbox' / 'config'}:{PROJECT / 'config'}")
)


def asker(handler: type[Handler]) -> Person:
    """Somebody who may ask for it: one whose agreement alone is not enough for everything, where there is one."""
    changes = issubclass(handler, Runbook)
    return next(who for who in CONFIG.people if CONFIG.policy.may(who, handler.command, changes))
