"""The three patches that carry a difference: JSON patch, merge patch, strategic merge patch."""

from typing import Any

from sandbox.kubernetes.errors import bad_request, patch_failed
from sandbox.kubernetes.objects import Json, copied

#: Lists whose items are told apart by a key, and so are merged item by item. Others are replaced whole.
MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "protocol"),
    "imagePullSecrets": ("name",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
}


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386: objects are merged, ``null`` removes, anything else replaces."""
    if not isinstance(patch, dict):
        return copied(patch)
    out: Json = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge_patch(out.get(key), value)
    return out


def strategic_merge_patch(target: Any, patch: Any) -> Any:
    """As ``merge_patch``, but lists of ``MERGE_KEYS`` are merged by key; ``$patch`` deletes or replaces."""
    if not isinstance(patch, dict):
        return copied(patch)
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: copied(value) for key, value in patch.items() if key != "$patch"}
    if directive is not None and directive not in ("merge", "delete"):
        raise bad_request(f"unrecognized patch directive: {directive}")
    out: Json = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if key == "$patch" or key.startswith("$setElementOrder/"):
            continue
        if key.startswith("$deleteFromPrimitiveList/"):
            name = key.partition("/")[2]
            out[name] = [one for one in out.get(name) or [] if one not in value]
        elif key == "$retainKeys":
            out = {name: kept for name, kept in out.items() if name in value}
        elif value is None or (isinstance(value, dict) and value.get("$patch") == "delete"):
            out.pop(key, None)
        elif key in MERGE_KEYS and isinstance(value, list):
            out[key] = _merge_list(key, out.get(key) or [], value)
        else:
            out[key] = strategic_merge_patch(out.get(key), value)
    return out


def _merge_list(name: str, target: list[Any], patch: list[Any]) -> list[Any]:
    # A patch may leave the protocol of a port out: it is TCP then.
    keys = MERGE_KEYS[name]

    def key_of(item: Json) -> tuple[Any, ...]:
        return tuple(item.get(key, "TCP" if key == "protocol" else None) for key in keys)

    if {"$patch": "replace"} in patch:
        return [copied(item) for item in patch if item != {"$patch": "replace"}]
    out = list(target)
    for item in patch:
        if not isinstance(item, dict) or keys[0] not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {keys[0]}")
        at = next((place for place, old in enumerate(out) if key_of(old) == key_of(item)), None)
        if item.get("$patch") == "delete":
            if at is not None:
                del out[at]
        elif at is None:
            out.append(strategic_merge_patch({}, item))
        else:
            out[at] = strategic_merge_patch(out[at], item)
    return out


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902. Raises ``ApiError`` 400 for what is no patch, 422 for a failed test or a missing path."""
    if not isinstance(operations, list):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    out = copied(target)
    for operation in operations:
        if not isinstance(operation, dict) or "op" not in operation or "path" not in operation:
            raise bad_request("a JSON patch operation needs op and path")
        out = _operate(out, operation)
    return out


def _operate(document: Any, operation: Json) -> Any:
    kind, path = operation["op"], operation["path"]
    if kind in ("add", "replace", "test") and "value" not in operation:
        raise bad_request(f"a JSON patch operation {kind} needs a value")
    if kind == "test":
        if _at(document, path) != operation["value"]:
            raise patch_failed(f"testing value {path} failed: test failed")
        return document
    if kind == "remove":
        return _changed(document, path, remove=True)
    if kind == "replace":
        _at(document, path)
        return _changed(document, path, operation["value"], replace=True)
    if kind == "add":
        return _changed(document, path, operation["value"])
    if kind in ("copy", "move"):
        value = copied(_at(document, operation["from"]))
        if kind == "move":
            document = _changed(document, operation["from"], remove=True)
        return _changed(document, path, value)
    raise bad_request(f"Unexpected kind: {kind}")


def _steps(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise bad_request(f"a JSON pointer begins with a slash: {path}")
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _at(document: Any, path: str) -> Any:
    for step in _steps(path):
        document = _child(document, step, path)
    return document


def _child(node: Any, step: str, path: str) -> Any:
    if isinstance(node, dict) and step in node:
        return node[step]
    if isinstance(node, list) and step.isdigit() and int(step) < len(node):
        return node[int(step)]
    raise patch_failed(f"path {path} is missing: missing value")


def _changed(document: Any, path: str, value: Any = None, *, remove: bool = False, replace: bool = False) -> Any:
    steps = _steps(path)
    if not steps:
        return None if remove else copied(value)
    parent = _at(document, "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps[:-1]))
    last = steps[-1]
    if remove:
        _child(parent, last, path)
        del parent[int(last) if isinstance(parent, list) else last]
    elif isinstance(parent, list):
        place = len(parent) if last == "-" else int(last) if last.isdigit() else len(parent) + 1
        if place > len(parent):
            raise patch_failed(f"path {path} is missing: invalid array index")
        parent[place : place + replace] = [copied(value)]
    elif isinstance(parent, dict):
        parent[last] = copied(value)
    else:
        raise patch_failed(f"path {path} is missing: missing container")
    return document
