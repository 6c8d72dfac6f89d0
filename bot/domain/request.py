"""Requests: an asking, from whichever door."""

import hashlib
from datetime import datetime

from bot.domain.alert import Gone, Group, NoPage, NoteTold, PageTold, Vain
from bot.domain.person import Who
from bot.domain.record import record


@record("place")
class Place:
    """Where something was asked, and where its card goes."""

    #: The channel's id, as the door knows it; empty where there is none (terminal, clock).
    channel: str = ""
    #: The thread in it, when it was asked in one.
    thread: str = ""
    #: Slack's response_url: good for five private answers within 30 minutes, also where the bot is not a member.
    reply: str = ""


NOWHERE = Place()


@record("request")
class Request:
    """What was asked, by whom, when and where. ``key`` is the door's own id of it: the same key is the same asking."""

    key: str
    words: str
    who: Who
    at: datetime
    door: str = "slack"
    place: Place = NOWHERE
    #: The case that it belongs to: an undo to its run, production to its staging.
    of: str = ""

    @property
    def case(self) -> str:
        """The id of the case that it opens, the same whenever it is received: eight letters of its key's hash."""
        return case_id(self.key)


@record("notice")
class Notice:
    """What an outside tells by itself: alerts, or what became of a page. The same key is the same telling."""

    key: str
    at: datetime
    tells: Group | PageTold | NoteTold | Gone | NoPage | Vain


def incident_id(key: str, opened: datetime) -> str:
    """``i-`` and eight characters, the same for the same opening."""
    return f"i-{case_id(f'{key} {opened.isoformat()}')[2:]}"


def case_id(key: str) -> str:
    """``r-`` and eight characters of 32 (40 bits), without those that are easily misread."""
    bits = int.from_bytes(hashlib.sha256(key.encode()).digest()[:5], "big")
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    return "r-" + "".join(letters[bits >> 5 * place & 31] for place in reversed(range(8)))
