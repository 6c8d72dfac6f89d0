"""Runs as their events leave them, one for each state in which people see a card; their cards are golden ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain import event as e
from bot.domain.gate import Gate, Seat
from bot.domain.offer import Offer
from bot.domain.person import People, Person
from bot.domain.plan import Act, For, Level, Never, Offers, Plan, Risk, Undo, Wait
from bot.domain.report import Facts, note
from bot.domain.request import Place, Request
from bot.domain.run import Phase, Run
from bot.domain.verb import Met, NotYet, Ticked
from bot.world import k8s
from tests.doors.slack.reports import ANA, AT, DANA

PEOPLE: Final = People(
    [
        Person("ana", "Ana Silva", "ana@aureus.example", frozenset({"team", "on-call"})),
        Person("dana", "Dana Weiss", "dana@aureus.example", frozenset({"team", "on-call-lead"})),
        Person("elif", "Elif Kaya", "elif@aureus.example", frozenset({"team", "engineering-manager"})),
        Person("ivan", "Ivan Costa", "ivan@aureus.example", frozenset({"cto"})),
    ]
)
BRIDGE, OS = k8s.Deployment("aureus", "aureus-bridge"), k8s.Deployment("aureus", "aureus-os")
SCALER: Final = k8s.Autoscaler("aureus", "aureus-os")

SCALE: Final = Plan(
    "Scale bridge from 3 to 5",
    Risk(Level.LOW, "between the baseline (3) and twice of it"),
    (
        Act(
            k8s.SetReplicas(BRIDGE, 5), k8s.Ready(BRIDGE, 5), Undo(k8s.SetReplicas(BRIDGE, 3), k8s.Ready(BRIDGE, 3)),
            name="scale",
        ),
    ),
    shows=(Facts((("Now", "3 replicas, 3 ready"), ("Then", "5 replicas"), ("Room on the nodes", "for 11 more"))),),
)  # fmt: skip
HOLD: Final = Plan(
    "Hold aureus-os at 7 or more for 2 h",
    Risk(Level.MEDIUM, "more than twice the baseline (3)"),
    (
        Act(
            k8s.SetLeast(SCALER, 7), k8s.LeastIs(SCALER, OS, 7),
            Undo(k8s.SetLeast(SCALER, 3), k8s.LeastIs(SCALER, OS, 3)), name="hold", lasts=For(timedelta(hours=2)),
        ),
    ),
    shows=(note("At its end the old minimum is put back by itself, also after a restart."),),
)  # fmt: skip
LONG: Final = Plan(
    "Restart bridge, with a look between",
    Risk(Level.HIGH, "nothing is signed while it restarts", frozenset({"security"})),
    (
        Act(k8s.Restart(BRIDGE, "r-1"), k8s.RolledOut(BRIDGE, "r-1"), Never("new pods stay new"), name="restart"),
        Wait(Ticked("approvals are signed again", frozenset({"on-call"})), name="look"),
        SCALE.steps[0],
    ),
)
OWN: Final = Gate((Seat(frozenset({"on-call"}), own=True, people=frozenset({"ana"})),))
TWO: Final = Gate(
    (
        Seat(frozenset({"engineering-manager", "on-call-lead"}), people=frozenset({"dana", "elif"})),
        Seat(frozenset({"cto"}), people=frozenset({"ivan"})),
    )
)


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def asked(words: str) -> Run:
    return Run.born(e.Requested(AT, ANA, request=Request("slack:1", words, ANA, AT, place=Place("CONCALL"))))


def folded(run: Run, *events: e.Event) -> Run:
    for event in events:
        run = run.after(event)
    return run


def planned(plan: Plan, gate: Gate, words: str) -> Run:
    digest = plan.digest(words, gate.signed)
    return folded(
        asked(words), e.Planned(after(1), plan=plan, gate=gate, digest=digest, command=words.partition(" ")[0])
    )


def agreed(run: Run, *ids: str) -> Run:
    people = [person for id_ in ids if (person := PEOPLE.get(id_)) is not None]
    assert len(people) == len(ids)
    return folded(run, *(e.Agreed(after(60), one.who, digest=run.digest, roles=one.roles) for one in people))


def begun(run: Run, step: str) -> Run:
    return folded(run, e.Opened(after(61)), e.Started(after(62), step=step), e.Made(after(63), step=step))


def passed(step: str, said: str, back: bool = False) -> e.Event:
    return e.Passed(after(100), step=step, back=back, answers=(Met(said),))


def looked(step: str, *said: str, back: bool = False) -> e.Event:
    return e.Looked(after(80), step=step, back=back, answers=tuple(NotYet(words) for words in said))


_CONFIRM: Final = planned(SCALE, OWN, "scale bridge 5 because the queue of signatures grows")
_TWO: Final = planned(LONG, TWO, "restart bridge because its certificates were replaced")
_DOING: Final = begun(agreed(_CONFIRM, "ana"), "scale")
_DONE: Final = folded(_DOING, passed("scale", "5 of 5 pods ready"), e.Ended(after(104), how="done"))
_LONG: Final = begun(agreed(_TWO, "elif", "ivan"), "restart")
_HELD: Final = folded(
    begun(agreed(planned(HOLD, OWN, "scale aureus-os 7 hold"), "ana"), "hold"),
    passed("hold", "minimum 7, 7 pods ready"),
    e.Ended(after(104), how="done"),
)
_BROKEN: Final = e.Failed(after(90), step="scale", because="2 of 5 pods are not ready: ImagePullBackOff")

RUNS: Final[dict[str, Run]] = {
    "choosing": folded(
        asked("scale aureus-os 7"),
        e.Offered(
            after(1),
            offers=Offers(
                "The autoscaler aureus-os (3–9) owns the number of aureus-os: a plain scale lasts until its next look.",
                (
                    Offer("Hold 7 for 2 h", "scale aureus-os 7 hold for 2h"),
                    Offer("Set it once", "scale aureus-os 7 once"),
                ),
                (Facts((("Now", "3 replicas, 3 ready"), ("Then", "7 replicas"))),),
            ),
        ),
    ),
    "confirm": _CONFIRM,
    "agree-two": _TWO,
    "agree-one-of-two": agreed(_TWO, "elif"),
    "drifted": folded(
        agreed(_CONFIRM, "ana"),
        e.Drifted(after(61), was=_CONFIRM.digest),
        e.Planned(after(62), plan=SCALE, gate=OWN, digest=_CONFIRM.digest, command="scale"),
    ),
    "doing": folded(_DOING, looked("scale", "3 of 5 pods ready; aureus-bridge-7c9f and 1 more: ContainerCreating")),
    "doing-tick": folded(_LONG, passed("restart", "3 of 3 pods replaced"), e.Started(after(101), step="look")),
    "cancelling": folded(_DOING, e.Cancelled(after(70), DANA)),
    "asking": folded(
        _DOING,
        e.Cancelled(after(70), DANA),
        passed("scale", "5 of 5 pods ready"),
        e.Asked(after(105), because="Dana Weiss stopped it"),
    ),
    "undoing": folded(
        _DOING,
        _BROKEN,
        e.Started(after(91), step="scale", back=True),
        e.Made(after(92), step="scale", back=True),
        looked("scale", "4 pods, 1 too many", back=True),
    ),
    "put-back": folded(
        _DOING,
        _BROKEN,
        e.Started(after(91), step="scale", back=True),
        e.Made(after(92), step="scale", back=True),
        passed("scale", "3 of 3 pods ready", back=True),
        e.Ended(after(104), how="put back", because="2 of 5 pods are not ready: ImagePullBackOff"),
    ),
    "failed": folded(
        _LONG,
        e.Failed(after(90), step="restart", because="the new pods crash: exit code 1"),
        e.Ended(after(104), how="failed", because="the new pods crash: exit code 1"),
    ),
    "standing": _HELD,
    "done": _DONE,
    "done-taken-back": folded(
        _DONE, e.Settled(after(300), DANA, steps=frozenset({"scale"}), case="r-9fqkb8k5", back=True)
    ),
    "away": folded(
        agreed(_CONFIRM, "ana"), e.Postponed(after(62), because="the cluster gives no answer", until=after(67))
    ),
    "expired": folded(_TWO, e.Ended(after(3700), how="expired")),
    "declined": folded(_TWO, e.Declined(after(30), DANA, because="not during the audit")),
    "cancelled": folded(_CONFIRM, e.Cancelled(after(30), ANA)),
}  # fmt: skip

#: Which phase each is in: a card that is not of the state that its name says would be of little use.
PHASES: Final[dict[Phase, Sequence[str]]] = {
    Phase.CHOOSING: ("choosing",),
    Phase.WAITING: ("confirm", "agree-two", "agree-one-of-two", "drifted"),
    Phase.AGREED: ("away",),
    Phase.DOING: ("doing", "doing-tick", "cancelling"),
    Phase.ASKING: ("asking",),
    Phase.UNDOING: ("undoing",),
    Phase.STANDING: ("standing",),
    Phase.OVER: ("put-back", "failed", "done", "done-taken-back", "expired", "declined", "cancelled"),
}
