"""The chain of hashes: each line of the journal holds the hash of the one before it, so that no line can be changed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.ports import Audit

#: What the first line follows.
GENESIS = "0" * 64


def line_hash(prev: str, seq: int, case: str, position: int, at: int, event: str) -> str:
    """The SHA-256 of the previous hash and the canonical JSON of a line; ``at`` in microseconds since 1970."""
    line = json.dumps([seq, case, position, at, event], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((prev + line).encode()).hexdigest()


@dataclass(frozen=True)
class Line:
    """A line as it stands in the table, whatever somebody may have made of it."""

    seq: Any
    case: Any
    position: Any
    at: Any
    event: Any
    prev: Any
    hash: Any

    @property
    def fits(self) -> bool:
        """Whether its text gives its hash."""
        texts = (self.case, self.event, self.prev, self.hash)
        numbers = (self.seq, self.position, self.at)
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(number, int) for number in numbers):
            return False
        return line_hash(self.prev, self.seq, self.case, self.position, self.at, self.event) == str(self.hash)

    def __str__(self) -> str:
        return f"line {self.seq} (event {self.position} of {self.case})"


def check(lines: Iterable[Line], heads: Iterable[tuple[Any, Any]]) -> Audit:
    """Go through all lines in the order of their numbers. ``heads`` are the notes of the last line: exactly one."""
    noted = list(heads)
    if len(noted) != 1:
        return Audit(0, GENESIS, f"the note of the last line is there {len(noted)} times, and not once: it was changed")
    end, end_hash = noted[0]
    count, head = 0, GENESIS
    last: Line | None = None
    for line in lines:
        because = _number(line, count, end) or _text(line, last, head)
        if because:
            return Audit(count, head, because)
        count, head, last = count + 1, str(line.hash), line
    if count != end:
        return Audit(count, head, f"line {count + 1} is missing: the journal was cut off, it had {end} lines")
    if head != end_hash:
        return Audit(count, head, f"{last or 'the note of the last line'} was exchanged: its hash is not the noted one")
    return Audit(count, head)


def _number(line: Line, count: int, end: Any) -> str:
    if line.seq == count + 1 and isinstance(line.seq, int):
        return f"{line} was added: the journal had {end} lines" if line.seq > end else ""
    if isinstance(line.seq, int) and line.seq > count + 1:
        return f"line {count + 1} is missing: {f'line {count}' if count else 'the beginning'} is followed by {line}"
    return f"{line} was added: line {count + 1} is next"


def _text(line: Line, last: Line | None, head: str) -> str:
    if not line.fits:
        return f"{line} was changed or moved: its text does not give its hash"
    if line.prev != head:
        return f"{last or 'the beginning'} was exchanged: {line} was written after another"
    return ""
