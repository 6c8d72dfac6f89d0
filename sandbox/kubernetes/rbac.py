"""Who may do what: users with tokens and rules."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.kubernetes.objects import Json

ALL = "*"


@dataclass(frozen=True)
class Rule:
    """Allows ``verbs`` on ``resources`` (``deployments``, ``deployments/scale``) of ``groups``.

    ``namespaces`` names some, or is ``("*",)`` for all of them and for what belongs to none, as a ClusterRoleBinding.
    """

    namespaces: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    def allows(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """``resource`` with its sub-resource; ``namespace`` empty for what belongs to none, or to all of them."""
        return (
            _in(verb, self.verbs)
            and _in(group, self.groups)
            and _in(resource, self.resources)
            and (ALL in self.namespaces or (namespace != "" and namespace in self.namespaces))
        )


#: What everybody may who is known, as ``system:basic-user``: ask what they may.
_BASIC = Rule((ALL,), ("authorization.k8s.io",), ("selfsubjectaccessreviews",), ("create",))


def granted(manifests: Iterable[Json], account: str) -> tuple[Rule, ...]:
    """What the roles and bindings of a manifest give to a service account. Raises ``KeyError`` for a role it lacks."""
    found = list(manifests)
    roles = {
        (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]): one.get("rules") or []
        for one in found
        if one["kind"] in ("Role", "ClusterRole")
    }
    return tuple(
        Rule(_where(binding), tuple(rule["apiGroups"]), tuple(rule["resources"]), tuple(rule["verbs"]))
        for binding in found
        if binding["kind"] in ("RoleBinding", "ClusterRoleBinding")
        and any(one["kind"] == "ServiceAccount" and one["name"] == account for one in binding.get("subjects") or ())
        for rule in roles[_role(binding)]
    )


def _where(binding: Json) -> tuple[str, ...]:
    return (ALL,) if binding["kind"] == "ClusterRoleBinding" else (binding["metadata"]["namespace"],)


def _role(binding: Json) -> tuple[str, str, str]:
    ref = binding["roleRef"]
    return ref["kind"], binding["metadata"]["namespace"] if ref["kind"] == "Role" else "", ref["name"]


def _in(value: str, allowed: tuple[str, ...]) -> bool:
    return ALL in allowed or value in allowed


@dataclass(frozen=True)
class User:
    """Somebody who may speak to the server."""

    name: str
    token: str
    rules: tuple[Rule, ...]

    def may(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """Whether one of the rules allows it."""
        return any(rule.allows(verb, group, resource, namespace) for rule in self.rules)


class Users:
    """Everybody who is known, with one administrator from the start."""

    ADMIN = "kubernetes-admin"

    def __init__(self) -> None:
        self._by_name: dict[str, User] = {}
        self.add(self.ADMIN, [Rule((ALL,), (ALL,), (ALL,), (ALL,))])

    def add(self, name: str, rules: Iterable[Rule], token: str = "") -> User:
        """Add a user, or replace their rules; the token is derived from the name when none is given."""
        derived = hashlib.sha256(f"sandbox {name}".encode()).hexdigest()[:32]
        user = User(name, token or f"sandbox-{derived}", (*rules, _BASIC))
        self._by_name[name] = user
        return user

    def named(self, name: str) -> User:
        """Raises ``KeyError`` for nobody's name."""
        return self._by_name[name]

    def with_token(self, token: str) -> User | None:
        """Whose token it is."""
        return next((user for user in self._by_name.values() if user.token == token), None)
