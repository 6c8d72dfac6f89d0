"""How a Deployment moves from its old replica sets to its new one: the arithmetic, without any effect."""

from dataclasses import dataclass

from sandbox.kubernetes.objects import Json, name_of
from sandbox.kubernetes.quantities import share

#: The annotations in which a replica set keeps the size of its whole Deployment, to tell a scaling from a rollout, and
#: how many pods there may have been at most.
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"


@dataclass(frozen=True)
class Limits:
    """How many pods there may be at most, and how many must be available at least."""

    wanted: int
    surge: int
    unavailable: int

    @property
    def most(self) -> int:
        return self.wanted + self.surge

    @property
    def least(self) -> int:
        return self.wanted - self.unavailable


def limits_of(spec: Json) -> Limits:
    """The limits of a Deployment's strategy; both zero would never move, so then one may be unavailable."""
    wanted = spec["replicas"]
    if spec["strategy"]["type"] == "Recreate" or wanted == 0:
        return Limits(wanted, 0, 0)
    rolling = spec["strategy"]["rollingUpdate"]
    surge = share(rolling.get("maxSurge", 0), wanted, up=True)
    unavailable = share(rolling.get("maxUnavailable", 0), wanted, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Limits(wanted, surge, min(unavailable, wanted))


def available(replica_set: Json) -> int:
    """How many of a set's pods are available."""
    return int(replica_set.get("status", {}).get("availableReplicas", 0))


def size(replica_set: Json) -> int:
    """How many pods a set is asked for."""
    return int(replica_set["spec"]["replicas"])


def present(replica_set: Json) -> int:
    """How many pods a set has."""
    return int(replica_set.get("status", {}).get("replicas", 0))


def new_size(limits: Limits, new: Json, old: list[Json]) -> int:
    """How large the new set may be now."""
    now = size(new)
    if now >= limits.wanted:
        return limits.wanted
    room = limits.most - now - sum(size(one) for one in old)
    return now + min(max(room, 0), limits.wanted - now)


def old_sizes(limits: Limits, new: Json, old: list[Json]) -> dict[str, int]:
    """How large each old set may be now, by name: unhealthy pods go first, then as many as the new ones replace."""
    sizes = {name_of(one): size(one) for one in old}
    spare = sum(sizes.values()) + size(new) - limits.least - max(size(new) - available(new), 0)
    for one in old:
        unhealthy = max(size(one) - available(one), 0)
        gone = min(max(spare, 0), unhealthy)
        sizes[name_of(one)] -= gone
        spare -= gone
    surplus = available(new) + sum(available(one) for one in old) - limits.least
    for one in old:
        gone = min(max(surplus, 0), max(spare, 0), sizes[name_of(one)])
        sizes[name_of(one)] -= gone
        surplus -= gone
        spare -= gone
    return sizes


def proportional_sizes(limits: Limits, active: list[Json]) -> dict[str, int]:
    """How a scaling in the middle of a rollout is shared among the sets, by name: each in proportion to its size.

    ``active`` has the largest first; what rounding leaves over goes to it.
    """
    total = sum(size(one) for one in active)
    to_add = (limits.most if limits.wanted > 0 else 0) - total
    sizes: dict[str, int] = {}
    left = to_add
    for one in active:
        most = int(one["metadata"].get("annotations", {}).get(MOST, 0)) or total
        part = round(size(one) * limits.most / most) - size(one)
        part = max(min(part, left), 0) if to_add > 0 else min(max(part, left), 0)
        part = max(part, -size(one))
        sizes[name_of(one)] = size(one) + part
        left -= part
    if active:
        first = name_of(active[0])
        sizes[first] = max(sizes[first] + left, 0)
    return sizes
