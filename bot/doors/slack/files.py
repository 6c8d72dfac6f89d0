"""A document as a file of Slack: announced, uploaded, shared (files.upload, which did all that, is gone since 2025)."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Away
from bot.domain.report import Document, Report
from bot.doors.plain import clean
from bot.doors.slack import limits
from bot.ports import Unsayable

Json = dict[str, Any]
Asked = Callable[..., Awaitable[Json]]

_LATER: Final = (408, 429)  # of the answers that blame us, those that say that it may go well another time


class Files:
    """Uploads and shares documents. Of ``ask`` a lost answer leaves a doubt, of ``read`` it means nothing."""

    def __init__(self, client: AsyncWebClient, ask: Asked, read: Asked) -> None:
        self._client = client
        self._ask = ask
        self._read = read

    async def upload(self, document: Document) -> str:
        """Give it to Slack, where nobody sees it yet; the id of the file. Raises ``Away`` or ``Unsayable``."""
        content = _bytes(document.text)
        if not content:
            raise Unsayable(f"{document.name} is empty, and Slack takes no empty file")
        place = await self._read("files.getUploadURLExternal", filename=_name(document), length=len(content))
        await self._send(str(place["upload_url"]), content)
        return str(place["file_id"])

    async def share(self, file: str, document: Document, comment: str, channel: str, thread: str) -> None:
        """Put what was uploaded into a channel or a thread. Raises ``Away``, ``Unknown`` or ``Unsayable``.

        Slack answers before the message stands there, and tells no timestamp of it (python-slack-sdk issue 1363).
        """
        title = limits.cut(clean(document.title) or _name(document), limits.FILE_TITLE)
        form = {
            "files": json.dumps([{"id": file, "title": title}]),
            "channel_id": channel,
            "initial_comment": comment,
            **({"thread_ts": thread} if thread else {}),
        }
        await self._ask("files.completeUploadExternal", data=form)

    async def _send(self, url: str, content: bytes) -> None:
        """The bytes, without the bot's token: the address is the permission."""
        client = self._client
        try:
            async with (
                aiohttp.ClientSession(trust_env=client.trust_env_in_session) as session,
                session.post(url, data=content, ssl=client.ssl or True, proxy=client.proxy) as answer,
            ):
                status, after = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError) as error:
            raise Away(f"Slack took no file: {error}") from error
        if 400 <= status < 500 and status not in _LATER:
            raise Unsayable(f"Slack does not take the bytes of a file (HTTP {status})")
        if status != 200:
            raise Away(f"Slack takes no files now (HTTP {status}).", float(after) if after.isdigit() else None)


def document_of(report: Report) -> Document:
    """The one document of a report that is to be said as a file."""
    documents = [part for part in report.parts if isinstance(part, Document)]
    if len(documents) != 1:
        raise Unsayable(f"a file is one document, and there are {len(documents)}")
    return documents[0]


def holds(message: Json, document: Document) -> bool:
    """Whether a message shows this document.

    A file carries no metadata, so its name tells. It is read in its thread, for which the scopes of history are enough;
    files.list would take files:read, and knows channels only.
    """
    return any(file.get("name") == _name(document) for file in message.get("files") or ())


def _name(document: Document) -> str:
    return limits.cut(clean(document.name).replace("/", "-"), limits.FILE_NAME)


def _bytes(words: str) -> bytes:
    content = clean(words).encode()
    if len(content) <= limits.FILE:
        return content
    note = f"\n\n… cut here: the whole is {len(content):,} bytes long.\n"
    return content[: limits.FILE - len(note.encode())].decode(errors="ignore").encode() + note.encode()
