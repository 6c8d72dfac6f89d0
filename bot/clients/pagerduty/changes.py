"""The changes of an incident: how each is made, whether it stands, and whether it would be taken."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clients.pagerduty import holding, reading
from bot.clients.pagerduty.api import Api
from bot.clients.pagerduty.call import Json
from bot.clients.pagerduty.errors import NOTHING, Over, Unfit
from bot.domain.errors import Refusal
from bot.domain.verb import Change
from bot.world import pagerduty as pd


@dataclass(frozen=True)
class Edit:
    """A change that can be made now, looked for and tried."""

    make: Callable[[], Awaitable[None]]
    stands: Callable[[], Awaitable[bool]]
    #: Raises ``Refusal`` when it would not be taken; only reads.
    rehearse: Callable[[], Awaitable[None]]


def edit(api: Api, change: Change) -> Edit:
    """The way to make a change. Raises ``Refusal`` when it is none of PagerDuty's."""
    match change:
        case pd.Acknowledge():
            return Edit(
                lambda: holding.acknowledge(api, change.id, change.as_, change.user),
                lambda: _has(api, change),
                lambda: _open(api, change, "acknowledged"),
            )
        case pd.Resolve():
            return Edit(lambda: _resolve(api, change), lambda: _was_resolved(api, change), lambda: _there(api, change))
        case pd.EscalateTo():
            return Edit(lambda: _escalate(api, change), lambda: _is_on(api, change), lambda: _can_escalate(api, change))
        case pd.Assign():
            return Edit(
                lambda: holding.assign(api, change),
                lambda: holding.assigned(api, change),
                lambda: _can_assign(api, change),
            )
        case pd.Release():
            return Edit(
                lambda: holding.release(api, change),
                lambda: holding.released(api, change),
                lambda: _open(api, change, "given back"),
            )
        case pd.Note():
            return Edit(lambda: _annotate(api, change), lambda: _noted(api, change), lambda: _there(api, change))
    raise Refusal(f"PagerDuty cannot do {type(change).__name__}. {NOTHING}", "It is a mistake in the bot.")


async def _has(api: Api, change: pd.Acknowledge) -> bool:
    return change.user in reading.holders(await api.incident(change.id))


async def _is(api: Api, change: pd.PageChange, status: str) -> bool:
    return bool((await api.incident(change.id))["status"] == status)


async def _was_resolved(api: Api, change: pd.Resolve) -> bool:
    """Also where it was resolved after it was said to be over, and opened again: that is the later word."""
    if await _is(api, change, "resolved"):
        return True
    said = change.said
    return said is not None and any(each.kind == "resolve" and each.at > said for each in await api.log(change.id))


async def _resolve(api: Api, change: pd.Resolve) -> None:
    if await _is(api, change, "resolved"):
        return
    with contextlib.suppress(Over):  # somebody was quicker, and it is as it should be
        await api.change(change.id, change.as_, f"resolve incident {change.id}", status="resolved")


async def _escalate(api: Api, change: pd.EscalateTo) -> None:
    told = await api.incident(change.id)
    holding.must_be_open(told, "escalated")
    if _is_kept(change, told):
        return
    _, level = await api.climbed(told)
    if level < change.level:
        what = f"escalate incident {change.id} to level {change.level}"
        await api.change(change.id, change.as_, what, escalation_level=change.level)


async def _is_on(api: Api, change: pd.EscalateTo) -> bool:
    told = await api.incident(change.id)
    if told["status"] == "resolved" or _is_kept(change, told):
        return True  # nobody needs to be called any more
    _, level = await api.climbed(told)
    return level >= change.level


def _is_kept(change: pd.EscalateTo, told: Json) -> bool:
    taken = reading.taken(told)
    return change.unless_taken is not None and taken is not None and taken > change.unless_taken


async def _annotate(api: Api, change: pd.Note) -> None:
    # The same note twice is two notes to PagerDuty: so look first, as an earlier attempt may have written it.
    if not await _noted(api, change):
        await api.annotate(change.id, change.as_, change.words, f"add a note to incident {change.id}")


async def _noted(api: Api, change: pd.Note) -> bool:
    return change.words.strip() in [each.strip() for each in await api.notes(change.id)]


async def _there(api: Api, change: pd.PageChange) -> None:
    await api.incident(change.id)
    await api.user_of(change.as_)


async def _open(api: Api, change: pd.PageChange, done: str) -> None:
    holding.must_be_open(await api.incident(change.id), done)
    await api.user_of(change.as_)


async def _can_escalate(api: Api, change: pd.EscalateTo) -> None:
    await _open(api, change, "escalated")
    if (await api.incident(change.id)).get("urgency") == "low":
        raise Unfit(
            f"It is of low urgency, and such an incident is not escalated by PagerDuty. {NOTHING}",
            "Raise its urgency in PagerDuty, or add people by name.",
        )


async def _can_assign(api: Api, change: pd.Assign) -> None:
    await _open(api, change, "assigned to anybody")
    for each in sorted(change.users):
        await api.user(each)
