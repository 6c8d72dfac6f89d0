"""The kinds of objects that the server knows, and what may be done with each."""

from dataclasses import dataclass

from sandbox.kubernetes.objects import Json

READ = ("get", "list")
WRITE = ("create", "update", "patch", "delete")


@dataclass(frozen=True)
class Kind:
    """One kind of object, as discovery tells it."""

    group: str
    version: str
    plural: str
    kind: str
    short: tuple[str, ...]
    namespaced: bool
    verbs: tuple[str, ...]
    #: Field selectors besides ``metadata.name`` and ``metadata.namespace``.
    fields: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """``v1`` or ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def prefix(self) -> str:
        """Where the kind's addresses begin."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def resource(self) -> str:
        """As errors write it: ``pods``, ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified(self) -> str:
        """As validation writes it: ``Pod``, ``Deployment.apps``."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    def told(self) -> Json:
        """The kind's entry in an ``APIResourceList``."""
        return {
            "name": self.plural,
            "singularName": self.kind.lower(),
            "namespaced": self.namespaced,
            "kind": self.kind,
            "verbs": sorted(self.verbs),
            **({"shortNames": list(self.short)} if self.short else {}),
        }


NAMESPACES = Kind("", "v1", "namespaces", "Namespace", ("ns",), False, (*READ, "create"), ("status.phase",))
NODES = Kind("", "v1", "nodes", "Node", ("no",), False, READ, ("spec.unschedulable",))
PODS = Kind(
    "", "v1", "pods", "Pod", ("po",), True, (*READ, "delete"),
    (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
    ),
)  # fmt: skip
EVENTS = Kind(
    "", "v1", "events", "Event", ("ev",), True, READ,
    (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
        "reason", "reportingComponent", "source", "type",
    ),
)  # fmt: skip
RESOURCE_QUOTAS = Kind("", "v1", "resourcequotas", "ResourceQuota", ("quota",), True, (*READ, "create", "delete"))
CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap", ("cm",), True, (*READ, *WRITE))
DEPLOYMENTS = Kind("apps", "v1", "deployments", "Deployment", ("deploy",), True, (*READ, *WRITE))
REPLICA_SETS = Kind("apps", "v1", "replicasets", "ReplicaSet", ("rs",), True, READ, ("status.replicas",))
AUTOSCALERS = Kind(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", ("hpa",), True, (*READ, *WRITE)
)
ACCESS_REVIEWS = Kind(
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", (), False, ("create",)
)

KINDS = (
    NAMESPACES, NODES, PODS, EVENTS, RESOURCE_QUOTAS, CONFIG_MAPS,
    DEPLOYMENTS, REPLICA_SETS, AUTOSCALERS, ACCESS_REVIEWS,
)  # fmt: skip
