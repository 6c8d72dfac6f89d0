"""The rules that an object must keep to be stored, beyond the types of its fields."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.kubernetes.errors import (
    Cause,
    duplicate,
    forbidden_field,
    invalid_value,
    required,
    unsupported_value,
)
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, NAMESPACES, RESOURCE_QUOTAS, Kind
from sandbox.kubernetes.objects import Json, labels_of
from sandbox.kubernetes.quantities import quantity, share
from sandbox.kubernetes.selectors import matches_selector

NOT_NEGATIVE = "must be greater than or equal to 0"
POSITIVE = "must be greater than 0"
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LABEL_SAYS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character"
)
_SUBDOMAIN_SAYS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character"
)
_VALUE_SAYS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character"
)


def causes_against(kind: Kind, obj: Json, old: Json | None) -> list[Cause]:
    """Why the object cannot be stored; empty when it can. ``old`` is what it replaces."""
    causes = list(_metadata(kind, obj))
    if kind is DEPLOYMENTS:
        causes += _deployment(obj["spec"], old["spec"] if old else None)
    elif kind is AUTOSCALERS:
        causes += _autoscaler(obj["spec"])
    elif kind is RESOURCE_QUOTAS:
        causes += _amounts(obj.get("spec", {}).get("hard"), "spec.hard")
    return causes


def _metadata(kind: Kind, obj: Json) -> Iterator[Cause]:
    name = obj["metadata"].get("name", "")
    if not name:
        yield required("metadata.name", "name or generateName is required")
    elif kind is NAMESPACES:
        if not _LABEL.fullmatch(name) or len(name) > 63:
            yield invalid_value("metadata.name", name, _LABEL_SAYS)
    elif not _SUBDOMAIN.fullmatch(name) or len(name) > 253:
        yield invalid_value("metadata.name", name, _SUBDOMAIN_SAYS)
    yield from _labels(labels_of(obj), "metadata.labels")


def _labels(labels: dict[str, str], field: str) -> Iterator[Cause]:
    for value in labels.values():
        if not _LABEL_VALUE.fullmatch(value):
            yield invalid_value(field, value, _VALUE_SAYS)
        elif len(value) > 63:
            yield Cause(field, "FieldValueTooLong", "Too long: may not be more than 63 bytes")


def _not_negative(spec: Json, *names: str) -> Iterator[Cause]:
    for name in names:
        if spec.get(name, 0) < 0:
            yield invalid_value(f"spec.{name}", spec[name], NOT_NEGATIVE)


def _deployment(spec: Json, old: Json | None) -> Iterator[Cause]:
    yield from _not_negative(spec, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    selector = spec.get("selector")
    template = spec["template"]
    labels = template["metadata"].get("labels") or {}
    if not selector:
        yield required("spec.selector")
    elif old and selector != old["selector"]:
        yield invalid_value("spec.selector", selector, "field is immutable")
    elif not matches_selector(selector, labels):
        yield invalid_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    yield from _labels(labels, "spec.template.metadata.labels")
    if spec.get("progressDeadlineSeconds", 600) <= spec.get("minReadySeconds", 0):
        deadline = spec["progressDeadlineSeconds"]
        yield invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    yield from _strategy(spec["strategy"])
    yield from _pod(template["spec"], "spec.template.spec")


def _strategy(strategy: Json) -> Iterator[Cause]:
    if strategy["type"] not in ("Recreate", "RollingUpdate"):
        yield unsupported_value("spec.strategy.type", strategy["type"], ("Recreate", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate")
    if rolling is None:
        return
    if strategy["type"] == "Recreate":
        yield forbidden_field("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
        return
    numbers = {}
    for name in ("maxSurge", "maxUnavailable"):
        try:
            numbers[name] = share(rolling.get(name, 0), 100, up=True)
        except ValueError:
            field = f"spec.strategy.rollingUpdate.{name}"
            yield invalid_value(field, rolling[name], "a valid percent string must be a numeric string followed by an "
                                "ending '%'")  # fmt: skip
            return
        if numbers[name] < 0:
            yield invalid_value(f"spec.strategy.rollingUpdate.{name}", rolling[name], NOT_NEGATIVE)
    if numbers == {"maxSurge": 0, "maxUnavailable": 0}:
        unavailable = rolling.get("maxUnavailable", 0)
        field = "spec.strategy.rollingUpdate.maxUnavailable"
        yield invalid_value(field, unavailable, "may not be 0 when `maxSurge` is 0")


def _pod(pod: Json, field: str) -> Iterator[Cause]:
    if pod["restartPolicy"] != "Always":
        yield unsupported_value(f"{field}.restartPolicy", pod["restartPolicy"], ("Always",))
    if not pod.get("containers"):
        yield required(f"{field}.containers")
    names: set[str] = set()
    for at, container in enumerate(pod.get("containers", ())):
        where, name = f"{field}.containers[{at}]", container.get("name", "")
        if not name:
            yield required(f"{where}.name")
        elif not _LABEL.fullmatch(name):
            yield invalid_value(f"{where}.name", name, _LABEL_SAYS)
        elif name in names:
            yield duplicate(f"{where}.name", name)
        names.add(name)
        yield from _container(container, where)


def _container(container: Json, where: str) -> Iterator[Cause]:
    image = container.get("image", "")
    if not image:
        yield required(f"{where}.image")
    elif image != image.strip():
        yield invalid_value(f"{where}.image", image, "must not have leading or trailing whitespace")
    if container["imagePullPolicy"] not in ("Always", "IfNotPresent", "Never"):
        policy = container["imagePullPolicy"]
        yield unsupported_value(f"{where}.imagePullPolicy", policy, ("Always", "IfNotPresent", "Never"))
    for at, variable in enumerate(container.get("env", ())):
        if not variable.get("name"):
            yield required(f"{where}.env[{at}].name")
        if variable.get("value") and variable.get("valueFrom"):
            value_from = f"{where}.env[{at}].valueFrom"
            yield invalid_value(value_from, "", "may not be specified when `value` is not empty")
    resources = container["resources"]
    for name in ("limits", "requests"):
        yield from _amounts(resources.get(name), f"{where}.resources.{name}")
    for name, limit in (resources.get("limits") or {}).items():
        asked = (resources.get("requests") or {}).get(name)
        if asked is not None and _above(asked, limit):
            says = f"must be less than or equal to {name} limit of {limit}"
            yield invalid_value(f"{where}.resources.requests", str(asked), says)


def _above(asked: Any, limit: Any) -> bool:
    try:
        return quantity(asked) > quantity(limit)
    except ValueError:
        return False  # what is no quantity is said by _amounts


def _amounts(amounts: Any, field: str) -> Iterator[Cause]:
    for name, amount in (amounts or {}).items():
        try:
            negative = quantity(amount) < 0
        except ValueError:
            says = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            yield invalid_value(f"{field}[{name}]", str(amount), says)
            continue
        if negative:
            yield invalid_value(f"{field}[{name}]", str(amount), NOT_NEGATIVE)


def _autoscaler(spec: Json) -> Iterator[Cause]:
    least, most = spec["minReplicas"], spec.get("maxReplicas", 0)
    if least < 1:
        yield invalid_value("spec.minReplicas", least, "must be greater than or equal to 1")
    if most < 1:
        yield invalid_value("spec.maxReplicas", most, POSITIVE)
    if most < least:
        yield invalid_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef", {})
    for name in ("kind", "name"):
        if not target.get(name):
            yield required(f"spec.scaleTargetRef.{name}")
    for at, metric in enumerate(spec["metrics"]):
        yield from _metric(metric, f"spec.metrics[{at}]")


def _metric(metric: Json, where: str) -> Iterator[Cause]:
    kinds = ("ContainerResource", "External", "Object", "Pods", "Resource")
    kind = metric.get("type", "")
    if kind not in kinds:
        yield unsupported_value(f"{where}.type", kind, kinds)
        return
    body = kind[0].lower() + kind[1:]
    if body not in metric:
        yield required(f"{where}.{body}", f"must populate information for the given metric source (only allowed when "
                       f"type is {kind})")  # fmt: skip
    if kind != "Resource" or "resource" not in metric:
        return
    target = metric["resource"].get("target", {})
    if not metric["resource"].get("name"):
        yield required(f"{where}.resource.name", "must specify a resource name")
    if "averageUtilization" in target and target["averageUtilization"] < 1:
        field = f"{where}.resource.target.averageUtilization"
        yield invalid_value(field, target["averageUtilization"], POSITIVE)
    if "averageUtilization" not in target and "averageValue" not in target:
        says = "must set either a target raw value or a target utilization"
        yield required(f"{where}.resource.target.averageUtilization", says)
