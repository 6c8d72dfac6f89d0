"""What can be broken on purpose: rate limits, an outage, lost answers, events that come twice or late."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

What = Literal["ratelimit", "down", "lose-answer", "duplicate", "late"]
EVERY: Final = "*"


@dataclass
class Fault:
    """One thing that is broken, for calls of `method` (`*`: all), `times` times (None: until it is mended)."""

    what: What
    method: str = EVERY
    times: int | None = None
    seconds: int = 1
    closed: bool = False

    def concerns(self, method: str) -> bool:
        return self.method in (EVERY, method) and self.times != 0


class Faults:
    """What is broken now."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault.what not in get_args(What):
            raise ValueError(f"there is no fault {fault.what!r}; there are {', '.join(get_args(What))}")
        self._faults.append(fault)

    def mend(self, what: str | None = None) -> None:
        """End the faults of a kind; without one, all."""
        self._faults = [one for one in self._faults if what not in (None, one.what)]

    def take(self, what: What, method: str = EVERY) -> Fault | None:
        """The fault of a kind that this call meets, counted; None when there is none."""
        for fault in self._faults:
            if fault.what == what and fault.concerns(method):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def now(self) -> list[Fault]:
        return [one for one in self._faults if one.times != 0]
