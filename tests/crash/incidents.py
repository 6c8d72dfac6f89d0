"""Scenes of an incident: an alert that is told to a bot that dies, and what people make of it then."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import count

from bot.runbook import Handler
from sandbox.alertmanager.alertmanager import Posted
from sandbox.alertmanager.faults import Fault as Blind
from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.crash.rounds import Round, Scene
from tests.crash.stage import ALERTS
from tests.everyone import BECAUSE, asker, example_of, trouble

_ID = re.compile(r"\bi-\w{8}\b")
_numbers = count(1)
#: Whom the clock calls for it: else it is a race whether that is still so when it is taken back.
_CALLS = {"severity": "Called Ana Silva: it is P1."}


async def _burns(now: Round, severity: str = "warning") -> Posted:
    """Another alert fires; wait for its incident, here and in PagerDuty."""
    world = now.stage.world
    # It has waited long enough to be told of at once.
    alert = trouble(f"Trouble{next(_numbers)}", world.clock.now() - timedelta(seconds=5))
    alert = replace(alert, labels={**alert.labels, "severity": severity})
    world.alertmanager.post([alert])
    card = now.card("", ALERTS)
    shown = await now.stage.until(lambda: _linked(card()), "a card that has its incident of PagerDuty")
    now.incident = _ID.findall(shown.words)[0]
    await now.stage.until(lambda: any("An alert fires" in one.text for one in now.messages), "its timeline")
    return alert


def _linked(card: Seen | None) -> Seen | None:
    return card if card is not None and "*PagerDuty*" in card else None


async def _known(now: Round) -> None:
    await _burns(now)
    await now.stage.quiet()


def scene_of_an_incident(handler: type[Handler], *before: str) -> Scene:
    """A runbook that acts on an incident, made from its class: its example, of an incident that there is.

    ``before``: what somebody said about it earlier.
    """
    who = asker(handler).id

    async def begin(now: Round) -> None:
        await _known(now)
        for words in before:
            await now.stage.says(who, f"{words} {now.incident}")
            await now.shows("", ": Done")
            await now.stage.quiet()
        if now.pages[0].status == "resolved":
            await now.stage.until(lambda: any("The document of" in one.text for one in now.messages), "its document")
        now.since = max(one.ts for one in now.stage.messages())

    async def play(now: Round) -> None:
        words = example_of(handler, {"i-": now.incident})
        if now.incident not in words:  # those of earlier rounds are open, too
            words = f"{handler.command} {now.incident}{words.removeprefix(handler.command)}"
        # Else it is a race who writes down first what was done: the bot that did it, or others that tell of it.
        world = now.stage.world
        world.account.faults.add(Fault("webhooks-held"))
        world.alertmanager.faults.switch(Blind.BLIND, on=True)
        await now.stage.says(who, f"{words} {BECAUSE}")
        await now.all_agree(who)
        await now.shows("", ": Done")
        world.account.faults.heal("webhooks-held")
        world.alertmanager.faults.switch(Blind.BLIND, on=False)
        if (card := now.card("")()) is not None and "Undo" in card.buttons:
            called = _CALLS.get(handler.command, "")
            await now.stage.until(lambda: any(called in one.text for one in now.messages), called)
            await now.stage.quiet()
            await now.undoes(who, "")

    return Scene(handler.command, play, begin)


async def _an_alert_comes_and_goes(now: Round) -> None:
    alert = await _burns(now, "critical")
    world, card = now.stage.world, now.card("", ALERTS)
    await now.stage.until(lambda: any("Ana Silva" in one.text for one in now.messages if one.thread_ts), "a call")
    await now.stage.quiet()
    world.alertmanager.post([replace(alert, ends_at=world.clock.now())])
    world.clock.move(timedelta(seconds=10))  # it tells of one group no oftener
    await now.stage.until(lambda: (shown := card()) is not None and "Resolved" in shown.text, "it is over")


#: No handler: what the bot makes of an alert by itself, from the webhook to the end.
ALERT = Scene("", _an_alert_comes_and_goes)


async def _somebody_resolves_it_in_pagerduty(now: Round) -> None:
    world, card = now.stage.world, now.card("", ALERTS)
    page = now.pages[0]
    world.account.life.resolve(page, by=world.account.person("ana").agent, channel={"type": "website"})
    await now.stage.until(lambda: (shown := card()) is not None and "Resolved by Ana Silva" in shown.text, "it is over")
    name = page.title
    await now.stage.until(lambda: not any(one.labels["alertname"] in name for one in world.alertmanager.alerts()), name)


#: What is told once must be carried on, whenever the bot dies: the Alertmanager hears of it from the bot alone.
RESOLVED = Scene("", _somebody_resolves_it_in_pagerduty, _known)
