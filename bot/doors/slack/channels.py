"""The channels that ``config/`` names, as Slack has them."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from bot.domain.channel import Closed
from bot.ports import Unsayable

Json = dict[str, Any]
Read = Callable[..., Awaitable[Json]]

_KINDS: Final = "public_channel,private_channel"
_PAGE: Final = 1000


class Channels:
    """Finds channels by their names. ``read`` makes a call that changes nothing; what it raises, each method does."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._ids: dict[str, str] = {}  # of those that are not archived, by #name

    async def id_of(self, channel: str) -> str:
        """The id of a channel that config/ names: Slack posts to a name too, but reads only by id.

        One that is not there stays a name: it is posted to by it, and Slack's own answer says what is wrong.
        """
        if channel.startswith("#") and channel not in self._ids:
            await self._listed(channel, archived_too=False)
        return self._ids.get(channel, channel)

    async def closed(self, channel: str) -> Closed | None:
        """Why a channel takes nothing of what the bot says, read now; ``None`` when it does."""
        told = await self._told(channel)
        if told is None:
            # A private channel without the bot is not shown to it: no answer tells it from one that is not there.
            because = "Slack shows me no such channel: there is none, or it is private and I am not a member."
            remedy = f"Make it, or say `/invite @{await self._me()}` there, or name another one in config/."
        elif told.get("is_archived"):
            because, remedy = "That channel is archived.", "Unarchive it, or name another one in config/."
        elif not told.get("is_member"):
            because = "I am not a member of that channel."
            remedy = f"Say `/invite @{await self._me()}` there, or name another one in config/."
        else:
            return None
        return Closed(channel, because, remedy)

    async def _told(self, channel: str) -> Json | None:
        known = self._ids.get(channel, channel)
        if known.startswith("#"):
            return await self._listed(channel, archived_too=True)
        try:
            told: Json = (await self._read("conversations.info", channel=known))["channel"]
        except Unsayable:
            return None
        return told

    async def _listed(self, channel: str, archived_too: bool) -> Json | None:
        """The channel of a #name, from Slack's list; an archived one only when no other has its name."""
        archived, cursor = None, ""
        while True:
            page = await self._read(
                "conversations.list", types=_KINDS, exclude_archived=not archived_too, limit=_PAGE, cursor=cursor
            )
            listed = page.get("channels") or ()
            self._ids |= {f"#{each['name']}": str(each["id"]) for each in listed if not each.get("is_archived")}
            named = [each for each in listed if f"#{each['name']}" == channel]
            archived = next((each for each in named if each.get("is_archived")), archived)
            found = next((each for each in named if not each.get("is_archived")), None)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if found is not None or not cursor:
                return found or archived

    async def _me(self) -> str:
        """What the bot is called here: people may have renamed it."""
        return str((await self._read("auth.test")).get("user") or "Aureus")
