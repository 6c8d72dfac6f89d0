"""A workspace: its people, channels and apps, and who hears of changes. Pure state, without a socket."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from sandbox.clock import Clock
from sandbox.slack.apps import App, app_from
from sandbox.slack.faults import EVERY, Fault, Faults, What
from sandbox.slack.rates import Rates
from sandbox.slack.records import JSON, SLACKBOT, Channel, File, Kind, Message, User, UserGroup, View
from sandbox.slack.tickets import Tickets

T = TypeVar("T")

COLORS: Final = ("4a5fc1", "2b8a6b", "b0573a", "8a4fae", "b8873b", "2f7ea6", "a8456f", "5d7a3a", "6a5a4d", "3f6f8f")


@dataclass(frozen=True)
class Hint:
    """Something has changed: what kind, in which channel, and for whom (None: everybody)."""

    kind: str
    channel: str | None = None
    user: str | None = None


class Workspace:
    """All that a Slack workspace holds. Ids come from counters, so that a test that is run twice meets the same ones.

    Changes belong to the loop that serves it (or to one thread before it is served); reading is safe from anywhere.
    """

    def __init__(self, clock: Clock, name: str = "Aureus Sentinel", domain: str = "aureus") -> None:
        self.clock = clock
        self.signing_clock = clock  # the time of signatures: the real one for a bot that checks their age by real time
        self.team: JSON = {"id": "T0AUREUS1", "name": name, "domain": domain}
        self.url = ""  # where it is served, without a slash at the end; set by whoever serves it
        self.rate_limits = False
        self.answer_within = 3.0  # real seconds that an app has to answer a command, a press, an event
        self.users: dict[str, User] = {SLACKBOT: User(SLACKBOT, "slackbot", "Slackbot", is_bot=False)}
        self.channels: dict[str, Channel] = {}
        self.apps: dict[str, App] = {}
        self.files: dict[str, File] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.stacks: dict[str, list[View]] = {}  # the open modals of a person, the topmost last
        self.homes: dict[tuple[str, str], View] = {}  # by app and person
        self.tickets = Tickets(clock)
        self.rates = Rates(clock)
        self.faults = Faults()
        self.problems: list[str] = []  # what an app did wrong where Slack's API has no answer that says so
        self.deliver: Callable[[App, JSON], None] | None = None  # hands an event to an app; set while it is served
        self._hearers: list[Callable[[Hint], None]] = []
        self._counters: Counter[str] = Counter()
        self._last_ts = 0

    # Making the world

    def install(self, manifest: JSON, request_url: str | None = None) -> App:
        """Install the app of a manifest; asked at `request_url`, or else as the manifest says (Socket Mode or URLs)."""
        app = app_from(manifest, len(self.apps) + 1, request_url)
        self.apps[app.id] = app
        handle = "".join(letter if letter.isalnum() else "-" for letter in app.name.lower()).strip("-")
        self.users[app.bot_user_id] = User(
            app.bot_user_id, handle, app.name, color="1f2544", is_bot=True, bot_id=app.bot_id, app_id=app.id
        )
        self.hint("channel")
        return app

    def add_user(self, id: str, name: str, real_name: str, email: str = "", title: str = "") -> User:
        if id in self.users:
            raise ValueError(f"there is a user {id} already; nothing was changed")
        color = COLORS[len(self.users) % len(COLORS)]
        self.users[id] = user = User(id, name, real_name, name, email, title, color=color)
        return user

    def add_channel(
        self, name: str, kind: Kind = "public", members: list[str] | None = None, topic: str = "", id: str = ""
    ) -> Channel:
        """A new channel; for a direct message see `direct`."""
        prefix = {"public": "C", "private": "G", "im": "D"}[kind]
        channel = Channel(
            id or self.next_id(prefix), name, kind, self.seconds(), topic=topic, members=list(members or [])
        )
        self.channels[channel.id] = channel
        return channel

    def direct(self, one: str, other: str) -> Channel:
        """The direct message between two, made when there is none yet."""
        both = {one, other}
        for channel in list(self.channels.values()):
            if channel.kind == "im" and set(channel.members) == both:
                return channel
        channel = self.add_channel("", "im", [one, other] if one != other else [one])
        self.hint("channel")
        return channel

    def add_user_group(self, handle: str, name: str, users: list[str]) -> UserGroup:
        group = UserGroup(self.next_id("S"), handle, name, list(users), created=self.seconds(), updated=self.seconds())
        self.user_groups[group.id] = group
        return group

    # Finding

    def user(self, name: str) -> User:
        """A person by id or name, with or without @."""
        wanted = name.removeprefix("@")
        for user in list(self.users.values()):
            if wanted in (user.id, user.name):
                return user
        raise LookupError(f"nobody here is called {name!r}; there are {', '.join(u.name for u in self.users.values())}")

    def channel(self, name: str) -> Channel:
        """A channel by id or name, with or without #."""
        wanted = name.removeprefix("#")
        for channel in list(self.channels.values()):
            if wanted in (channel.id, channel.name):
                return channel
        raise LookupError(f"there is no channel {name!r}; there are {', '.join(self.channels)}")

    def app_of(self, bot_user_id: str) -> App | None:
        """The app whose bot this is."""
        return next((app for app in self.apps.values() if app.bot_user_id == bot_user_id), None)

    def message(self, channel: str, ts: str) -> Message | None:
        """A message or an ephemeral message that is still there."""
        place = self.channels.get(channel)
        found = (place.messages.get(ts) or place.ephemerals.get(ts)) if place else None
        return None if found is None or found.deleted else found

    def messages(self, channel: str) -> list[Message]:
        """All that everybody sees in a channel, replies too, in order."""
        return [one for one in list(self.channel(channel).messages.values()) if not one.deleted]

    def ephemerals(self, channel: str, user: str) -> list[Message]:
        """What only this person sees in a channel."""
        seer = self.user(user).id
        return [
            one for one in list(self.channel(channel).ephemerals.values()) if one.seen_by == seer and not one.deleted
        ]

    # Time and ids

    def seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def next_ts(self) -> str:
        """A message's `ts`: the time in microseconds, and always more than the one before."""
        now = self.clock.now()
        self._last_ts = max(int(now.timestamp()) * 1_000_000 + now.microsecond, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        self._counters[prefix] += 1
        return f"{prefix}{self._counters[prefix]:010d}"

    def next_hash(self) -> str:
        """The hash of a view: its time, and a word that differs each time."""
        self._counters["hash"] += 1
        return f"{self.seconds()}.{hashlib.sha256(str(self._counters['hash']).encode()).hexdigest()[:8]}"

    # Changes

    def hint(self, kind: str, channel: str | None = None, user: str | None = None) -> None:
        """Tell everybody who waits that something has changed."""
        for hear in list(self._hearers):
            hear(Hint(kind, channel, user))

    def hear(self, hear: Callable[[Hint], None]) -> Callable[[], None]:
        """Be told of changes, in whatever thread makes them; answers how to stop."""
        self._hearers.append(hear)
        return lambda: self._hearers.remove(hear)

    def emit(self, app: App, event: JSON) -> None:
        """Hand an event to an app; while nobody serves this workspace there is no app to hear it."""
        if self.deliver:
            self.deliver(app, event)

    async def wait_for(self, what: Callable[[], T | None], timeout: float = 5.0) -> T:  # noqa: ASYNC109 - reads as a test says it
        """Wait until `what()` is true, looking again at each change; answers what it answered.

        `timeout` is in real seconds; after it, TimeoutError.
        """
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake(_: Hint) -> None:
            loop.call_soon_threadsafe(changed.set)

        stop = self.hear(wake)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    changed.clear()
                    found = what()
                    if found:
                        return found
                    await changed.wait()
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s, and no change of the workspace made it true") from None
        finally:
            stop()

    def break_(
        self, what: What, *, method: str = EVERY, times: int | None = None, seconds: int = 1, closed: bool = False
    ) -> None:
        """Break something, for `times` calls or until `mend`.

        `ratelimit`: calls of `method` answer 429 with `Retry-After: seconds`. `down`: every call answers 503, or
        (`closed`) the connection is closed. `lose-answer`: the call is carried out, and the connection is closed
        before the answer. `duplicate`: events come twice. `late`: events come `seconds` late, by the clock.
        """
        self.faults.add(Fault(what, method, times, seconds, closed))

    def mend(self, what: str | None = None) -> None:
        """End what was broken; without a name, all of it."""
        self.faults.mend(what)
