"""What can be broken, and healed again, while the server runs."""

from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with the Alertmanager."""

    DOWN = "down"  # the API closes connections without an answer, and takes no alerts
    BLIND = "blind"  # no notification goes out; each attempt fails as a broken line would


class Faults:
    """Which switches are on."""

    def __init__(self) -> None:
        self.on: set[Fault] = set()

    def switch(self, fault: Fault, *, on: bool) -> None:
        """Break or heal."""
        (self.on.add if on else self.on.discard)(fault)
