"""Reading the parts that many objects of the API have in common."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.clients.kubernetes.call import FIELD_MANAGER, Json


def name_of(found: Json) -> str:
    return str(found["metadata"]["name"])


def version_of(found: Json) -> str:
    """Its ``resourceVersion``: the precondition of a write."""
    return str(found["metadata"]["resourceVersion"])


def condition(found: Json, kind: str) -> Json:
    """The condition of that type, or an empty one."""
    conditions = (found.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each.get("type") == kind), {})


def annotation(found: Json, name: str) -> str:
    """An annotation of an object or of a template; empty when there is none."""
    return str(((found.get("metadata") or {}).get("annotations") or {}).get(name, ""))


def owned(found: Iterable[Json], owners: Iterable[Json]) -> list[Json]:
    """Those that are controlled by one of the owners."""
    uids = {owner["metadata"]["uid"] for owner in owners}
    return [
        each
        for each in found
        if any(owner.get("uid") in uids for owner in each["metadata"].get("ownerReferences") or ())
    ]


def selector_of(deployment: Json) -> str:
    """Its selector, as a query string has it."""
    selector: Mapping[str, Any] = deployment["spec"]["selector"]
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or ():
        key, values = each["key"], ",".join(each.get("values") or ())
        match each["operator"]:
            case "Exists":
                parts.append(key)
            case "DoesNotExist":
                parts.append(f"!{key}")
            case operator:
                parts.append(f"{key} {str(operator).lower()} ({values})")
    return ",".join(parts)


def writer_of(found: Json, field: str) -> str:
    """Who last set a field of ``spec``, as the cluster recorded it."""
    entries = [
        each
        for each in found["metadata"].get("managedFields") or ()
        if f"f:{field}" in ((each.get("fieldsV1") or {}).get("f:spec") or {})
    ]
    entries.sort(key=lambda each: (each.get("manager") != FIELD_MANAGER, each.get("time") or ""))
    manager = str(entries[-1].get("manager") or "") if entries else ""
    match manager:
        case "":
            return "somebody"
        case "kube-controller-manager" | "horizontal-pod-autoscaler":
            return "its autoscaler"
        case _ if manager == FIELD_MANAGER:
            return "somebody else who runs this bot"
    return f"somebody (with {manager})"


def written_at(found: Json) -> str:
    """When its ``spec`` was changed last, as the cluster recorded it; empty where it did not."""
    entries = found["metadata"].get("managedFields") or ()
    return max(
        (str(each.get("time") or "") for each in entries if "f:spec" in (each.get("fieldsV1") or {})), default=""
    )


def brief(text: object, length: int = 200) -> str:
    """One line, not longer than that."""
    flat = " ".join(str(text or "").split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"
