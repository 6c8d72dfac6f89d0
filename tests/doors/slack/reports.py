"""Reports as the bot says them, for the tests of how they are drawn."""

from datetime import UTC, datetime

from bot.domain.offer import Look, Offer
from bot.domain.person import Who
from bot.domain.report import (
    Bold,
    Code,
    Facts,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Moment,
    Quote,
    Report,
    Table,
    Text,
    Tone,
    note,
    text,
)

CASE = "r-0f3k9a2m"
AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
ANA, DANA = Who("ana", "Ana Silva"), Who("dana", "Dana Weiss")
ACCOUNTS = {"ana": "UANA", "dana": "UDANA"}

WAITING = Report(
    "Scale bridge from 3 to 5: waits for Ana Silva to confirm, until 10:30 UTC.",
    "Scale bridge from 3 to 5",
    Tone.WAITING,
    (
        text("Waits for Ana Silva to confirm, until ", Moment(AT), "."),
        Quote("the queue of signatures grows"),
        Facts(
            (
                ("Replicas", "3 → 5"),
                ("Owner of the number", text("nobody; no HPA owns ", Code("aureus-bridge"))),
                ("Room on the nodes", "for 11 more pods"),
                ("Risk", text(Bold("low"), " – between baseline and twice of it")),
            )
        ),
        Items((Item(Mark.TO_DO, text("Needs the confirmation of ", Mention(ANA))),)),
        Items((Item(Mark.TO_DO, text("Run 5 replicas of aureus-bridge, ready within 5 minutes")),)),
        note("Way back: run 3 replicas of aureus-bridge."),
        note(Code(CASE), " · asked by Ana Silva at ", Moment(AT), " · plan ", Code("3f9c01ab")),
    ),
    (
        Offer("Confirm", f"agree {CASE} 3f9c01ab", look=Look.GOOD),
        Offer("Decline", f"decline {CASE} because", asks="Why not?", look=Look.DANGER),
        Offer("Cancel", f"cancel {CASE}"),
    ),
)

RUNNING = Report(
    "Deploy bridge 2.4.1: under way.",
    "Deploy bridge 2.4.1",
    Tone.RUNNING,
    (
        text("Under way."),
        Items(
            (
                Item(Mark.GOOD, text("Take a safety copy"), "revision 41"),
                Item(Mark.WARN, text("Ask the smoke test"), "it took 12 s"),
                Item(
                    Mark.NOW, text("Set the image to ", Code("2.4.1")), "2 of 3 pods ready; aureus-bridge-7c: Pulling"
                ),
                Item(Mark.TO_DO, text("Watch errors for 30 minutes")),
            )
        ),
        note(Code(CASE)),
    ),
    (Offer("Cancel", f"cancel {CASE}"),),
)

DONE = Report(
    "Scale bridge from 3 to 5: done in 42 s.",
    "Scale bridge from 3 to 5",
    Tone.GOOD,
    (
        text("Done in 42 s."),
        Items((Item(Mark.GOOD, text("Run 5 replicas of aureus-bridge"), "5 of 5 pods ready"),)),
        note(Code(CASE), " · agreed by Dana Weiss"),
    ),
    (Offer("Undo", f"undo {CASE}"),),
)

REFUSED = Report(
    "There is no service called brigde. Did you mean bridge? Nothing was changed.",
    tone=Tone.WARN,
    parts=(text("There is no service called brigde."), text("Did you mean bridge? Nothing was changed.")),
)

LINE = Report(
    "r-0f3k9a2m: Dana Weiss Ana Silva asks for your agreement.",
    parts=(text(Mention(DANA, ping=True), " Ana Silva asks for your agreement."),),
)

RUNS = Report(
    "2 runs of today.",
    "Runs",
    parts=(
        Table(
            ("Run", "What", "Who", "How"),
            ((CASE, "scale bridge 5", "Ana Silva", "done"), ("r-1", "restart openclaw", "Ben Okafor", "")),
        ),
        text("See ", Link("the board", "https://grafana.aureus.example/d/bridge?from=now-1h&to=now"), "."),
    ),
)

EVIL = "<!channel> <@UANA> @here *bold* _it_ ~no~ `code` :x: <https://evil.example|bank> & \x1b[31m\u202e"
HOSTILE = Report(
    f"{EVIL} {'long ' * 400}",
    f"{EVIL} {'title ' * 60}",
    Tone.BAD,
    (
        text(EVIL, Bold(EVIL), Code(EVIL), Link(EVIL, "javascript:alert(1)"), Mention(Who("evil", EVIL), ping=True)),
        text("long " * 2000),
        Facts(tuple((f"{EVIL} {at}", f"{EVIL} {'value ' * 200}") for at in range(12))),
        Items(tuple(Item(Mark.BAD, text(f"{EVIL}\nline {at}"), f"{EVIL}\n✅ approved") for at in range(3))),
        Quote(f"{EVIL}\n" + "line of a log\n" * 20),
        note(EVIL),
    ),
    tuple(Offer(f"{EVIL} {at}", f"{EVIL} {at}", asks=f"a|b {EVIL}" if at % 2 else "") for at in range(27)),
)

REPORTS = {
    "waiting": WAITING,
    "running": RUNNING,
    "done": DONE,
    "refused": REFUSED,
    "line": LINE,
    "runs": RUNS,
    "hostile": HOSTILE,
}


def paragraph(words: str) -> Report:
    return Report(words, parts=(Text((words,)),))
