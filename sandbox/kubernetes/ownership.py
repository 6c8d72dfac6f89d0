"""Who wrote which field: ``managedFields``, and server-side apply that respects them.

A field is a path: ``("f:spec", "f:replicas")``; an item of a keyed list is a step ``k:{"name":"api"}``, and ``.`` in it
says that the item itself is meant.
"""

import json
from typing import Any

from sandbox.kubernetes.errors import apply_conflict
from sandbox.kubernetes.objects import Json, canonical, copied
from sandbox.kubernetes.patches import MERGE_KEYS

Path = tuple[str, ...]

#: What the server itself writes in ``metadata``, so that nobody owns it.
_SERVER = (
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
    "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
)  # fmt: skip


def leaves(obj: Json) -> dict[Path, Any]:
    """Every field of the object that somebody can own, with its value."""
    own = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata")}
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key not in _SERVER}
    return dict(_walk({"metadata": metadata} | own, ()))


def _walk(value: Any, path: Path) -> list[tuple[Path, Any]]:
    out: list[tuple[Path, Any]] = []
    if isinstance(value, dict) and (value or not path):
        for key, inner in value.items():
            if key in MERGE_KEYS and isinstance(inner, list) and all(isinstance(item, dict) for item in inner):
                for item in inner:
                    at = (*path, f"f:{key}", _item(key, item))
                    out += [((*at, "."), True), *_walk(item, at)]
            else:
                out += _walk(inner, (*path, f"f:{key}"))
    elif path:
        out.append((path, value))
    return out


def _item(name: str, item: Json) -> str:
    return "k:" + canonical({key: item.get(key, "TCP" if key == "protocol" else "") for key in MERGE_KEYS[name]})


def _as_tree(paths: set[Path]) -> Json:
    tree: Json = {}
    for path in sorted(paths):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
    return tree


def _as_paths(tree: Json, path: Path = ()) -> set[Path]:
    out: set[Path] = set()
    for step, inner in tree.items():
        out |= _as_paths(inner, (*path, step)) if inner else {(*path, step)}
    return out


def _entries(obj: Json) -> dict[tuple[str, str, str], set[Path]]:
    return {
        (entry["manager"], entry["operation"], entry.get("subresource", "")): _as_paths(entry["fieldsV1"])
        for entry in obj["metadata"].get("managedFields", ())
    }


def _written(obj: Json, owned: dict[tuple[str, str, str], set[Path]], before: Json, time: str) -> Json:
    """The object with these entries; an entry that did not change keeps its time."""
    old = {
        (entry["manager"], entry["operation"], entry.get("subresource", "")): entry
        for entry in before["metadata"].get("managedFields", ())
    }
    there = set(leaves(obj))
    entries = []
    for (manager, operation, subresource), paths in owned.items():
        if not paths & there:
            continue
        tree = _as_tree(paths & there)
        was = old.get((manager, operation, subresource))
        entry = {"manager": manager, "operation": operation, "apiVersion": obj["apiVersion"]}
        entry["time"] = was["time"] if was and was["fieldsV1"] == tree else time
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": tree}
        entries.append(entry | ({"subresource": subresource} if subresource else {}))
    out = copied(obj)
    out["metadata"]["managedFields"] = entries
    return out


def written_by(before: Json, after: Json, manager: str, subresource: str, time: str) -> Json:
    """``after``, with the fields in which it differs from ``before`` now owned by ``manager`` alone."""
    old, new = leaves(before), leaves(after)
    touched = {path for path, value in new.items() if path not in old or old[path] != value}
    owned = {who: paths - touched for who, paths in _entries(before).items()}
    mine = (manager, "Update", subresource)
    owned[mine] = owned.get(mine, set()) | touched
    return _written(after, owned, before, time)


def applied(live: Json, wanted: Json, manager: str, time: str, *, force: bool) -> Json:
    """Server-side apply of ``wanted`` onto ``live``.

    Fields that this manager applied before and leaves out now are removed, unless somebody else has them too. Raises
    ``ApiError`` 409 when a field of somebody else would change and ``force`` is not given.
    """
    mine = (manager, "Apply", "")
    owned = _entries(live)
    have, want = leaves(live), leaves(wanted)
    differing = {path for path, value in want.items() if path not in have or have[path] != value}
    taken = [(who, path) for who, paths in owned.items() if who != mine for path in sorted(paths & differing)]
    if taken and not force:
        version = str(live["apiVersion"])
        raise apply_conflict((_told(who, version), _dotted(path)) for who, path in taken)
    others = set().union(*(paths for who, paths in owned.items() if who != mine))
    dropped = {path for path in owned.get(mine, set()) - set(want) - others if not _held(path, others)}
    out = _merged(live, wanted)
    # Whole items first: without its key an item could not be found again.
    for path in sorted(dropped, key=lambda path: (path[-1] != ".", -len(path))):
        _remove(out, path)
    owned = {who: paths - differing for who, paths in owned.items()} | {mine: set(want)}
    return _written(out, owned, live, time)


def _held(path: Path, others: set[Path]) -> bool:
    """Whether an item of a keyed list, or its key, must stay because somebody else has a field in that item."""
    item = path[:-1]
    if not item or not item[-1].startswith("k:"):
        return False
    is_key = path[-1] == "." or path[-1].removeprefix("f:") in json.loads(item[-1][2:])
    return is_key and any(other[: len(item)] == item for other in others)


def _told(who: tuple[str, str, str], version: str) -> str:
    manager, _, subresource = who
    return f'"{manager}"' + (f' with subresource "{subresource}"' if subresource else "") + f" using {version}"


def _dotted(path: Path) -> str:
    out = ""
    for step in path:
        if step.startswith("f:"):
            out += f".{step[2:]}"
        elif step.startswith("k:"):
            out += "[" + ",".join(f"{key}={canonical(value)}" for key, value in json.loads(step[2:]).items()) + "]"
    return out


def _merged(live: Any, wanted: Any) -> Any:
    if not isinstance(wanted, dict):
        return copied(wanted)
    out: Json = copied(live) if isinstance(live, dict) else {}
    for key, value in wanted.items():
        if key in MERGE_KEYS and isinstance(value, list) and isinstance(out.get(key), list):
            items = {_item(key, item): item for item in out[key]}
            for item in value:
                items[_item(key, item)] = _merged(items.get(_item(key, item)), item)
            out[key] = list(items.values())
        else:
            out[key] = _merged(out.get(key), value)
    return out


def _remove(node: Any, path: Path) -> None:
    """Takes one field out, if it is there."""
    step, rest = path[0], path[1:]
    if not isinstance(node, dict) or not step.startswith("f:"):
        return
    key = step[2:]
    if key not in node:
        return
    if not rest:
        del node[key]
    elif rest[0].startswith("k:"):
        items = node[key]
        at = next((place for place, item in enumerate(items) if _item(key, item) == rest[0]), None)
        if at is None:
            return
        if rest[1:] == (".",):
            del items[at]
        else:
            _remove(items[at], rest[1:])
    else:
        _remove(node[key], rest)
        if not node[key]:
            del node[key]
