"""Offers: what can be pressed, as a label and the words that pressing stands for."""

import hashlib
from enum import Enum

from bot.domain.record import record


@record("look")
class Look(Enum):
    """How a button looks."""

    PLAIN = "plain"
    GOOD = "good"
    DANGER = "danger"


@record("offer")
class Offer:
    """A button. It is stored with its card; what the button itself carries is only the card and this offer's key."""

    label: str
    words: str
    #: What a person is asked for before the words are complete ("Why not?"); their answer is added to the words.
    asks: str = ""
    look: Look = Look.PLAIN

    @property
    def key(self) -> str:
        """Names the offer within its card; no words can be read from it or made up in it."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:10]
