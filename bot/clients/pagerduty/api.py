"""The calls that the bot makes, one method each; and the time within which one verb must be done."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clients.pagerduty import reading
from bot.clients.pagerduty.call import Call, Json, incident, user
from bot.clients.pagerduty.connection import Connection
from bot.clients.pagerduty.errors import NOTHING, Missing, nobody
from bot.clients.pagerduty.reading import Entry
from bot.domain.errors import Away, Refusal
from bot.world.pagerduty import Duty, Page, User

T = TypeVar("T")

_PAGE = 100  # the most that PagerDuty gives at once
_PAGES = 5
#: The longest stretch of time that /oncalls takes is 90 days.
_LONGEST = timedelta(days=89)


class People:
    """Users who were read, so that not every incident costs a call for each of its people; ten minutes each."""

    _KEPT = 600.0  # seconds

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, User]] = {}

    def get(self, id_: str) -> User | None:
        """Somebody read before, not long ago."""
        read_at, user = self._known.get(id_, (0.0, None))
        return user if user is not None and time.monotonic() - read_at < self._KEPT else None

    def keep(self, user: User) -> User:
        """Remember."""
        self._known[user.id] = time.monotonic(), user
        return user


class Api:
    """The calls of one verb. Each raises ``Away``, ``Unknown`` or ``Refusal``."""

    def __init__(self, connection: Connection, people: People) -> None:
        self._connection, self._people = connection, people
        self._deadline = time.monotonic() + connection.limits.verb

    # Incidents.

    async def incident(self, id_: str) -> Json:
        """One, by its id."""
        call = Call("GET", incident(id_), f"read incident {id_}")
        return await self._read(call, lambda told: reading.checked(told["incident"]))

    async def newest(self, key: str, statuses: list[str]) -> Json | None:
        """The newest with a key; it may be an alert's of it, too."""
        query: dict[str, str | list[str]] = {
            "incident_key": key, "statuses[]": statuses, "date_range": "all",  # without it: the last month only
            "sort_by": "created_at:desc", "limit": str(_PAGE),
        }  # fmt: skip
        call = Call("GET", "/incidents", "look for an incident by its key", query)
        found = await self._read(call, lambda told: [reading.checked(each) for each in told["incidents"]])
        own = [each for each in found if each.get("incident_key") == key]
        return next(iter(own or found), None)

    async def ids(self, statuses: list[str]) -> list[str]:
        """Of those that have one of these statuses, newest first."""
        query: dict[str, str | list[str]] = {
            "statuses[]": statuses, "date_range": "all", "sort_by": "created_at:desc",
        }  # fmt: skip
        call = Call("GET", "/incidents", "read which incidents are open", query)
        return await self._list(call, "incidents", lambda told: str(told["id"]), _PAGES)

    async def log(self, id_: str, *, overview: bool = False, pages: int = 1) -> list[Entry]:
        """What happened to it, newest first; the overview is without notifications."""
        query: dict[str, str | list[str]] = {"is_overview": "true"} if overview else {}
        call = Call("GET", f"{incident(id_)}/log_entries", f"read the log of incident {id_}", query)
        return await self._list(call, "log_entries", reading.entry, pages)

    async def page(self, told: Json) -> Page:
        """An incident that was read, with its people, and with its level by its log."""
        named = _shaped("read an incident", reading.people, told)
        users = {id_: await self._known(user) for id_, user in named.items()}
        log, level = await self.climbed(told)
        return _shaped("read an incident", lambda told: reading.page(told, users, log, level), told)

    async def climbed(self, told: Json) -> tuple[list[Entry], int]:
        """The log of an incident that was read, without notifications, and the level that it is on by it."""
        policy, id_ = _shaped("read an incident", lambda told: (told["escalation_policy"]["id"], told["id"]), told)
        log = await self.log(id_, overview=True, pages=_PAGES)
        climbs = [each for each in log if each.kind == "escalate"]
        on_call = await self._on_call_during(policy, climbs) if climbs else {}
        return log, reading.level_of(log, on_call)

    async def notes(self, id_: str) -> list[str]:
        """The words of its notes."""
        call = Call("GET", f"{incident(id_)}/notes", f"read the notes of incident {id_}")
        return await self._read(call, lambda told: [str(each["content"]) for each in told["notes"]])

    async def change(self, id_: str, as_: str, what: str, **changes: object) -> None:
        """PUT /incidents/{id}. ``what`` is as people say it."""
        body = {"incident": {"type": "incident_reference", **changes}}
        await self._send(Call("PUT", incident(id_), what, body=body, as_=as_))

    async def snooze(self, id_: str, as_: str, seconds: int, what: str) -> None:
        """Keep it acknowledged for so long, and then trigger it again."""
        await self._send(Call("POST", f"{incident(id_)}/snooze", what, body={"duration": seconds}, as_=as_))

    async def annotate(self, id_: str, as_: str, words: str, what: str) -> None:
        """Add a note."""
        await self._send(Call("POST", f"{incident(id_)}/notes", what, body={"note": {"content": words}}, as_=as_))

    # People.

    async def user(self, id_: str) -> User:
        """Somebody by id. ``Refusal`` when there is nobody."""
        if known := self._people.get(id_):
            return known
        call = Call("GET", user(id_), f"read user {id_}")
        return self._people.keep(await self._read(call, lambda told: reading.user(told["user"])))

    async def _known(self, named: User) -> User:
        """Somebody whom an incident names, with the e-mail address; without, when the account is gone by now."""
        try:
            return await self.user(named.id)
        except Missing:
            return named

    async def user_of(self, email: str) -> User:
        """Somebody by e-mail address; capitals do not matter. ``Refusal`` when there is nobody."""
        call = Call("GET", "/users", "look for a user by e-mail", {"query": email, "limit": str(_PAGE)})
        found = await self._read(call, lambda told: [reading.user(each) for each in told["users"]])
        mine = next((each for each in found if email and each.email.lower() == email.lower()), None)
        if mine is None:
            raise nobody(email)
        return self._people.keep(mine)

    async def first_policy(self) -> str:
        """The id of the first escalation policy."""
        call = Call("GET", "/escalation_policies", "look for an escalation policy", {"limit": "1"})
        found = await self._read(call, lambda told: [str(each["id"]) for each in told["escalation_policies"]])
        if not found:
            raise Refusal(
                f"PagerDuty has no escalation policy, so nobody is on call. {NOTHING}", "Make one in PagerDuty."
            )
        return found[0]

    async def on_call(self, policy: str, since: datetime | None = None, until: datetime | None = None) -> list[Duty]:
        """Who is on call on each level, in a stretch of time; now, when none is given."""
        query: dict[str, str | list[str]] = {"escalation_policy_ids[]": [policy], "include[]": ["users"]}
        if since is not None and until is not None:
            query |= {"since": since.isoformat(), "until": until.isoformat()}
        found = await self._list(Call("GET", "/oncalls", "read who is on call", query), "oncalls", reading.duty, _PAGES)
        return sorted(dict.fromkeys(found), key=lambda each: each.level)

    async def _on_call_during(self, policy: str, climbs: Sequence[Entry]) -> dict[int, frozenset[str]]:
        until = climbs[0].at
        duties = await self.on_call(policy, max(climbs[-1].at, until - _LONGEST), until)
        return {
            level: frozenset(each.user.id for each in duties if each.level == level)
            for level in {each.level for each in duties}
        }

    # How they are made.

    async def _list(self, call: Call, name: str, shape: Callable[[Json], T], pages: int) -> list[T]:
        """Rows of a list, at most so many pages of it."""
        found: list[T] = []
        for _ in range(pages):
            query = {**call.query, "limit": str(_PAGE), "offset": str(len(found))}
            rows, more = await self._read(
                Call(call.method, call.path, call.what, query),
                lambda told: ([shape(each) for each in told[name]], bool(told.get("more"))),
            )
            found += rows
            if not more or not rows:
                break
        return found

    async def _read(self, call: Call, shape: Callable[[Json], T]) -> T:
        return _shaped(call.what, shape, await self._connection.send(call, self._deadline))

    async def _send(self, call: Call) -> None:
        await self._connection.send(call, self._deadline)


def _shaped(what: str, shape: Callable[[Json], T], told: Json) -> T:
    try:
        return shape(told)
    except reading.MISSHAPEN:
        raise Away(f"PagerDuty answered something that cannot be understood when asked to {what}. {NOTHING}") from None
