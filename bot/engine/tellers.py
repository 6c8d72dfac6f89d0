"""Which Alertmanagers are those that can be asked: only of what these tell is it known when it is there no more."""

from collections.abc import Iterable, Set


class Tellers:
    """The addresses under which Alertmanagers tell, of which an alert was seen where they are asked.

    Several may tell, and one is asked: that it does not have what another tells proves nothing. Forgotten at a
    restart, and learned anew from the first alert that is seen to fire.
    """

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def learn(self, told: Iterable[tuple[str, str]], there: Set[str]) -> None:
        """``told``: address and fingerprint of alerts; ``there``: the fingerprints of those that are where it asks."""
        self._asked |= {url for url, fingerprint in told if fingerprint in there}

    def can_ask(self, url: str) -> bool:
        """Whether what this one tells is to be found where it asks."""
        return url in self._asked
