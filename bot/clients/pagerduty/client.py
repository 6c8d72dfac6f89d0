"""PagerDuty as a ``World``: each verb of ``bot.world.pagerduty``, and no other."""

from dataclasses import replace
from typing import TypeVar, cast

from bot.clients.pagerduty.api import Api, People
from bot.clients.pagerduty.changes import edit
from bot.clients.pagerduty.connection import Connection
from bot.clients.pagerduty.errors import NOTHING, Missing
from bot.clients.pagerduty.holding import held
from bot.clients.threads import Limits
from bot.domain.errors import Refusal
from bot.domain.verb import Answer, Change, Check, Question
from bot.world import pagerduty as pd

T = TypeVar("T")

_OPEN = ["triggered", "acknowledged"]


class PagerDuty:
    """A ``World`` of the verbs in ``verbs``.

    ``own_email`` is that of the user that the bot acts as when no person asked; ``policy`` is the id of the escalation
    policy that ``OnCall`` speaks of, and empty: the first.

    Every verb ends within ``limits.verb`` seconds. Besides what its answer says, it may raise ``Away`` (PagerDuty
    cannot be reached, or takes no more requests for now), ``Unknown`` (a write without an answer) and ``Refusal``.
    """

    #: What it answers for; anything else is refused.
    verbs: frozenset[type] = frozenset(
        {
            pd.PageOf, pd.OpenPages, pd.UserOf, pd.OwnUser, pd.OnCall, pd.Acknowledge, pd.Resolve, pd.EscalateTo,
            pd.Assign, pd.Release, pd.Note, pd.Held,
        }
    )  # fmt: skip

    def __init__(
        self, api_url: str, api_key: str, own_email: str, policy: str = "", limits: Limits | None = None
    ) -> None:
        self._connection = Connection(api_url, api_key, limits or Limits())
        self._people = People()
        self._own_email, self._policy = own_email, policy

    async def open(self) -> None:
        """Load the package: so that a wrong address or key is said at start, and the first call is quick.

        Does not speak to PagerDuty: when it is away, that is no reason not to start. Raises ``Refusal``.
        """
        await self._connection.open()

    def close(self) -> None:
        """Begin nothing more."""
        self._connection.close()

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        match asked:
            case pd.PageOf():
                return cast(T, await self._page(asked))
            case pd.OpenPages():
                return cast(T, frozenset(await self._api().ids(_OPEN)))
            case pd.UserOf():
                api = self._api()
                return cast(T, await (api.user(asked.id) if asked.id else api.user_of(asked.email)))
            case pd.OwnUser():
                return cast(T, await self._own())
            case pd.OnCall():
                return cast(T, await self._on_call(asked))
        raise _unknown(question)

    async def rehearse(self, change: Change) -> None:
        """Look whether it would be taken: PagerDuty has no dry run. Nothing is sent but reads."""
        await edit(self._api(), await self._signed(change)).rehearse()

    async def do(self, change: Change) -> None:
        await edit(self._api(), await self._signed(change)).make()

    async def _signed(self, change: Change) -> Change:
        """What no person asked for is done as the bot's own user."""
        if not isinstance(change, pd.PageChange) or change.as_:
            return change
        signed: Change = replace(change, as_=(await self._own()).email)  # type: ignore[type-var]  # each is a record
        return signed

    async def stands(self, change: Change) -> bool:
        if isinstance(change, pd.Assign):  # who has added people is looked for in the log
            change = await self._signed(change)
        return await edit(self._api(), change).stands()

    async def test(self, check: Check) -> Answer:
        if isinstance(check, pd.Held):
            return await held(self._api(), check)
        raise _unknown(check)

    def _api(self) -> Api:
        return Api(self._connection, self._people)

    async def _page(self, asked: pd.PageOf) -> pd.Page | None:
        api = self._api()
        if asked.id:
            try:
                return await api.page(await api.incident(asked.id))
            except Missing:
                return None
        if not asked.key:
            return None
        found = await api.newest(asked.key, _OPEN) or await api.newest(asked.key, ["resolved"])
        return await api.page(found) if found else None

    async def _own(self) -> pd.User:
        if not self._own_email:
            raise Refusal(
                f"The bot has no user of its own in PagerDuty, so it does nothing there by itself. {NOTHING}",
                "Put the e-mail address of a user of PagerDuty into PAGERDUTY_FROM.",
            )
        return await self._api().user_of(self._own_email)

    async def _on_call(self, asked: pd.OnCall) -> tuple[pd.Duty, ...]:
        api = self._api()
        return tuple(await api.on_call(self._policy or await api.first_policy(), asked.at, asked.at))


def _unknown(verb: object) -> Refusal:
    return Refusal(f"PagerDuty cannot answer {type(verb).__name__}. {NOTHING}", "It is a mistake in the bot.")
