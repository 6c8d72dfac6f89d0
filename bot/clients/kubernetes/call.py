"""One request to the Kubernetes API, as data: its address, and its name in a role and in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

#: An object as the API answers it.
Json = dict[str, Any]
#: Who changed a field, as the cluster records it.
FIELD_MANAGER = "aureus-bot"


@dataclass(frozen=True)
class Resource:
    """A kind of object, or a sub-resource of one."""

    group: str
    version: str
    plural: str
    kind: str
    sub: str = ""

    @property
    def in_role(self) -> str:
        """As a role's ``resources`` name it."""
        return f"{self.plural}/{self.sub}" if self.sub else self.plural

    @property
    def prefix(self) -> str:
        """Where the API keeps this group."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment")
SCALES = Resource("apps", "v1", "deployments", "Deployment", "scale")
REPLICA_SETS = Resource("apps", "v1", "replicasets", "ReplicaSet")
AUTOSCALERS = Resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
PODS = Resource("", "v1", "pods", "Pod")
EVENTS = Resource("", "v1", "events", "Event")
NODES = Resource("", "v1", "nodes", "Node")


@dataclass(frozen=True)
class Call:
    """One request. ``verb`` is as a role names it: ``get``, ``list`` or ``patch``."""

    verb: str
    resource: Resource
    #: Empty for what belongs to no namespace, and for the objects of all namespaces.
    namespace: str = ""
    #: Empty for a list.
    name: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    #: A merge patch.
    body: Json | None = None
    #: Checked by the server, and not stored.
    dry: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.verb == "patch" and not self.dry

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "PATCH" if self.verb == "patch" else "GET"

    @property
    def path(self) -> str:
        """The address on the server."""
        space = ("namespaces", self.namespace) if self.namespace else ()
        parts = (*space, self.resource.plural, self.name, self.resource.sub)
        return "/".join([self.resource.prefix, *(quote(part, safe="") for part in parts if part)])

    @property
    def what(self) -> str:
        """The object, as people name it."""
        if self.name:
            return f"{self.resource.kind} {self.namespace}/{self.name}"
        return f"the {self.resource.plural} of {self.namespace}" if self.namespace else f"all {self.resource.plural}"

    def __str__(self) -> str:
        return f"{'change' if self.verb == 'patch' else self.verb.replace('get', 'read')} {self.what}"
