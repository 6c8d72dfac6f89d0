"""A person in a test: says, presses, submits, and looks at what they can see.

ana = Person(server, "ana")
await ana.says("#aureus-on-call", "/aureus scale bridge 5")
card = await ana.waits_to_see("#aureus-on-call", "Scale bridge")
await ana.presses(card, "Confirm")
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.slack.block_kit import elements
from sandbox.slack.outbound import NO_AUTHORITIES
from sandbox.slack.records import JSON, Message, View
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace


class NotPossible(AssertionError):
    """Slack did not let the person do it; says what Slack said."""


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it at one moment."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JSON]
    ephemeral: bool
    thread_ts: str | None
    reactions: dict[str, list[str]]
    words: str

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons."""
        return [one["text"]["text"] for _, one in elements(self.blocks) if one["type"] == "button"]

    def __contains__(self, text: str) -> bool:
        return text in self.words


class Person:
    """Somebody of a workspace that is being served; acts through its page API, as a browser does."""

    def __init__(self, place: SlackServer | Workspace, name: str) -> None:
        self.workspace = place.workspace if isinstance(place, SlackServer) else place
        self.user = self.workspace.user(name)

    async def says(self, channel: str, text: str, thread_ts: str | None = None) -> None:
        """Send a message or a slash command; returns when Slack has the app's answer to the command."""
        await self._does("say", channel=channel, text=text, thread_ts=thread_ts)

    async def presses(self, where: Seen | Message | View, what: str, selected: Any = None) -> None:
        """Press a button (by its text or action_id), or choose `selected` in another element (by its action_id)."""
        blocks = where.definition["blocks"] if isinstance(where, View) else _blocks(where)
        block, element = _named(blocks, what)
        use = {"block_id": block["block_id"], "action_id": element["action_id"], "selected": selected}
        if isinstance(where, View):
            await self._does("press", view_id=where.id, **use)
        else:
            await self._does("press", channel=where.channel, ts=where.ts, **use)

    async def submits(self, view: View, values: dict[str, Any]) -> dict[str, str]:
        """Fill in a modal, by label, block_id or action_id, and send it; answers what is wrong, by block_id."""
        given: JSON = {}
        for name, value in values.items():
            block, element = _input(view.definition["blocks"], name)
            given.setdefault(block["block_id"], {})[element["action_id"]] = value
        told = await self._does("submit", view_id=view.id, values=given)
        errors: dict[str, str] = told.get("errors", {})
        return errors

    async def closes(self, view: View) -> None:
        await self._does("close", view_id=view.id)

    async def reacts(self, message: Seen | Message, name: str, on: bool = True) -> None:
        await self._does("react", channel=message.channel, ts=message.ts, name=name, on=on)

    async def deletes(self, message: Seen | Message) -> None:
        await self._does("delete", channel=message.channel, ts=message.ts)

    async def uses_shortcut(self, callback_id: str, message: Seen | Message | None = None) -> None:
        about = {"channel": message.channel, "ts": message.ts} if message else {}
        await self._does("shortcut", callback_id=callback_id, **about)

    async def opens_home(self) -> None:
        await self._does("open_home")

    async def opens_direct(self, other: str) -> str:
        """The id of the direct message with somebody, or with the app."""
        return str((await self._does("open_dm", user=other))["channel"])

    def sees(self, channel: str, since: str = "") -> list[Seen]:
        """All that this person sees in a channel, replies and what only they see too, in order; after a ts only."""
        shown = [*self.workspace.messages(channel), *self.workspace.ephemerals(channel, self.user.id)]
        return [_seen(one) for one in sorted(shown, key=lambda one: one.ts) if one.ts > since]

    async def waits_to_see(self, channel: str, text: str, timeout: float = 5.0) -> Seen:  # noqa: ASYNC109 - as wait_for
        """The newest message in a channel that shows this text, as soon as there is one."""

        def found() -> Seen | None:
            return next((one for one in reversed(self.sees(channel)) if text in one), None)

        try:
            seen = await self.workspace.wait_for(found, timeout)
        except TimeoutError:
            shown = "\n".join(one.words for one in self.sees(channel)) or "nothing"
            raise NotPossible(
                f"{self.user.name} waited {timeout:g} s for {text!r} in {channel}, and saw {shown}"
            ) from None
        assert seen is not None  # noqa: S101 - wait_for answers what is true
        return seen

    @property
    def modal(self) -> View | None:
        """The topmost open modal."""
        stack = self.workspace.stacks.get(self.user.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The app's Home, as it was published for this person."""
        return next((view for (_, user), view in list(self.workspace.homes.items()) if user == self.user.id), None)

    async def _does(self, what: str, **told: Any) -> JSON:
        if not self.workspace.url:
            raise NotPossible("the workspace is not served: enter `SlackServer(workspace).serve()` or `running` first")
        async with httpx.AsyncClient(timeout=self.workspace.answer_within + 10, verify=NO_AUTHORITIES) as client:
            answer = await client.post(f"{self.workspace.url}/page/{what}", json={"as": self.user.id, **told})
        body: JSON = answer.json()
        if not body["ok"]:
            raise NotPossible(f"{self.user.name} could not {what}: {body['detail']} ({body['error']})")
        return body


def words(part: Any) -> Iterator[str]:
    """All texts of blocks, attachments or a view, in order."""
    if isinstance(part, list):
        for one in part:
            yield from words(one)
    elif isinstance(part, dict):
        for name, one in part.items():
            if isinstance(one, str) and name in ("text", "fallback", "alt_text", "title", "pretext"):
                yield one
            else:
                yield from words(one)


def _seen(message: Message) -> Seen:
    all_of_it = [
        message.text,
        *words(message.blocks),
        *words(message.attachments),
        *(one.title for one in message.files),
    ]
    return Seen(
        message.channel, message.ts, message.user, message.text, _blocks(message), bool(message.seen_by),
        message.thread_ts, {name: list(users) for name, users in message.reactions.items()}, "\n".join(all_of_it),
    )  # fmt: skip


def _blocks(message: Seen | Message) -> list[JSON]:
    if isinstance(message, Seen):
        return message.blocks
    return [*message.blocks, *(block for one in message.attachments for block in one.get("blocks") or [])]


def _named(blocks: list[JSON], what: str) -> tuple[JSON, JSON]:
    every = list(elements(blocks))
    for block, element in every:
        if element["action_id"] == what or element.get("text", {}).get("text") == what:
            return block, element
    there = ", ".join(str(one.get("text", {}).get("text") or one["action_id"]) for _, one in every) or "nothing"
    raise NotPossible(f"there is no {what!r} to press; there is {there}")


def _input(blocks: list[JSON], name: str) -> tuple[JSON, JSON]:
    every = list(elements(blocks))
    for block, element in every:
        if name in (block["block_id"], element["action_id"], block.get("label", {}).get("text")):
            return block, element
    there = ", ".join(str(block.get("label", {}).get("text") or block["block_id"]) for block, _ in every) or "nothing"
    raise NotPossible(f"there is no {name!r} to fill in; there is {there}")
