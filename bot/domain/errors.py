"""What can go wrong, as sentences that people read. Each says what happened and what to do next."""

import re


class Refusal(Exception):
    """The answer is no, for a reason; nothing was changed."""

    def __init__(self, because: str, hint: str = "") -> None:
        super().__init__(because)
        self.because = because
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.because} {self.hint}".strip()


class Occupied(Refusal):
    """Another process has what only one can have."""


class Barred(Refusal):
    """The outside does not let us in, or not so far (401, 403, no trust): that says nothing of how it is there."""


class Pointless(Refusal):
    """The answer is no, and to ask the same again brings no other: by the words, or by what is over for good."""


class Misunderstood(Pointless):
    """The words are not a command, or not all of it."""


class Unanswerable(Misunderstood):
    """The words ask for a lookup, and not for one that can be made: that nothing was changed goes without saying."""


_SAID = re.compile(r"nothing (?:of yours )?was (?:changed|agreed)", re.IGNORECASE)


def nothing_changed(words: str) -> str:
    """The words, and that nothing was changed, said once."""
    return words if _SAID.search(words) else f"{words} Nothing was changed.".strip()


def why_alone(words: str) -> str:
    """The words without that nothing was changed: of what only looks nobody thinks so, and of a run it may be wrong."""
    return words.replace("Nothing was changed.", "").replace("  ", " ").strip()


class Away(Exception):
    """An outside system did not take the call: nothing was changed there, and trying again later makes sense."""

    def __init__(self, because: str, again_in: float | None = None) -> None:
        super().__init__(because)
        self.because = because
        #: Seconds that the outside asked us to wait, when it did.
        self.again_in = again_in


class Unknown(Away):
    """The call went out and no answer came: it may have happened. Look before doing it again."""


class Held(Away):
    """Something of our own is in the way (a pause, another run): it is waited for without counting the time.

    ``objects`` are what it waits for: it goes on when whoever has one of them lets it go. ``quiet``: nobody needs to
    see that it waits.
    """

    def __init__(
        self, because: str, again_in: float, objects: frozenset[str] = frozenset(), quiet: bool = False
    ) -> None:
        super().__init__(because, again_in)
        self.objects = objects
        self.quiet = quiet


class Conflict(Exception):
    """An append named a position that is no longer the last: somebody else was first. Fold again."""


class Taken(Exception):
    """An object is in the hands of another run."""

    def __init__(self, claim: str, holder: str) -> None:
        super().__init__(f"{claim} is held by {holder}")
        self.claim = claim
        self.holder = holder


class Unreadable(LookupError):
    """What is stored is nothing that this release knows: a later one has stored it. ``case``: to which it belongs."""

    def __init__(self, because: str, case: str = "") -> None:
        super().__init__(because)
        self.case = case


class Full(Exception):
    """The store cannot write now (locked, full, away): nothing was stored."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because
