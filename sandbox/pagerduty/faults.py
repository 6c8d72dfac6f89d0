"""What can be broken on purpose, a number of times or until it is healed."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

What = Literal[
    "away",  # connections are closed without an answer, and nothing is done
    "lose-answer",  # it is done, and the connection is closed without an answer
    "slow",  # the answer comes late, by real time
    "errors",  # 500, or what `status` says; nothing is done
    "ratelimit",  # 429; nothing is done
    "unauthorized",  # 401, as for a key that was revoked
    "events-held",  # events are accepted (202) and wait until this is healed
    "webhooks-held",  # webhooks wait until this is healed
    "webhooks-twice",  # a webhook that has arrived is sent once more
]
EVERY: Final = "*"


@dataclass
class Fault:
    """One thing that is broken, for requests whose path begins with ``path``, ``times`` times (None: until healed).

    ``seconds`` is how slow, or what ``ratelimit-reset`` says.
    """

    what: What
    path: str = EVERY
    verb: str = EVERY
    times: int | None = None
    seconds: float = 1.0
    status: int = 500

    def check(self) -> None:
        """Raises ``ValueError`` when there is no such fault."""
        if self.what not in get_args(What):
            raise ValueError(f"there is no fault {self.what!r}; there are {', '.join(get_args(What))}")

    def concerns(self, verb: str, path: str) -> bool:
        return self.times != 0 and self.verb in (EVERY, verb) and (self.path == EVERY or path.startswith(self.path))


class Faults:
    """What is broken now."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Break something. ValueError: there is no such fault."""
        fault.check()
        self._faults.append(fault)

    def heal(self, what: str | None = None) -> None:
        """End the faults of a kind; without one, all."""
        self._faults = [one for one in self._faults if what not in (None, one.what)]

    def find(self, what: What, verb: str = EVERY, path: str = EVERY) -> Fault | None:
        """The fault of a kind that a request would meet; it is not counted."""
        return next((one for one in self._faults if one.what == what and one.concerns(verb, path)), None)

    def take(self, what: What, verb: str = EVERY, path: str = EVERY) -> Fault | None:
        """The fault of a kind that a request meets, counted; None when there is none."""
        fault = self.find(what, verb, path)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault

    def all(self) -> list[Fault]:
        """Those that are not healed, also where their times are used up."""
        return list(self._faults)

    def now(self) -> list[Fault]:
        return [one for one in self._faults if one.times != 0]
