"""Who somebody in Slack is: by the account that config/ names, else by the e-mail address that Slack knows."""

import logging
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Away
from bot.domain.person import People, Person, Who
from bot.doors.slack.answers import name_of

log = logging.getLogger(__name__)


class SlackDirectory:
    """Finds people by ``slack:U…``; what Slack said of an account is remembered as long as the process lives."""

    def __init__(self, people: People, client: AsyncWebClient | None) -> None:
        self._people = people
        self._client = client
        self._known: dict[str, str] = {}  # id of the person by Slack account
        self._accounts: dict[str, str] = {}

    async def person(self, who: Who) -> Person | None:
        """The person, or ``None`` for somebody whom ``config/`` does not know. Raises ``Away``."""
        door, colon, account = who.id.partition(":")
        if not colon:
            return self._people.get(who.id)
        if door != "slack":
            return None
        found = self._people.by_slack(account) or self._people.get(self._known.get(account, ""))
        if found is None and self._client is not None:
            found = self._people.by_email(await self._email(account))
            if found is not None:
                self._known[account] = found.id
        return found

    async def is_bot(self, who: Who) -> bool:
        """Whether it is another app's account, or Slack's own. Raises ``Away``."""
        door, _, account = who.id.partition(":")
        return door == "slack" and (account == "USLACKBOT" or bool((await self._user(account)).get("is_bot")))

    async def account(self, person: str) -> str:
        """The Slack account of a person, for mentions; empty when Slack does not know their e-mail address."""
        known = self._people.get(person)
        if known is None or known.slack:
            return known.slack if known else ""
        if person not in self._accounts and self._client is not None:
            try:
                answer = await self._client.users_lookupByEmail(email=known.email)
                self._accounts[person] = str(answer["user"]["id"])
            except (TimeoutError, SlackApiError, ClientError, OSError) as error:
                log.info("Slack does not tell the account of %s: %s", person, error)
        return self._accounts.get(person, "")

    async def _email(self, account: str) -> str:
        return str((await self._user(account)).get("profile", {}).get("email", ""))

    async def _user(self, account: str) -> dict[str, Any]:
        """What Slack tells of an account; nothing of one that it does not know. Raises ``Away``."""
        if self._client is None:
            return {}
        try:
            answer = await self._client.users_info(user=account)
        except SlackApiError as error:
            if name_of(error) in ("user_not_found", "user_not_visible"):
                return {}
            raise Away(f"Slack does not tell who {account} is: {name_of(error)}") from error
        except (TimeoutError, ClientError, OSError) as error:
            raise Away(f"Slack cannot be asked who {account} is: {error}") from error
        return dict(answer["user"])
