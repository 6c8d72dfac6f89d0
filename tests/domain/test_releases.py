"""What earlier releases stored can still be read: plans wait for days, and outlive the code that made them."""

import os
from datetime import timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bot import __version__
from bot.domain import event as e
from bot.domain import incident_event as i
from bot.domain.alert import Alert, Gone, Group, NoPage, NoteTold, PageTold, Severity, Vain
from bot.domain.incident import Incident
from bot.domain.offer import Choice, Choices, Look, Offer
from bot.domain.plan import For, Level, Offers, OrElse, Plan, Risk, Settles, Through, Undo, Wait
from bot.domain.record import all_records, dump, load
from bot.domain.report import Facts, Item, Items, Mark, Mention, Moment, Quote, Report, Table, Tone, note, text
from bot.domain.request import Notice, Place
from bot.domain.run import Run
from bot.domain.verb import At, Broken, Change, Check, Met, NotYet, Shown, Stays, Ticked, Told
from bot.world import alertmanager, bot, incidents, k8s, pagerduty
from tests.domain.toy import ANA, ELIF, MANAGER, NOW, act, plan, request

FOLDER = Path(__file__).parent / "releases"
BRIDGE = k8s.Deployment("aureus", "aureus-bridge")
HPA = k8s.Autoscaler("aureus", "aureus-os-hpa")
ALERT = Alert(
    "703b41c64a3f77c2", "ServiceDown", NOW, {"job": "bridge"}, "down", "d", "https://r.example", "https://p.example"
)


def a_plan() -> Plan:
    """One with everything that a plan can hold."""
    scale = act(lasts=For(timedelta(hours=2)))
    waits = Wait(
        (At(NOW), Stays(k8s.Ready(BRIDGE, 5), timedelta(minutes=30)), Ticked("looked at it"), Told("the ticket")),
        name="wait",
        within=timedelta(hours=1),
    )
    changes = (
        k8s.SetReplicas(BRIDGE, 5),
        k8s.SetLeast(HPA, 5),
        k8s.Restart(BRIDGE, "r-1"),
        k8s.SetTemplate(BRIDGE, "5d4f8c7b9"),
        bot.SetPaused(True, "storm"),
        incidents.Take("i-1", ANA),
        incidents.Release("i-1", "b"),
        incidents.Call("i-1", frozenset({"cto"}), (ELIF,), "b", "r-1"),
        incidents.Assess("i-1", Severity.P1, ANA, "b"),
        incidents.Assess("i-1", Severity.P1, ANA, "b", "r-1", "r-0"),
        incidents.WriteDown("i-1", ANA, "w", "r-1"),
        incidents.WriteDown("i-1", ANA, "w", "r-1", NOW),
        incidents.WriteUp("i-1", ANA, "r-1"),
        incidents.WriteUp("i-1", ANA, "r-1", "b"),
        incidents.End("i-1", ANA, "b"),
        incidents.End("i-1", ANA, "b", NOW),
        pagerduty.Acknowledge("P1", "ana@aureus.example", "PANA001"),
        pagerduty.Resolve("P1", ""),
        pagerduty.Resolve("P1", "", "i-1", NOW),
        pagerduty.EscalateTo("P1", "", 2),
        pagerduty.Assign("P1", "", frozenset({"PANA001"})),
        pagerduty.Release("P1", ""),
        pagerduty.Note("P1", "", "w"),
        alertmanager.End((ALERT,)),
        alertmanager.End((ALERT,), "i-1", NOW),
    )
    checks = (
        k8s.Ready(BRIDGE, 5),
        k8s.LeastIs(HPA, BRIDGE, 5),
        k8s.RolledOut(BRIDGE, "r-1"),
        k8s.TemplateIs(BRIDGE, "5d4f8c7b9"),
        bot.PausedIs(True),
        Shown(pagerduty.Resolve("P1", "")),
        pagerduty.Held("P1", "PANA001", "Ana"),
        alertmanager.Ended((ALERT,)),
        alertmanager.Ended((ALERT,), "i-1", NOW),
    )
    many = act("many", lasts=Through("wait"), or_else=OrElse.ASK)
    back = Undo(changes, checks, Risk(Level.LOW, "it is little"))
    more = type(many)(changes, checks, back, name="many", lasts=Through("wait"), or_else=OrElse.ASK)
    made = plan(scale, more, waits, act("never", "c", forever=True), act("once", "d", once=True))
    return Plan(
        made.title,
        made.risk,
        made.steps,
        relies=(HPA, 3, None),
        shows=(
            text("a"),
            Facts((("Now", "3"), ("Who", Mention(ANA)))),
            Items((Item(Mark.GOOD, text("b"), "c"), Item(Mark.PLAIN, text("d")))),
            Table(("x",), (("1",),)),
            Quote("q"),
            note("n", Moment(NOW)),
        ),
        claims=frozenset({"deployment aureus/aureus-bridge"}),
        settles=(Settles("r-0", frozenset({"one"})),),
        covered_by="r-0",
        then=("status",),
        offers=(Offer("Set it to 2 instead", "turn a 2"),),
    )


def events() -> list[e.Event]:
    """One of every kind."""
    offers = Offers("choose", (Offer("One", "turn a 1", "Why?", Look.GOOD),))
    choices = Choices("Which?", (Choice("One", "1"), Choice("Two", "2")), "2")
    form = Offer("Turn", "turn a", "Why?", choices=choices, before="because", optional=True)
    seen = (Met("5 of 5"), NotYet("4 of 5"), Broken("gone"))
    return [
        e.Requested(
            NOW,
            ANA,
            request=request(of="r-0").__class__("k", "w", ANA, NOW, "slack", Place("C1", "1.0", "https://x.example")),
        ),
        e.Refined(NOW, ANA, words="turn a 1"),
        e.Offered(NOW, offers=offers),
        e.Planned(NOW, plan=a_plan(), gate=MANAGER, digest="0" * 64, command="scale"),
        e.Agreed(NOW, ELIF, digest="0" * 64, roles=frozenset({"engineering-manager"})),
        e.Declined(NOW, ELIF, because="no"),
        e.Drifted(NOW, was="0" * 64),
        e.Postponed(NOW, because="away", until=NOW),
        e.Opened(NOW),
        e.Started(NOW, step="one", back=True, attempt=2),
        e.Made(NOW, step="one"),
        e.Looked(NOW, step="one", answers=seen),
        e.Passed(NOW, step="one", answers=seen[:1]),
        e.Failed(NOW, step="one", because="broke"),
        e.TickedOff(NOW, ANA, step="wait", check=2, words="yes"),
        e.Cancelled(NOW, ANA),
        e.Asked(NOW, because="what now"),
        e.Answered(NOW, ANA, choice="keep"),
        e.Stumbled(NOW, token="abcd"),
        e.Settled(NOW, ANA, steps=frozenset({"one"}), case="r-2", back=False),
        e.Begotten(NOW, ANA, case="r-3", words="status"),
        e.Ended(NOW, how="done", because="b", hint="h", again=False),
        e.AnsweredWith(NOW, report=Report("s", "t", Tone.GOOD, (text("x"),), offers.offers), private=True),
        e.Offered(NOW, offers=Offers("choose", (form,))),
    ]


def happenings() -> list[e.Event]:
    """One of every kind that can happen to an incident."""
    place = Place("#aureus-alerts")
    rung = i.Rung(NOW, frozenset({"secondary"}), "nobody has it", 2, True)
    return [
        i.Fired(
            NOW,
            key="0" * 64,
            source="alertmanager",
            title="t",
            service="bridge",
            alerts=(ALERT,),
            places=(place,),
            received=NOW,
        ),
        i.Fired(NOW, key="0" * 64, title="t", alerts=(ALERT,), before=i.Before("i-1", ANA, "PagerDuty", NOW)),
        i.Cleared(NOW, alerts=frozenset({"703b41c64a3f77c2"})),
        i.Assessed(NOW, ANA, severity=Severity.P0, because="b", security=True, rungs=(rung,), places=(place,)),
        i.Assessed(NOW, ANA, severity=Severity.P0, run="r-1", takes_back="r-0"),
        i.Paged(NOW, id="P1", number=1, url="https://p.example"),
        i.Paged(NOW, id="P1", number=1, url="https://p.example", created=NOW),
        i.Unpaged(NOW, because="b"),
        i.Missed(NOW),
        i.Acknowledged(NOW, ANA, via="PagerDuty", since=NOW),
        i.Released(NOW, ANA, because="b", rungs=(rung,), since=NOW),
        i.Climbed(NOW, rung=1, case="r-1"),
        i.Escalated(NOW, roles=frozenset({"cto"}), people=(ELIF,), because="b", run="r-1"),
        i.Nudged(NOW, until=NOW),
        i.Noted(NOW, ANA, words="w"),
        i.Noted(NOW, ANA, words="w", run="r-1", said=NOW),
        i.Resolved(NOW, ANA, via="PagerDuty", because="b", since=NOW),
        i.Reopened(NOW, ANA, via="PagerDuty", because="b", since=NOW, rungs=(rung,)),
        i.Written(NOW, ANA, review=NOW, run="r-1"),
        i.Written(NOW, ANA, review=NOW, run="r-1", replaces=NOW, because="b"),
        i.Reminded(NOW),
        i.Noted(NOW, ANA, words="w", run="note P1", said=NOW, via="PagerDuty"),
        i.Retold(NOW, alerts=(ALERT,)),
        i.Retold(NOW, alerts=(ALERT,), received=NOW),
    ]


def notices() -> list[Notice]:
    """One of every kind that is told: it is in the inbox until something was made of it."""
    told: tuple[Group | PageTold | NoteTold | Gone | NoPage | Vain, ...] = (
        Group("{}:{}", "aureus", (ALERT,), (ALERT,), 2, {"alertname": "ServiceDown"}, "https://a.example"),
        PageTold("incident.acknowledged", "P1", 1, "https://p.example", "acknowledged", "t", "0" * 64, NOW, NOW,
                 "PANA001", "Ana", "high"),
        Gone("i-1", frozenset({"703b41c64a3f77c2"})),
        NoPage("i-1"),
        Vain("PagerDuty", "It says nothing of how an incident stands.", "event id: 01"),
        NoteTold("PN", "P1", "w", NOW, "PANA001", "Ana", True),
    )  # fmt: skip
    return [Notice(f"k{number}", NOW, each) for number, each in enumerate(told)]


def test_whatever_can_be_told_is_among_the_samples() -> None:
    told = get_type_hints(Notice)["tells"]
    assert {type(notice.tells) for notice in notices()} == set(get_args(told))


def test_every_kind_of_event_is_among_the_samples() -> None:
    assert {type(event) for event in (*events(), *happenings())} == set(e.Event.__subclasses__())


def test_every_change_and_every_check_is_among_the_samples() -> None:
    """A verb is stored in the plan that names it."""
    stored = dump(a_plan())
    verbs = [
        name
        for name, cls in all_records().items()
        if issubclass(cls, Change | Check) and cls.__module__.startswith("bot.")
    ]
    assert [name for name in verbs if f'"@":"{name}"' not in stored] == []


def test_this_release_stores_its_records_as_it_did_when_it_was_made() -> None:
    """A difference is a change of what is stored: give the new field a default, or raise the version."""
    path = FOLDER / f"{__version__}.jsonl"
    lines = [dump(each) for each in (*events(), *happenings(), *notices())]
    if os.environ.get("AUREUS_RECORDS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    assert path.read_text().splitlines() == lines


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_what_a_release_stored_is_still_read(path: Path) -> None:
    loaded = [load(line) for line in path.read_text().splitlines()]
    assert all(isinstance(each, e.Event | Notice) for each in loaded)
    assert Run.born(loaded[0]).request.who == ANA
    fired = next((event for event in loaded if isinstance(event, i.Fired)), None)
    assert fired is None or Incident.born(fired).alerts
