"""What a person does, and what Slack makes of it: saying, commanding, pressing, reacting, opening."""

from typing import Any

from sandbox.slack import events, messages, payloads
from sandbox.slack.apps import App
from sandbox.slack.block_kit import elements
from sandbox.slack.delivery import Delivery
from sandbox.slack.element_state import NotOffered, action_of, values_of
from sandbox.slack.errors import SlackError
from sandbox.slack.outbound import TIMED_OUT, Ack
from sandbox.slack.records import JSON, Channel, Message, View
from sandbox.slack.responses import said
from sandbox.slack.typed import linked
from sandbox.slack.workspace import Workspace


class Refused(Exception):
    """Slack does not let a person do this; says why, and nothing was changed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Interactions:
    """The hands of the people of a workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    # Saying

    async def say(self, user: str, channel: Channel, text: str, thread_ts: str | None = None) -> None:
        """A message, or a slash command when it begins with `/`."""
        if not text.strip():
            raise Refused("no_text", "An empty message cannot be sent.")
        if user not in channel.members:
            raise Refused("not_in_channel", f"You are not a member of #{channel.name}; nothing was sent.")
        if channel.archived:
            raise Refused("is_archived", f"#{channel.name} is archived; nothing was sent.")
        if text.startswith("/"):
            await self._command(user, channel, text, thread_ts)
        else:
            messages.post(self._workspace, channel, user, linked(self._workspace, text), thread_ts=thread_ts)

    async def _command(self, user: str, channel: Channel, text: str, thread_ts: str | None) -> None:
        word, _, rest = text.partition(" ")
        app = next((one for one in self._workspace.apps.values() if word in one.commands), None)
        if app is None:
            self._slackbot(channel, user, f"{word} is not a valid command. In Slack, all messages that start with the "
                           '"/" command are interpreted as slash commands.', thread_ts)  # fmt: skip
            return
        if thread_ts:
            self._slackbot(channel, user, f"{word} is not supported in threads. Sorry!", thread_ts)
            return
        rest = rest.strip()
        if app.commands[word].should_escape:
            rest = linked(self._workspace, rest, named=True)
        payload = payloads.command(self._workspace, app, user, channel, word, rest)
        ack = await self._delivery.ask(app, "slash_commands", payload)
        problem = ack.problem
        if not problem and ack.body:
            told = ack.body if isinstance(ack.body, dict) else {"text": ack.body}
            try:
                said(self._workspace, channel, app.bot_user_id, user, told)
            except SlackError as refused:
                self._complain(f"the answer to {word} was refused: {refused.answer}")
                problem = "invalid_command_response"
        if problem:
            self._slackbot(channel, user, f'{word} failed with the error "{problem}"')

    def _slackbot(self, channel: Channel, user: str, text: str, thread_ts: str | None = None) -> None:
        messages.slackbot(self._workspace, channel, user, text, thread_ts)

    # Pressing

    async def press(self, user: str, message: Message, block_id: str, action_id: str, told: Any, values: JSON) -> None:
        """Use an element of a message: press a button, choose an option, pick a date."""
        blocks = [*message.blocks, *(block for one in message.attachments for block in one.get("blocks") or [])]
        block, element = _find(blocks, block_id, action_id)
        app = self._app(message.app)
        action = _action(block, element, told, self._workspace.next_ts())
        kept = _with(values, block, element, action)
        payload = payloads.message_action(self._workspace, app, user, message, action, _values(blocks, kept))
        _answered(await self._delivery.ask(app, "interactive", payload))

    async def press_in_view(self, view: View, block_id: str, action_id: str, told: Any, values: JSON) -> None:
        """Use an element of a modal or a home view."""
        blocks = view.definition["blocks"]
        block, element = _find(blocks, block_id, action_id)
        action = _action(block, element, told, self._workspace.next_ts())
        view.state = _values(blocks, _with(values, block, element, action))
        app = self._app(view.app)
        payload = payloads.view_action(self._workspace, app, view, action)
        _answered(await self._delivery.ask(app, "interactive", payload))

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> None:
        """A shortcut of an app, of a message or global."""
        kind = "global" if message is None else "message"
        for app in self._workspace.apps.values():
            used = app.shortcuts.get(callback_id)
            if used and used.type == kind:
                payload = payloads.shortcut(self._workspace, app, user, used, message)
                _answered(await self._delivery.ask(app, "interactive", payload))
                return
        raise Refused("not_found", f"No app has a {kind} shortcut {callback_id!r}; nothing was sent.")

    # What needs no app's answer

    def react(self, user: str, message: Message, name: str, on: bool) -> None:
        if message.seen_by:
            raise Refused("message_not_found", "One cannot react to a message that only oneself sees.")
        messages.react(self._workspace, message, user, name, on)

    def delete(self, user: str, message: Message) -> None:
        if user not in (message.user, message.seen_by):
            raise Refused("cant_delete_message", "One can delete one's own messages only; nothing was deleted.")
        messages.delete(self._workspace, message)

    def open_direct(self, user: str, other: str) -> Channel:
        """The direct message with somebody; an app hears that its messages tab was opened."""
        channel = self._workspace.direct(user, other)
        app = self._workspace.app_of(other)
        if app:
            events.home_opened(self._workspace, app, user, "messages")
        return channel

    def open_home(self, user: str, app: App) -> None:
        if not app.has_home:
            raise Refused("not_enabled", f"{app.name} has no Home tab in its manifest.")
        events.home_opened(self._workspace, app, user, "home")

    def _app(self, app_id: str) -> App:
        app = self._workspace.apps.get(app_id)
        if app is None:
            raise Refused("not_found", "This message is of no app, so nobody can be told of the press.")
        if not app.interactive:
            raise Refused("not_interactive", f"{app.name} is not configured to handle interactive responses.")
        return app

    def _complain(self, problem: str) -> None:
        self._workspace.problems.append(problem)


def _find(blocks: list[JSON], block_id: str, action_id: str) -> tuple[JSON, JSON]:
    for block, element in elements(blocks):
        if block["block_id"] == block_id and element["action_id"] == action_id:
            if block["type"] == "input" and not block.get("dispatch_action"):
                raise Refused("not_dispatched", "This input is sent with its modal, not by itself; nothing was sent.")
            return block, element
    raise Refused("not_found", "What was pressed is no longer there; look at the message as it is now.")


def _action(block: JSON, element: JSON, told: Any, ts: str) -> JSON:
    try:
        return action_of(block, element, told, ts)
    except NotOffered as wrong:
        raise Refused("not_offered", str(wrong)) from None


def _values(blocks: list[JSON], given: JSON) -> JSON:
    try:
        return values_of(blocks, given)
    except NotOffered as wrong:
        raise Refused("not_offered", str(wrong)) from None


def _with(values: JSON, block: JSON, element: JSON, action: JSON) -> JSON:
    """The values with what was just chosen."""
    if element["type"] in ("button", "overflow"):
        return values
    ours = {**(values.get(block["block_id"]) or {}), element["action_id"]: action}
    return {**values, block["block_id"]: ours}


def _answered(ack: Ack) -> None:
    if ack.problem:
        late = "did not answer in time" if ack.problem == TIMED_OUT else "could not be reached or did not answer well"
        raise Refused(ack.problem, f"The app {late} ({ack.problem}). What was pressed may not have been done.")
