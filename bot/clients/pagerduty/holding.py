"""Who has an incident: acknowledging, adding people, giving it back. PagerDuty has no precondition for any of it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from bot.clients.pagerduty import reading
from bot.clients.pagerduty.api import Api
from bot.clients.pagerduty.call import Json
from bot.clients.pagerduty.errors import NOTHING, Over, Unfit
from bot.clients.pagerduty.reading import Entry
from bot.domain.errors import Away, Refusal, Unknown
from bot.domain.verb import Answer, Broken, Met, NotYet
from bot.world import pagerduty as pd

#: Seconds; PagerDuty takes one at least. Within two minutes it must page again.
_SNOOZE = 60
_SOON = timedelta(seconds=120)


class Reopened(Refusal):
    """It was resolved in the very moment of the acknowledgement, which opened it again; it is resolved again."""


async def acknowledge(api: Api, id_: str, as_: str, user: str, take_over: bool = True) -> None:
    """Let ``user`` have it. Raises ``Over`` when it is resolved, and ``Reopened`` when that is found afterwards.

    Without ``take_over`` those who have it keep it, too.
    """
    before = await api.log(id_)
    # The last thing before the change: acknowledging what is resolved opens it again, and there is no precondition.
    told = await api.incident(id_)
    must_be_open(told, "acknowledged")
    having = reading.holders(told)
    if user in having:
        return
    handed_over = having and take_over
    if handed_over:
        # An acknowledgement counts beside those that are there; assigning takes them away.
        await api.change(id_, as_, f"hand over incident {id_}", assignments=_assignments([user]))
    with _after("It was handed over in PagerDuty") if handed_over else contextlib.nullcontext():
        await api.change(id_, as_, f"acknowledge incident {id_}", status="acknowledged")
    with _after("It was acknowledged in PagerDuty"):
        log = await api.log(id_)
    undone = reading.reopened_by(_since(log, before), user)
    if undone is not None:
        await _resolve_again(api, id_, as_, undone)


async def _resolve_again(api: Api, id_: str, as_: str, undone: Entry) -> None:
    when = f"{undone.by_name} resolved it at {undone.at:%H:%M} UTC"
    with _after(f"{when}, and acknowledging it opened it again"), contextlib.suppress(Over):  # somebody was quicker
        await api.change(id_, as_, f"resolve incident {id_} again", status="resolved")
    raise Reopened(
        f"{when}, just before it was acknowledged, and an acknowledgement opens what is resolved. So it was resolved "
        "again, and in the end nothing was changed.",
        "If it is not over, reopen it in PagerDuty.",
    )


async def assign(api: Api, change: pd.Assign) -> None:
    """Add people, and let those who have it keep it."""
    told = await api.incident(change.id)
    must_be_open(told, "assigned to anybody")
    assigned = reading.assignees(told)
    if change.users <= set(assigned):
        dropped = await _dropped(api, change, told)
        keepers = [await api.user(dropped)] if dropped else []
    else:
        keepers = [await api.user(each) for each in reading.holders(told)]
        if lost := [each.name for each in keepers if not each.email]:
            raise Refusal(
                f"{lost[0]} has it, and PagerDuty gives no e-mail address of theirs, so they could not keep it. "
                f"{NOTHING}",
                "Add the people in PagerDuty.",
            )
        people = [*assigned, *sorted(change.users - set(assigned))]
        what = f"add people to incident {change.id}"
        await api.change(change.id, change.as_, what, assignments=_assignments(people))
    # Whatever is assigned anew is triggered again in PagerDuty, and pages: support.pagerduty.com/main/docs/
    # reassigning-and-delegating-incidents. So those who had it acknowledge it once more, each by their own name:
    # by anybody else's it would be that one's.
    for keeper in keepers:
        with _after(f"People were added in PagerDuty, and {keeper.name} is to keep it"):
            try:
                await acknowledge(api, change.id, keeper.email, keeper.id, take_over=False)
            except Over:
                return  # it is over, so nobody needs to have it


async def assigned(api: Api, change: pd.Assign) -> bool:
    """Whether they are among those whom it is assigned to, and nobody lost it by that; or it is over."""
    told = await api.incident(change.id)
    if told["status"] == "resolved":
        return True  # nobody needs to be called any more
    return change.users <= set(reading.assignees(told)) and not await _dropped(api, change, told)


async def _dropped(api: Api, change: pd.Assign, told: Json) -> str:
    """Who had it before an earlier attempt, which ended between adding people and acknowledging again."""
    if told["status"] != "triggered":
        return ""
    log = await api.log(change.id, overview=True)
    return reading.dropped_by(log, (await api.user_of(change.as_)).id, change.users)


async def release(api: Api, change: pd.Release) -> None:
    """Let it be triggered again: by escalating it to the level that it is on, or else by a short snooze.

    There is no call that takes an acknowledgement away. Low urgency does not escalate, nor does a level where nobody is
    on call; and only what is acknowledged can be snoozed.
    """
    told = await api.incident(change.id)
    must_be_open(told, "given back")
    if await _is_anothers(api, change, told):
        return
    log, level = await api.climbed(told)
    if told["status"] == "triggered" or reading.returns_soon(told, log, _SOON):
        return
    what = f"give back incident {change.id}"
    if told.get("urgency") != "low":
        try:
            await api.change(change.id, change.as_, what, escalation_level=level)
        except Unfit:
            pass
        else:
            return
    try:
        await api.snooze(change.id, change.as_, _SNOOZE, what)
    except Unfit:
        if (await api.incident(change.id))["status"] == "acknowledged":
            raise


async def released(api: Api, change: pd.Release) -> bool:
    """Whether nobody has it, or somebody else than who had it."""
    told = await api.incident(change.id)
    return bool(told["status"] == "triggered") or await _is_anothers(api, change, told)


async def _is_anothers(api: Api, change: pd.Release, told: Json) -> bool:
    """Whether others than who had it have it now: it is theirs, and not to be given back."""
    having = [await api.user(each) for each in reading.holders(told)] if change.whose else []
    return bool(having) and all(change.whose.lower() not in (each.id.lower(), each.email.lower()) for each in having)


async def held(api: Api, check: pd.Held) -> Answer:
    """Whether somebody has it, read back."""
    told = await api.incident(check.id)
    if check.user not in reading.holders(told):
        page = await api.page(told)
        if page.status is pd.Status.RESOLVED:
            by = page.resolver.name if page.resolver else "the monitoring"
            return Broken(f"it was resolved meanwhile, by {by}, at {page.resolved_at:%H:%M} UTC")
        return NotYet(f"{page.holder.name if page.holder else 'nobody'} has it")
    undone = reading.reopened_by(await api.log(check.id), check.user)
    if undone is not None:
        return Broken(
            f"{undone.by_name} resolved it at {undone.at:%H:%M} UTC, and the acknowledgement of {check.name} opened it "
            "again: resolve it again if it is over"
        )
    return Met(f"{check.name} has it, read back")


def must_be_open(told: Json, done: str) -> None:
    """Raises ``Over``; ``done`` is what it was not."""
    if told["status"] == "resolved":
        raise Over(
            f"It is resolved already in PagerDuty, so it was not {done}. {NOTHING}",
            "If it happens again, it pages again; or reopen it in PagerDuty.",
        )


def _assignments(users: list[str]) -> list[Json]:
    return [{"assignee": {"id": each, "type": "user_reference"}} for each in users]


def _since(log: list[Entry], before: list[Entry]) -> list[Entry]:
    """What was not in the log yet. Newest first."""
    known = {each.id for each in before}
    return [each for each in log if each.id not in known]


@contextlib.contextmanager
def _after(done: str) -> Iterator[None]:
    """A failure after a change: no words of it may say that nothing was changed."""
    try:
        yield
    except Reopened:
        raise
    except (Away, Refusal) as error:
        because = error.because.replace(NOTHING, "").strip()
        raise Unknown(f"{done}; what came of it is not known: {because}") from None
