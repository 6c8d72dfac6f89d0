"""Where things are said: Slack's channels, threads, ephemeral and direct messages."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.channel import Closed
from bot.domain.errors import Away
from bot.domain.person import Who
from bot.domain.request import case_id
from bot.doors.slack.answers import lost, refused
from bot.doors.slack.blocks import Message, reaches, render
from bot.doors.slack.channels import Channels
from bot.doors.slack.files import Files, document_of, holds
from bot.ports import Kind, Posting, Say, Unsayable

log = logging.getLogger(__name__)

EVENT_TYPE: Final = "aureus_said"  # of the metadata by which a message is found again
_PAGE: Final = 200
_PAGES: Final = 5  # how far back a message is looked for

Account = Callable[[str], Awaitable[str]]
Json = dict[str, Any]


class SlackScreen:
    """A ``Screen``. ``account`` tells the Slack account of a person by their id, or ""; a call may take ``limit`` s."""

    def __init__(self, client: AsyncWebClient, account: Account, limit: float = 10.0) -> None:
        # The outbox tries again, and looks before it does: the client's own retries would say things twice.
        self._client = copy(client)
        self._client.retry_handlers = []
        self._account = account
        self._limit = limit
        self._files = Files(self._client, self._asked, self._read)
        self._channels = Channels(self._read)

    async def post(self, posting: Posting) -> tuple[str, str]:
        """Say it; what is private, and a file, has no timestamp: it is not redrawn, and Slack tells none."""
        say = posting.say
        if say.kind is Kind.FILE:
            return await self._shared(posting)
        message = await self._message(say)
        if say.kind is Kind.PRIVATE:
            return await self._whisper(say, message)
        channel, thread = await self._address(posting)
        return await self._said(channel, thread, say.key, message)

    async def update(self, posting: Posting) -> None:
        """Redraw the message: its text, its blocks and its metadata together."""
        message = await self._message(posting.say)
        place = {"channel": posting.channel, "ts": posting.ts}
        await self._call("chat.update", **place, **_body(message), metadata=_metadata(posting.say.key), parse="none")

    async def find(self, posting: Posting) -> tuple[str, str] | None:
        """Look for the message where it would stand, by its metadata; for a file by its name, as it has no metadata.

        What is private leaves no trace to look for.
        """
        if posting.say.kind is Kind.PRIVATE:
            return None
        channel, thread = await self._address(posting)
        async for message in self._messages(channel, thread):
            if _is(message, posting.say):
                return channel, str(message["ts"])
        return None

    async def stands(self, channel: str, ts: str) -> bool:
        """Whether a message is there: one that was deleted is not, or is a tombstone with a thread under it."""
        page = await self._read("conversations.history", channel=channel, latest=ts, oldest=ts, inclusive=1, limit=1)
        return any(each.get("ts") == ts and each.get("subtype") != "tombstone" for each in page.get("messages") or ())

    async def link(self, channel: str, ts: str) -> str:
        """The permanent address of a message."""
        answer = await self._read("chat.getPermalink", channel=channel, message_ts=ts)
        return str(answer["permalink"])

    async def closed(self, channel: str) -> Closed | None:
        """Why a channel takes nothing of what the bot says, read now. Raises ``Away``."""
        try:
            return await self._channels.closed(channel)
        except Unsayable as no:
            raise Away(f"Slack does not say how its channels are: {no.because}.") from no

    async def _message(self, say: Say) -> Message:
        accounts = {mention.who.id: await self._account_of(mention.who) for mention in reaches(say.report)}
        return render(say.report, case=_case(say.key), accounts=accounts)

    async def _account_of(self, who: Who) -> str:
        door, _, account = who.id.partition(":")
        return account if door == "slack" and account else await self._account(who.id)

    async def _said(self, channel: str, thread: str, key: str, message: Message) -> tuple[str, str]:
        answer = await self._call(
            "chat.postMessage",
            channel=channel,
            **({"thread_ts": thread} if thread else {}),
            **_body(message),
            metadata=_metadata(key),
            unfurl_links=False,
            unfurl_media=False,
        )
        channel, ts = str(answer["channel"]), str(answer["ts"])
        if thread and (answer.get("message") or {}).get("thread_ts") != thread:
            await self._take_back(channel, ts)
            raise Unsayable("the message whose thread it belongs to was deleted", gone=True)
        return channel, ts

    async def _take_back(self, channel: str, ts: str) -> None:
        """A line outside of its thread says nothing to anybody."""
        try:
            await self._call("chat.delete", channel=channel, ts=ts)
        except (Away, Unsayable) as no:
            log.warning("a line that lost its thread stays in %s: %s", channel, no)

    async def _shared(self, posting: Posting) -> tuple[str, str]:
        document = document_of(posting.say.report)
        try:
            # All that comes before it is shared together: else the outbox would take a slow one for a dead one.
            async with asyncio.timeout(self._limit):
                channel, thread = await self._address(posting)
                if thread:
                    await self._stands(channel, thread)
                file = await self._files.upload(document)
        except TimeoutError as error:
            raise Away(f"Slack did not take a file within {self._limit:g} s.") from error
        await self._files.share(file, document, (await self._message(posting.say)).text, channel, thread)
        return channel, ""

    async def _stands(self, channel: str, thread: str) -> None:
        """Raises ``Unsayable`` when the message of a thread is gone: a file would stand outside, and no answer says so.

        What is deleted after this look is not noticed; that time is short.
        """
        page = await self._read("conversations.replies", channel=channel, ts=thread, limit=1)
        if any(each.get("ts") == thread and each.get("subtype") == "tombstone" for each in page.get("messages") or ()):
            raise Unsayable("the message whose thread it belongs to was deleted", gone=True)

    # What is for one person: as an answer to what they typed, else seen by them alone, else as a direct message.

    async def _whisper(self, say: Say, message: Message) -> tuple[str, str]:
        place = say.place
        if place.reply and await self._replied(place.reply, message):
            return place.channel, ""
        account = await self._account_of(say.to) if say.to else ""
        if not account:
            whom = say.to.name if say.to else "nobody"
            raise Unsayable(f"it is for {whom}, whose Slack account is not known")
        # In a conversation with the bot itself nobody else is there.
        if place.channel and not place.channel.startswith("D"):
            thread = {"thread_ts": place.thread} if place.thread else {}
            try:
                whom_and_where = {"channel": place.channel, "user": account, **thread}
                await self._call("chat.postEphemeral", **whom_and_where, **_body(message))
            except Unsayable as no:
                if not (no.elsewhere or no.gone):
                    raise
                log.info("%s goes as a direct message: %s", say.key, no.because)
            else:
                return place.channel, ""
        opened = await self._call("conversations.open", users=account)
        return await self._said(str(opened["channel"]["id"]), "", say.key, message)

    async def _replied(self, url: str, message: Message) -> bool:
        """Whether the response_url took it. Slack takes five within 30 minutes and answers 404 to further ones."""
        client = self._client
        hook = AsyncWebhookClient(
            url, int(self._limit) or 1, client.ssl, client.proxy, client.session, retry_handlers=[]
        )
        body = {"response_type": "ephemeral", "replace_original": False, **_body(message)}
        try:
            async with asyncio.timeout(self._limit):
                answer = await hook.send_dict(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise lost(error, self._limit) from error
        if answer.status_code == 429 or answer.status_code >= 500:
            after = str(answer.headers.get("Retry-After", ""))
            raise Away(f"Slack answers HTTP {answer.status_code}.", float(after) if after.isdigit() else None)
        if answer.status_code != 200:
            log.info("a response_url no longer takes answers: %s %s", answer.status_code, answer.body[:200])
        return answer.status_code == 200

    async def _messages(self, channel: str, thread: str) -> AsyncIterator[Json]:
        """The messages of a channel, newest first, or of a thread, oldest first: as Slack gives them."""
        method = "conversations.replies" if thread else "conversations.history"
        where: Json = {"channel": channel, **({"ts": thread} if thread else {})}
        cursor = ""
        for _ in range(_PAGES):
            page = await self._read(method, **where, limit=_PAGE, include_all_metadata=True, cursor=cursor)
            for message in page.get("messages") or ():
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _address(self, posting: Posting) -> tuple[str, str]:
        """Channel and thread. Slack knows no thread within a thread: what is under a card there goes beside it."""
        place = posting.say.place
        channel = posting.thread_channel or place.channel
        if not channel:
            raise Unsayable("it has no channel to be said in", elsewhere=True)
        within = place.thread if place.channel == channel else ""
        return await self._channels.id_of(channel), within or posting.thread_ts

    async def _call(self, method: str, **said: Any) -> Json:
        """A call that changes something. Raises ``Away``, ``Unknown`` or ``Unsayable``."""
        return await self._asked(method, json=said)

    async def _read(self, method: str, **asked: Any) -> Json:
        """A call that changes nothing, so that a lost answer is no more than that. Raises ``Away`` or ``Unsayable``."""
        given = {name: value for name, value in asked.items() if value != ""}
        try:
            return await self._asked(method, http_verb="GET", params=given)
        except Away as away:
            raise Away(away.because.removesuffix(": it may have been said."), away.again_in) from away

    async def _asked(self, method: str, **how: Any) -> Json:
        try:
            async with asyncio.timeout(self._limit):
                answer = await self._client.api_call(method, **how)
        except SlackApiError as error:
            raise refused(method, error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise lost(error, self._limit) from error
        data: Any = answer.data
        return dict(data)


def _case(key: str) -> str:
    """The case of a saying, whose key is ``card:<case>``, ``line:<case>:<n>``, ``private:<case>:<n>`` or of a request.

    A second card of a case, in another channel, is ``card:<case>@<channel>``.
    """
    kind, _, rest = key.partition(":")
    if kind == "private" and not rest.startswith("r-"):
        return case_id(rest)
    return rest.partition(":")[0].partition("@")[0]


def _is(message: Json, say: Say) -> bool:
    if say.kind is Kind.FILE:
        return holds(message, document_of(say.report))
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("key") == say.key


def _body(message: Message) -> Json:
    return {"text": message.text, "blocks": message.blocks}


def _metadata(key: str) -> Json:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
