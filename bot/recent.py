"""A mapping that keeps what was used last, and lets go of the rest."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values that weigh no more than ``most`` together; whoever is put in or asked for is the last to go.

    One that weighs more than a quarter of that is not kept: it would be there in place of all others. For one event
    loop.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What was put in under this key, if it is still there."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep this, in place of what was there."""
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]
        if weight * 4 > self._most:
            return
        self._kept[key] = (value, weight)
        self._weight += weight
        while self._weight > self._most:
            self._weight -= self._kept.popitem(last=False)[1][1]
