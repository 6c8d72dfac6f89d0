"""PagerDuty as a ``World``: each verb of ``bot.world.pagerduty``, and no other."""

from typing import TypeVar, cast

from bot.clients.pagerduty.api import Api, People
from bot.clients.pagerduty.connection import Connection, Limits
from bot.clients.pagerduty.errors import NOTHING, Over
from bot.clients.pagerduty.reading import dropped_by, holders, reopened_by
from bot.domain.errors import Refusal
from bot.domain.verb import Answer, Broken, Change, Check, Met, NotYet, Question
from bot.world import pagerduty
from bot.world.pagerduty import Duty, Page, User

T = TypeVar("T")

_SNOOZE = 60  # seconds: then it is triggered again, and pages


class PagerDuty:
    """A ``World`` of the verbs in ``verbs``, through the REST API.

    ``own_email`` is of the bot's own user: as it whatever no person asked for is done. ``policy`` is the id of the
    escalation policy that says who is on call; empty: the first. Every verb ends within ``limits.verb`` seconds; it may
    raise ``Away``, ``Unknown`` (a write without an answer) and ``Refusal``.
    """

    #: What it answers for; anything else is refused.
    verbs: frozenset[type] = frozenset(
        {
            pagerduty.PageOf, pagerduty.UserOf, pagerduty.OwnUser, pagerduty.OnCall,
            pagerduty.Acknowledge, pagerduty.Resolve, pagerduty.EscalateTo, pagerduty.Assign, pagerduty.Release,
            pagerduty.Note, pagerduty.Held,
        }
    )  # fmt: skip

    def __init__(
        self, api_url: str, api_key: str, own_email: str, policy: str = "", limits: Limits | None = None
    ) -> None:
        self._connection = Connection(api_url, api_key, limits or Limits())
        self._people = People()
        self._own = own_email
        self._policy = policy

    async def open(self) -> None:
        """Load the package, so that the first call is quick. Raises ``Refusal``."""
        await self._connection.open()

    def close(self) -> None:
        """Begin nothing more."""
        self._connection.close()

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        api = self._api()
        match asked:
            case pagerduty.PageOf():
                return cast(T, await self._page(api, asked))
            case pagerduty.UserOf(email=email, id=id_):
                return cast(T, await (api.user(id_) if id_ else api.user_of(email)))
            case pagerduty.OwnUser():
                return cast(T, await self._own_user(api))
            case pagerduty.OnCall():
                return cast(T, await self._on_call(api, asked))
        raise _unknown(question)

    async def rehearse(self, change: Change) -> None:
        """PagerDuty has no dry run: a change is tried when it is made."""

    async def do(self, change: Change) -> None:
        api = self._api()
        match change:
            case pagerduty.Acknowledge():
                await self._acknowledge(api, change)
            case pagerduty.Resolve(id=id_):
                await self._resolve(api, id_, self._as(change.as_))
            case pagerduty.EscalateTo(id=id_, level=level):
                await api.change(id_, self._as(change.as_), f"escalate incident {id_}", escalation_level=level)
            case pagerduty.Assign():
                await self._assign(api, change)
            case pagerduty.Release(id=id_):
                await self._release(api, id_, self._as(change.as_))
            case pagerduty.Note(id=id_, words=words):
                if words not in await api.notes(id_):
                    await api.annotate(id_, self._as(change.as_), words, f"write a note to incident {id_}")
            case _:
                raise _unknown(change)

    async def stands(self, change: Change) -> bool:
        api = self._api()
        match change:
            case pagerduty.Acknowledge(id=id_, user=user):
                return user in holders(await api.incident(id_))
            case pagerduty.Resolve(id=id_):
                return str((await api.incident(id_))["status"]) == "resolved"
            case pagerduty.EscalateTo(id=id_, level=level):
                return (await api.page(await api.incident(id_))).level >= level
            case pagerduty.Assign(id=id_, users=users):
                page = await api.page(await api.incident(id_))
                over = page.status is pagerduty.Status.RESOLVED
                return over or users <= {user.id for user in (*page.assignees, *page.holders)}
            case pagerduty.Release(id=id_):
                return str((await api.incident(id_))["status"]) != "acknowledged"
            case pagerduty.Note(id=id_, words=words):
                return words in await api.notes(id_)
        raise _unknown(change)

    async def test(self, check: Check) -> Answer:
        api = self._api()
        match check:
            case pagerduty.Held(id=id_, user=user, name=name):
                told = await api.incident(id_)
                if user in holders(told):
                    over = reopened_by(await api.log(id_), user)
                    return (
                        Met(f"{name} has it, read back")
                        if over is None
                        else Broken(_REOPENED.format(name=over.by_name))
                    )
                if told["status"] == "resolved":
                    return Broken("it was resolved meanwhile")
                return NotYet(f"PagerDuty does not show yet that {name} has it")
        raise _unknown(check)

    def _api(self) -> Api:
        return Api(self._connection, self._people)

    def _as(self, email: str) -> str:
        return email or self._own

    async def _page(self, api: Api, question: pagerduty.PageOf) -> Page | None:
        if question.id:
            return await api.page(await api.incident(question.id))
        found = await api.newest(question.key, ["triggered", "acknowledged"]) or await api.newest(
            question.key, ["triggered", "acknowledged", "resolved"]
        )
        return await api.page(found) if found else None

    async def _own_user(self, api: Api) -> User:
        if not self._own:
            raise Refusal(
                f"The bot has no user of its own in PagerDuty. {NOTHING}", "PAGERDUTY_FROM names its e-mail address."
            )
        return await api.user_of(self._own)

    async def _on_call(self, api: Api, question: pagerduty.OnCall) -> tuple[Duty, ...]:
        policy = self._policy or await api.first_policy()
        return tuple(await api.on_call(policy, question.at, question.at) if question.at else await api.on_call(policy))

    async def _acknowledge(self, api: Api, change: pagerduty.Acknowledge) -> None:
        """Read just before, since PagerDuty has no precondition; and look afterwards whether somebody was quicker."""
        as_, id_ = self._as(change.as_), change.id
        told = await api.incident(id_)
        if told["status"] == "resolved":
            raise Refusal(
                f"Incident {id_} is resolved in PagerDuty: to acknowledge it would open it again. Nothing was sent.",
                "If it happens again, it pages again.",
            )
        others = [each for each in holders(told) if each != change.user]
        if others:
            what = f"hand incident {id_} over"
            person = {"assignee": {"id": change.user, "type": "user_reference"}}
            await api.change(id_, as_, what, assignments=[person])
        try:
            await api.change(id_, as_, f"acknowledge incident {id_}", status="acknowledged")
        except Over as over:
            raise Refusal(over.because, over.hint) from over
        resolution = reopened_by(await api.log(id_), change.user)
        if resolution is not None:
            await self._resolve(api, id_, as_)
            raise Refusal(
                _REOPENED.format(name=resolution.by_name) + " It was resolved again.", "Nothing else was changed."
            )

    async def _resolve(self, api: Api, id_: str, as_: str) -> None:
        try:
            await api.change(id_, as_, f"resolve incident {id_}", status="resolved")
        except Over:
            return  # it is resolved already

    async def _assign(self, api: Api, change: pagerduty.Assign) -> None:
        """Adding people is a new assignment, which takes it from whoever has it: so they acknowledge it again."""
        told = await api.incident(change.id)
        page = await api.page(told)
        wanted = dict.fromkeys([*(user.id for user in (*page.holders, *page.assignees)), *sorted(change.users)])
        people = [{"assignee": {"id": each, "type": "user_reference"}} for each in wanted]
        as_ = self._as(change.as_)
        holder = page.holder
        if holder is None and (lost := dropped_by(await api.log(change.id), (await api.user_of(as_)).id, change.users)):
            holder = await api.user(lost)  # an earlier attempt came to its middle
        if not change.users <= {user.id for user in page.assignees}:
            await api.change(change.id, as_, f"add people to incident {change.id}", assignments=people)
        if holder is not None:
            await api.change(
                change.id, holder.email, f"leave incident {change.id} with {holder.name}", status="acknowledged"
            )

    async def _release(self, api: Api, id_: str, as_: str) -> None:
        if str((await api.incident(id_))["status"]) == "acknowledged":
            await api.snooze(id_, as_, _SNOOZE, f"give incident {id_} back")


_REOPENED = "{name} resolved it at that very moment, so the acknowledgement opened it again."


def _unknown(verb: object) -> Refusal:
    return Refusal(f"PagerDuty cannot answer {type(verb).__name__}. {NOTHING}", "It is a mistake in the bot.")
