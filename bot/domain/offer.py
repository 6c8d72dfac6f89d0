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


@record("choice")
class Choice:
    """One of several: how people call it, and the words that it stands for in a command."""

    label: str
    words: str


@record("choices")
class Choices:
    """What a person is asked to choose before the words are complete; the words of their choice are added."""

    #: The question ("How bad is it?").
    asks: str
    among: tuple[Choice, ...]
    #: The words of the one that is chosen where nobody chooses; without any, somebody has to.
    chosen: str = ""

    def complete(self, words: str) -> tuple[str, ...]:
        """The words with each of the choices."""
        return tuple(f"{words} {each.words}" for each in self.among)


@record("offer")
class Offer:
    """A button. It is stored with its card; what the button itself carries is only the card and this offer's key."""

    label: str
    words: str
    #: What a person is asked for before the words are complete ("Why not?"); their answer is added to the words.
    asks: str = ""
    look: Look = Look.PLAIN
    #: What they choose before that.
    choices: Choices | None = None
    #: What stands before their answer ("because"), and not where they give none.
    before: str = ""
    #: Whether they may leave out the answer.
    optional: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether a form completes its words."""
        return bool(self.asks) or self.choices is not None

    @property
    def typed(self) -> str:
        """Its words as somebody would type them, with dots for what a form asks for."""
        chosen = "…" if self.choices is not None else ""
        said = f"{self.before} …".strip() if self.asks else ""
        return " ".join(part for part in (self.words, chosen, said) if part)

    @property
    def key(self) -> str:
        """Names the offer within its card; no words can be read from it or made up in it.

        The same words may be offered twice: to be pressed, and to be completed. What is asked may be worded otherwise
        when its form is sent, so only that it is asked counts.
        """
        return _key(f"{self.words} …" if self.incomplete else self.words)

    @property
    def old_key(self) -> str:
        """Its key on cards that older releases have posted."""
        return _key(self.words)


def offered(offers: Sequence[Offer], key: str, said: str = "") -> Offer | None:
    """The offer of this key; with what a form ``said``, one that asks for words: they are never dropped."""
    fit = [offer for offer in offers if offer.incomplete or not said]
    found = (offer for offer in fit if offer.key == key)
    return next(found, next((offer for offer in fit if offer.old_key == key), None))


def _key(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:10]
