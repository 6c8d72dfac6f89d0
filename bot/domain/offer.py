"""Offers: what can be pressed, as a label and the words that pressing stands for."""

import hashlib
from collections.abc import Sequence
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
        """Names the offer within its card; no words can be read from it or made up in it.

        The same words may be offered twice: to be pressed, and to be completed. What is asked may be worded otherwise
        when its form is sent, so only that it is asked counts.
        """
        return _key(f"{self.words} …" if self.asks else self.words)

    @property
    def old_key(self) -> str:
        """Its key on cards that older releases have posted."""
        return _key(self.words)


def offered(offers: Sequence[Offer], key: str, said: str = "") -> Offer | None:
    """The offer of this key; with what a form ``said``, one that asks for words: they are never dropped."""
    fit = [offer for offer in offers if offer.asks or not said]
    found = (offer for offer in fit if offer.key == key)
    return next(found, next((offer for offer in fit if offer.old_key == key), None))


def _key(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:10]
