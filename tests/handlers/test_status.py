"""``status``: how each service is, as far as it is known; what is away says so and hides nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from bot.runbook import Items, Mark, Tone, minutes
from bot.world import k8s
from bot.world.bot import Paused, TheCatalogue
from handlers.status import Status
from tests.handlers.asked import AWAY, CONFIG, NOW, asked, health, scaling, seen, service, shown, size

CATALOGUE = (TheCatalogue(), CONFIG.catalogue)


def of(name: str, answer: Any) -> tuple[k8s.HealthOf, Any]:
    return k8s.HealthOf(service(name).at("production")), answer


def pod(age: timedelta | None) -> k8s.Pod:
    """One that is not ready, and began so long ago."""
    started = NOW - age if age is not None else None
    return k8s.Pod("p-1", "Running", False, 0, "", started, "it runs, and is not ready yet")


def marks(*answers: Any, words: str = "status") -> tuple[Tone, str, list[tuple[Mark, str]]]:
    report = asked(Status, words).tell(seen(CATALOGUE, *answers))
    items = next(part for part in report.parts if isinstance(part, Items))
    return report.tone, report.title, [(item.mark, item.detail) for item in items.items]


def test_first_it_asks_what_there_is_then_how_each_is() -> None:
    status = asked(Status, "status")
    assert set(status.asks(seen())) == {TheCatalogue(), Paused()}
    assert set(status.asks(seen(CATALOGUE))) == {of(name, None)[0] for name in ("bridge", "aureus-os", "openclaw")}
    assert set(asked(Status, "status bridge").asks(seen(CATALOGUE))) == {of("bridge", None)[0]}


@pytest.mark.parametrize("catalogue", [None, AWAY])
def test_while_it_is_not_known_what_there_is_nothing_is_called_well(catalogue: Any) -> None:
    report = asked(Status, "status").tell(seen((TheCatalogue(), catalogue)))
    assert "being looked at" in report.summary
    assert report.tone is not Tone.GOOD


def test_of_one_service_alone_the_title_says_which() -> None:
    well, ill = health(), health(size(3, ready=0))
    assert marks(of("bridge", well), words="status bridge")[1] == "bridge in production: all well"
    assert marks(of("bridge", ill), words="status bridge")[1] == "bridge in production: in trouble"
    assert marks(words="status bridge")[1] == "bridge in production: still being looked at"


def test_while_one_is_still_asked_the_others_are_shown() -> None:
    tone, title, items = marks(of("bridge", health()), of("aureus-os", health()))
    assert (tone, title) == (Tone.RUNNING, "Production: still being looked at")
    assert items == [(Mark.GOOD, ""), (Mark.GOOD, ""), (Mark.NOW, "being asked")]


def test_one_that_is_away_says_why_and_hides_nothing_else() -> None:
    tone, title, items = marks(of("bridge", health()), of("aureus-os", AWAY), of("openclaw", health()))
    assert (tone, title) == (Tone.WARN, "Production: 1 with trouble")
    assert items == [(Mark.GOOD, ""), (Mark.WARN, AWAY.because), (Mark.GOOD, "")]


@pytest.mark.parametrize(
    ("how", "mark", "detail"),
    [
        (health(size(3)), Mark.GOOD, ""),
        (health(size(3, ready=2)), Mark.WARN, ""),
        (health(size(3, ready=0)), Mark.BAD, ""),
        (health(size(0)), Mark.WARN, ""),
        (health(size(3, ready=0), rolling=True), Mark.NOW, "starting; a rollout is under way"),
        (health(size(3, ready=2), pods=(pod(minutes(2)),)), Mark.NOW, "starting; p-1: it runs, and is not ready yet"),
        (health(size(3, ready=0), pods=(pod(None),)), Mark.NOW, "starting; p-1: it runs, and is not ready yet"),
        (health(size(3, ready=2), pods=(pod(minutes(11)),)), Mark.WARN, "p-1: it runs, and is not ready yet"),
        (health(size(3, ready=0), rolling=True, troubles=("no",)), Mark.BAD, "a rollout is under way; no"),
        (health(size(3), rolling=True), Mark.GOOD, "a rollout is under way"),
        (health(size(3), troubles=("one", "two", "three", "four")), Mark.WARN, "one; two; three"),
    ],
)
def test_a_service_is_marked_by_its_pods_and_its_troubles(how: k8s.Health, mark: Mark, detail: str) -> None:
    assert marks(of("bridge", how), words="status bridge")[2] == [(mark, detail)]


def test_a_cluster_that_is_away_is_no_trouble_of_the_services() -> None:
    away = [of(name, AWAY) for name in ("bridge", "aureus-os", "openclaw")]
    tone, title, items = marks(*away)
    assert (tone, title) == (Tone.WARN, "Production: not known now")
    assert items == [(Mark.WARN, "not known")] * 3
    assert str(asked(Status, "status").tell(seen(CATALOGUE, *away)).parts).count(AWAY.because) == 1, "it is said once"
    assert marks(*away[:2], of("openclaw", health()))[1] == "Production: 2 with trouble"


def test_what_starts_is_in_no_trouble_and_what_is_scaled_to_nothing_says_so() -> None:
    starting, off = health(size(3, ready=1), rolling=True), health(size(0))
    assert marks(of("bridge", starting), words="status bridge")[:2] == (Tone.RUNNING, "bridge in production: starting")
    assert marks(of("bridge", off), words="status bridge")[:2] == (Tone.WARN, "bridge in production: scaled to 0")
    assert "0 of 0" not in shown(asked(Status, "status bridge").tell(seen(CATALOGUE, of("bridge", off))))
    several = of("bridge", starting), of("aureus-os", off), of("openclaw", health(size(3, ready=0)))
    assert marks(*several)[1] == "Production: 1 with trouble, 1 starting, 1 scaled to 0"


@pytest.mark.parametrize(("active", "said"), [(True, "aureus-os-hpa 3–10,"), (False, "aureus-os-hpa 3–10 (off),")])
def test_whose_number_it_is_is_said(active: bool, said: str) -> None:
    owned = health(size(3, autoscaler=scaling("aureus-os", active=active)))
    assert said in shown(asked(Status, "status os").tell(seen(CATALOGUE, of("aureus-os", owned))))


@pytest.mark.parametrize(
    ("paused", "is_said"), [("Dana Weiss: storm", True), ("", False), (AWAY, False), (None, False)]
)
def test_a_pause_is_said(paused: Any, is_said: bool) -> None:
    report = asked(Status, "status bridge").tell(seen(CATALOGUE, of("bridge", health()), (Paused(), paused)))
    assert ("The bot is paused" in shown(report)) is is_said
    title = "bridge in production: all well" + (", and the bot is paused" if is_said else "")
    assert (report.title, report.tone) == (title, Tone.WARN if is_said else Tone.GOOD)
