"""Sending and closing modals: what is checked before, and what an app may answer (docs.slack.dev/surfaces/modals)."""

from typing import Any, Final

from sandbox.slack import payloads
from sandbox.slack.api_views import pushed, replaced
from sandbox.slack.block_kit import check_view
from sandbox.slack.delivery import Delivery
from sandbox.slack.element_state import NotOffered, values_of, wrong_inputs
from sandbox.slack.errors import SlackError
from sandbox.slack.interactions import Refused
from sandbox.slack.records import JSON, View
from sandbox.slack.workspace import Workspace

TROUBLE: Final = "We had some trouble connecting. Try again?"


class Modals:
    """The open modals of all people."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    async def submit(self, view: View, given: JSON) -> dict[str, str]:
        """Send a modal; answers what is wrong, by block. `given` has states or bare values by block and action."""
        blocks = view.definition["blocks"]
        if not view.definition.get("submit"):
            raise Refused("no_submit", "This modal has no button to send it with; nothing was sent.")
        try:
            view.state = values_of(blocks, given)
        except NotOffered as wrong:
            raise Refused("not_offered", str(wrong)) from None
        wrong_ones = wrong_inputs(blocks, view.state)
        if wrong_ones:
            return wrong_ones
        app = self._workspace.apps[view.app]
        ack = await self._delivery.ask(app, "interactive", payloads.view_submission(self._workspace, app, view))
        if ack.problem:
            raise Refused(ack.problem, TROUBLE)
        try:
            return self._answered(view, ack.body)
        except (SlackError, ValueError) as refused:
            told = refused.answer if isinstance(refused, SlackError) else refused
            self._workspace.problems.append(f"the answer to the submission of {view.id} was refused: {told}")
            raise Refused("invalid_response", TROUBLE) from None

    async def close(self, view: View) -> None:
        """Close a modal; with `clear_on_close`, all that lie below it too."""
        all_of_them = bool(view.definition.get("clear_on_close"))
        for gone in self._taken(view, all_of_them):
            if gone.definition.get("notify_on_close"):
                app = self._workspace.apps[gone.app]
                payload = payloads.view_closed(self._workspace, app, gone, all_of_them)
                await self._delivery.ask(app, "interactive", payload)

    def _answered(self, view: View, body: JSON | str | None) -> dict[str, str]:
        if not body:
            self._taken(view, all_of_them=False)
            return {}
        if not isinstance(body, dict):
            raise ValueError(f"neither empty nor JSON: {body[:200]}")
        match body.get("response_action"):
            case None:
                self._taken(view, all_of_them=False)
            case "clear":
                self._taken(view, all_of_them=True)
            case "update":
                check_view(body.get("view"))
                replaced(self._workspace, view, body["view"])
            case "push":
                check_view(body.get("view"))
                pushed(self._workspace, view.app, view.user, body["view"])
            case "errors":
                return _errors(view, body.get("errors"))
            case other:
                raise ValueError(f"there is no response_action {other!r}")
        return {}

    def _taken(self, view: View, all_of_them: bool) -> list[View]:
        """Take a modal, and what lies above it, off the stack; answers what was taken."""
        stack = self._workspace.stacks.get(view.user, [])
        if view not in stack:
            return []
        at = 0 if all_of_them else stack.index(view)
        gone, self._workspace.stacks[view.user] = stack[at:], stack[:at]
        self._workspace.hint("view", user=view.user)
        return gone


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = [block["block_id"] for block in view.definition["blocks"] if block["type"] == "input"]
    if not isinstance(errors, dict) or not errors:
        raise ValueError("response_action errors needs an object of block ids and messages")
    for block_id, message in errors.items():
        if block_id not in inputs or not isinstance(message, str):
            raise ValueError(f"errors may name input blocks only; {block_id!r} is none of {', '.join(inputs)}")
    return errors
