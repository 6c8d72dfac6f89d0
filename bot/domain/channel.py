"""Channels, as far as it matters whether people see what is said in them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Closed:
    """A channel that takes nothing of what the bot says: why, and what people can do about it, each a sentence."""

    #: As ``config/`` names it.
    channel: str
    because: str
    remedy: str
