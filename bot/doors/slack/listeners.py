"""What Slack sends: commands, presses, submissions and messages become requests, stored before they are answered."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Full, Refusal
from bot.domain.person import Who
from bot.domain.request import Place, Request
from bot.doors.afterwards import Afterwards
from bot.doors.slack import modals
from bot.doors.slack.answers import name_of
from bot.doors.slack.home import Home
from bot.engine.core import Core
from bot.engine.desk import PRESS_AGAIN
from bot.ports import Clock

log = logging.getLogger(__name__)

_PATIENCE = 2.4  # seconds for the store, which gives up waiting for a lock before that: Slack waits for three
_NO_BUTTON = "That button belongs to no card that I know. Nothing was changed."
_ALONE = "D"  # how the ids of conversations with one person begin
_TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")
Body = Mapping[str, Any]


class Listeners:
    """The listeners of one Bolt app."""

    def __init__(self, core: Core, clock: Clock, home: Home, afterwards: Afterwards) -> None:
        self._core = core
        self._clock = clock
        self._home = home
        self._afterwards = afterwards

    def listen(self, app: AsyncApp) -> None:
        """Register everything that the manifest subscribes to."""
        app.command(re.compile(r".+"))(self.command)
        app.action(re.compile(r"^offer:"))(self.press)
        app.action(re.compile(r"^ask:"))(self.ask)
        app.action(re.compile(r".*"))(self.nothing)
        app.view(modals.ASK)(self.submit)
        app.event("app_mention")(self.mention)
        app.event("message")(self.message)
        app.event("app_home_opened")(self.opened)
        app.event("reaction_added")(self.reacted)

    async def command(self, body: Body, ack: AsyncAck) -> None:
        """``/aureus …``: stored, then answered, then carried out."""
        place = Place(body["channel_id"], reply=body.get("response_url", ""))
        request = self._request(
            body["trigger_id"], body.get("text", ""), body["user_id"], body.get("user_name", ""), place
        )
        await self._stored(request, ack, lambda words: ack(text=words))

    async def press(self, body: Body, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient) -> None:
        """A button: it carries card and offer, nothing else.

        Home is drawn anew after a press in it. What this person alone sees nobody redraws: it goes once it is answered.
        """

        async def refuse(words: str) -> None:
            await ack()  # Slack shows nothing of the answer to a press
            await respond(words, response_type="ephemeral", replace_original=False)

        if await self._stored(self._press(body, ""), ack, refuse) and _alone(body):
            self._afterwards.begin(_put_away(respond))
        if body.get("container", {}).get("type") == "view":
            user = body["user"]["id"]
            self._afterwards.begin(self._home.publish(client, Who(f"slack:{user}", user), soon=True))

    async def ask(self, body: Body, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient) -> None:
        """A button whose words a person completes: the modal first of all, its trigger lives for three seconds.

        Where Slack does not open it, the person is told, and what they can type instead.
        """
        view = modals.ask(body["actions"][0], _place(body), body.get("message") or {}, _alone(body))
        try:
            async with asyncio.timeout(_PATIENCE):
                await client.views_open(trigger_id=body["trigger_id"], view=view)
        except (SlackApiError, ClientError, TimeoutError, OSError) as error:
            await ack()
            self._afterwards.begin(self._unopened(self._press(body, ""), error, respond))
            return
        await ack()

    async def _unopened(self, request: Request, error: Exception, respond: AsyncRespond) -> None:
        because = _why_not_opened(error)
        log.warning("a form was not opened: %s", because)
        try:
            await self._core.unopened(request, because)
        except Full as full:
            log.warning("what can be typed instead could not be looked up: %s", full.because)
            await respond(f"{because} {PRESS_AGAIN}", response_type="ephemeral", replace_original=False)

    async def submit(self, body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        """The words of a modal; what it answers goes as after a press."""
        try:
            case, key, place, words = modals.answer(body["view"])
        except Refusal as no:
            await ack(**modals.refused(str(no), body["view"]))
            return
        user = body["user"]
        request = self._request(
            body["view"]["id"], f"press {case} {key} {words}", user["id"], user.get("name", ""), place
        )
        stored = await self._stored(request, ack, lambda words: ack(**modals.refused(words, body["view"])))
        if stored and place.reply and modals.asked_alone(body["view"]):
            self._afterwards.begin(
                _put_away(AsyncRespond(response_url=place.reply, proxy=client.proxy, ssl=client.ssl))
            )

    async def nothing(self, body: Body, ack: AsyncAck, respond: AsyncRespond) -> None:
        """Links: Slack wants an answer all the same. A button of a message that the bot never drew gets words."""
        await ack()
        if not any(action.get("url") for action in body.get("actions", ())) and body.get("response_url"):
            await respond(_NO_BUTTON, response_type="ephemeral", replace_original=False)

    async def mention(self, body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        """``@Aureus scale bridge 5``: what slash commands cannot do in a thread."""
        event = body["event"]
        words = re.sub(r"^\s*<@[^>]+>\s*", "", event.get("text", ""))
        await self._said(body, event, words, ack, client)

    async def message(self, body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        """A message to the bot alone; all others are none of its business."""
        event = body["event"]
        if event.get("channel_type") == "im" and not event.get("bot_id") and not event.get("subtype"):
            await self._said(body, event, event.get("text", ""), ack, client)
        else:
            await ack()

    async def reacted(self, body: Body, ack: AsyncAck) -> None:
        """✅ on a card; which card that is, the desk finds out. Every other sign is none of the bot's business."""
        event = body["event"]
        item = event.get("item") or {}
        if event.get("reaction") != "white_check_mark" or item.get("type") != "message":
            await ack()
            return
        words = f"react {item.get('channel', '')} {item.get('ts', '')}"
        request = self._request(body["event_id"], words, event["user"], event["user"], Place(item.get("channel", "")))
        await self._stored(request, ack, _again)

    async def opened(self, body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        """Somebody looks at the bot's Home."""
        await ack()
        event = body["event"]
        if event.get("tab") == "home":
            self._afterwards.begin(self._home.publish(client, Who(f"slack:{event['user']}", event["user"])))

    async def _said(self, body: Body, event: Body, words: str, ack: AsyncAck, client: AsyncWebClient) -> None:
        if event.get("bot_id"):
            await ack()
            return
        place = Place(event["channel"], event.get("thread_ts", ""))

        async def refuse(words: str) -> None:
            await ack()  # Slack shows nothing of the answer to an event
            await client.chat_postEphemeral(
                channel=place.channel, user=event["user"], text=words, thread_ts=place.thread or None
            )

        await self._stored(self._request(body["event_id"], words, event["user"], event["user"], place), ack, refuse)

    def _press(self, body: Body, words: str) -> Request:
        action = body["actions"][0]
        case, key = (*str(action.get("value", "")).split("|")[:2], "", "")[:2]
        user = body["user"]
        id_ = f"{body['trigger_id']}:{action.get('action_ts', '')}"
        return self._request(id_, f"press {case} {key} {words}", user["id"], user.get("name", ""), _place(body))

    def _request(self, id_: str, words: str, user: str, name: str, place: Place) -> Request:
        return Request(
            f"slack:{id_}", words.strip(), Who(f"slack:{user}", name or user), self._clock.now(), place=place
        )

    async def _stored(self, request: Request, ack: AsyncAck, refuse: Callable[[str], Awaitable[object]]) -> bool:
        """Store, answer, carry out. When it cannot be stored, ``refuse`` tells the person so, and it is False."""
        with self._core.doorway.someone():
            try:
                async with asyncio.timeout(_PATIENCE):
                    new = await self._core.receive(request)
            except (Full, TimeoutError) as full:
                # What the store is still at may yet be stored: nobody can know, so that is what is said.
                because = full.because if isinstance(full, Full) else "The store gave no answer in time."
                then = "Your words were not carried out; please say them again in a minute."
                if not isinstance(full, Full):
                    then = (
                        "Your words may be carried out, or not: look at `runs` in a minute, before you say them again."
                    )
                words = f"{because} {then}"
                log.warning("a request could not be stored: %s", because)
                await refuse(words)
                return False
            await ack()
        if new:
            self._afterwards.begin(self._core.take(request))
        return True


def _why_not_opened(error: Exception) -> str:
    name = name_of(error) if isinstance(error, SlackApiError) else ""
    if name in _TOO_LATE:
        return "Slack did not open the form: it does so only within three seconds, and the press came later."
    if name in ("ratelimited", "rate_limited"):
        return "Slack did not open the form: it asks to wait for a moment."
    if name:
        return f"Slack did not open the form ({name})."
    return "Slack did not say in time that it opened the form."


def _alone(body: Body) -> bool:
    """Whether only who pressed sees the message with the button."""
    return bool(body.get("container", {}).get("is_ephemeral"))


async def _put_away(respond: AsyncRespond) -> None:
    because: object = ""
    try:
        answer = await respond(delete_original=True)
        because = "" if answer.status_code == 200 else f"Slack answers {answer.status_code} {answer.body[:200]}"
    except (ClientError, TimeoutError, OSError) as error:
        because = error
    if because:
        log.info("a question that was answered stays where it is: %s", because)


async def _again(words: str) -> None:
    """Nobody reads an answer to a reaction: Slack is told that it failed, and sends it again."""
    raise Full(words)


def _place(body: Body) -> Place:
    container = body.get("container", {})
    channel = (body.get("channel") or {}).get("id", "") or container.get("channel_id", "")
    # In Home there is no channel: what is said in answer goes to the person's own conversation with the bot.
    return Place(channel or _ALONE, reply=body.get("response_url", ""))
