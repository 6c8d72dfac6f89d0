"""What an app is given for a short time: trigger ids (3 s, once) and response URLs (30 minutes, five times)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sandbox.clock import Clock
from sandbox.slack.errors import SlackError

TRIGGER_LIVES: Final = timedelta(seconds=3)
RESPONSE_LIVES: Final = timedelta(minutes=30)
RESPONSE_USES: Final = 5


@dataclass
class Trigger:
    """The right to open one modal for one person, soon."""

    app: str
    user: str
    until: datetime
    used: bool = False


@dataclass
class Response:
    """The right to answer in a channel; `original` is the message that was pressed, if there was one."""

    id: str
    app: str
    user: str
    channel: str
    until: datetime
    original: str | None = None
    uses: int = 0


class Tickets:
    """All that was handed out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, Response] = {}

    def trigger(self, app: str, user: str) -> str:
        """A new trigger_id."""
        number = len(self._triggers) + 1
        word = hashlib.sha256(f"trigger {number}".encode()).hexdigest()[:32]
        trigger_id = f"{number:010d}.{number * 7919:013d}.{word}"
        self._triggers[trigger_id] = Trigger(app, user, self._clock.now() + TRIGGER_LIVES)
        return trigger_id

    def exchange(self, trigger_id: str, app: str) -> str:
        """Use a trigger up; answers whose it is. Raises as views.open answers."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app != app or not re.fullmatch(r"\d+\.\d+\.[0-9a-f]+", trigger_id):
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.until:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def response(self, app: str, user: str, channel: str, original: str | None = None) -> Response:
        """A new right to answer."""
        number = len(self._responses) + 1
        word = hashlib.sha256(f"response {number}".encode()).hexdigest()[:24]
        ticket = Response(word, app, user, channel, self._clock.now() + RESPONSE_LIVES, original)
        self._responses[word] = ticket
        return ticket

    def spend(self, id: str) -> Response:
        """Use a response URL once; raises `used_url` or `expired_url`."""
        ticket = self._responses.get(id)
        if ticket is None or self._clock.now() > ticket.until:
            raise SlackError("expired_url")
        if ticket.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        ticket.uses += 1
        return ticket
