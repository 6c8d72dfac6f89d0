"""What somebody may have meant by a word that is no name."""

import difflib
from collections.abc import Iterable, Sequence

_SHORTEST = 2  # letters of an abbreviation
_ALIKE = 0.65  # of the letters of both words, in their order: "wyh" is like "why", "frobnicate" is not like "oncall"
_MEANT = 3  # names at most that are asked about


def alike(said: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that somebody may have meant: those that begin with what they said, else the one that is most like it.

    Where none is like all of it, by its first word. Nothing where none is alike: a name that only shares some letters
    leads astray.
    """
    names = tuple(names)
    return _alike(said, names) or _alike(said.partition(" ")[0], names)


def meant(near: Sequence[str]) -> str:
    """The question whether one of these was meant; empty without any."""
    names = [f"`{name}`" for name in near]
    listed = " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    return f"Did you mean {listed}? " if listed else ""


def _alike(word: str, names: Sequence[str]) -> tuple[str, ...]:
    by_small = {name.lower(): name for name in names} if len(word) >= _SHORTEST else {}
    word = word.lower()
    near = [small for small in by_small if small.startswith(word)]
    near = near or difflib.get_close_matches(word, by_small, 1, _ALIKE)
    return tuple(by_small[small] for small in near[:_MEANT])
