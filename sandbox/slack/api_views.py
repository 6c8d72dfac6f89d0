"""The views.* methods: modals in a stack of up to three, and the app's Home."""

from sandbox.slack.block_kit import check_view, with_ids
from sandbox.slack.call import Call
from sandbox.slack.errors import SlackError, invalid_arguments
from sandbox.slack.objects import view_json
from sandbox.slack.records import JSON, View
from sandbox.slack.workspace import Workspace

STACK = 3


def open_(call: Call) -> JSON:
    definition = _definition(call)
    user = _exchange(call)
    _free_external_id(call.workspace, definition)
    view = new_view(call.workspace, call.app.id, user, definition)
    call.workspace.stacks[user] = [view]
    call.workspace.hint("view", user=user)
    return {"view": view_json(call.workspace, view)}


def push(call: Call) -> JSON:
    definition = _definition(call)
    user = _exchange(call)
    _free_external_id(call.workspace, definition)
    return {"view": view_json(call.workspace, pushed(call.workspace, call.app.id, user, definition))}


def update(call: Call) -> JSON:
    definition = _definition(call, kinds=("modal", "home"))
    view = _known(call)
    if call.string("hash") and call.string("hash") != view.hash:
        raise SlackError("hash_conflict")
    if definition["type"] != view.definition["type"]:
        raise invalid_arguments("the type of a view cannot be changed [json-pointer:/view/type]")
    replaced(call.workspace, view, definition)
    return {"view": view_json(call.workspace, view)}


def publish(call: Call) -> JSON:
    call.need("user_id")
    definition = _definition(call, kinds=("home",))
    workspace, user = call.workspace, call.string("user_id")
    if not call.app.has_home:
        raise SlackError("not_enabled")
    if user not in workspace.users:
        raise SlackError("user_not_found")
    view = workspace.homes.get((call.app.id, user))
    if view and call.string("hash") and call.string("hash") != view.hash:
        raise SlackError("hash_conflict")
    if view is None:
        view = new_view(workspace, call.app.id, user, definition)
        workspace.homes[call.app.id, user] = view
        workspace.hint("home", user=user)
    else:
        replaced(workspace, view, definition)
    return {"view": view_json(workspace, view)}


def new_view(workspace: Workspace, app: str, user: str, definition: JSON, below: View | None = None) -> View:
    """A view made of a checked definition; it is not shown yet."""
    kept = {**definition, "blocks": with_ids(definition["blocks"])}
    view_id = workspace.next_id("V")
    previous = below.id if below else None
    return View(view_id, app, user, kept, workspace.next_hash(), below.root if below else view_id, previous)


def pushed(workspace: Workspace, app: str, user: str, definition: JSON) -> View:
    """Put a view on top of those that are open."""
    stack = workspace.stacks.get(user) or []
    if not stack or stack[-1].app != app:
        raise SlackError("not_found")
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    view = new_view(workspace, app, user, definition, stack[-1])
    stack.append(view)
    workspace.hint("view", user=user)
    return view


def replaced(workspace: Workspace, view: View, definition: JSON) -> None:
    """Give a view another content, and another hash."""
    view.definition = {**definition, "blocks": with_ids(definition["blocks"])}
    view.hash = workspace.next_hash()
    workspace.hint("view" if definition["type"] == "modal" else "home", user=view.user)


def _definition(call: Call, kinds: tuple[str, ...] = ("modal",)) -> JSON:
    call.need("view")
    definition: JSON = call.structure("view")
    check_view(definition, kinds)
    return definition


def _exchange(call: Call) -> str:
    call.need("trigger_id")
    return call.workspace.tickets.exchange(call.string("trigger_id"), call.app.id)


def _open_views(workspace: Workspace) -> list[View]:
    return [view for stack in workspace.stacks.values() for view in stack] + list(workspace.homes.values())


def _free_external_id(workspace: Workspace, definition: JSON) -> None:
    wanted = definition.get("external_id")
    if wanted and any(view.definition.get("external_id") == wanted for view in _open_views(workspace)):
        raise SlackError("duplicate_external_id")


def _known(call: Call) -> View:
    view_id, external = call.string("view_id"), call.string("external_id")
    if not view_id and not external:
        raise invalid_arguments("missing required field: view_id or external_id")
    for view in _open_views(call.workspace):
        named = view.id == view_id if view_id else view.definition.get("external_id") == external
        if named and view.app == call.app.id:
            return view
    raise SlackError("not_found")
