"""Mistakes in ``config/``: where they are, and what was probably meant."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake, as a sentence with its place. ``line`` counts from 1; it is 0 where the whole file is meant."""

    file: str
    line: int
    because: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.because}" if self.line else f"{self.file}: {self.because}"


class Misconfigured(Exception):
    """All mistakes of a configuration, by file and line; nothing of it is used."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that says what was probably meant, or all that there is."""
    names = sorted(known)
    by_small = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), by_small, 1, 0.6)
    if near:
        return f"; did you mean `{by_small[near[0]]}`?"
    return f"; there is {', '.join(f'`{name}`' for name in names)}." if names else "; there is none."
