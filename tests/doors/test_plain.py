"""Reports at a terminal."""

from datetime import timedelta, timezone

import pytest

from bot.domain.offer import Choice, Choices, Offer
from bot.domain.person import Who
from bot.domain.report import (
    Document,
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
    Tone,
    note,
    text,
)
from bot.doors.plain import MARKS, TONES, plain
from tests.doors.slack.reports import AT, HOSTILE, REPORTS, RUNNING, WAITING

CARD = """\
SCALE BRIDGE FROM 3 TO 5
… Waiting

Waits for Ana Silva to confirm, until 10:30 UTC.

│ the queue of signatures grows

Replicas             3 → 5
Owner of the number  nobody; no HPA owns aureus-bridge
Room on the nodes    for 11 more pods
Risk                 low – between baseline and twice of it

  · to do     Needs the confirmation of Ana Silva

  · to do     Run 5 replicas of aureus-bridge, ready within 5 minutes

  Way back: run 3 replicas of aureus-bridge.

  r-0f3k9a2m · asked by Ana Silva at 10:30 UTC · plan 3f9c01ab

  [Confirm]  agree r-0f3k9a2m 3f9c01ab
  [Decline]  decline r-0f3k9a2m because …  (Why not?)
  [Cancel]  cancel r-0f3k9a2m"""


def test_a_card_reads_as_text() -> None:
    assert plain(WAITING) == CARD


def test_each_state_has_a_sign_and_a_word_of_its_own() -> None:
    drawn = plain(RUNNING)
    for shown in ("✓ good", "! warning", "▸ now", "· to do"):
        assert shown in drawn
    assert len(set(MARKS.values())) == len(Mark)
    assert len(set(TONES.values())) == len(Tone)


def test_a_digest_is_as_long_as_it_has_to_be_typed() -> None:
    offer = Offer("Approve", f"agree r-0f3k9a2m 3f9c01ab{'0' * 56}")
    assert plain(Report("Wait.", offers=(offer,))).splitlines()[-1] == "  [Approve]  agree r-0f3k9a2m 3f9c01ab"


def test_a_list_without_states_has_no_words_for_them() -> None:
    plain_ones = (Item(Mark.PLAIN, text("one")), Item(Mark.PLAIN, text("two")))
    assert plain(Report("All.", parts=(Items(plain_ones),))).splitlines()[-2:] == ["  • one", "  • two"]
    mixed = Report("All.", parts=(Items((*plain_ones, Item(Mark.BACK, text("three")))),))
    assert plain(mixed).splitlines()[-2:] == ["  •           two", "  ↩ put back  three"]


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "hostile"])
def test_only_an_address_may_be_wider_than_the_terminal(name: str) -> None:
    lines = plain(REPORTS[name], 60).splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= 60


def test_long_details_hang_below_their_item() -> None:
    first, second = plain(Report("", parts=(Items((Item(Mark.NOW, text("Step"), "word " * 20),)),))).splitlines()
    assert first.startswith("  ▸ now       Step – word")
    assert second.startswith("              word")


def test_a_terminal_is_not_moved_by_outside_text() -> None:
    drawn = plain(HOSTILE)
    assert all(each == "\n" or each.isprintable() for each in drawn)


def test_times_are_of_the_zone_that_is_asked_for() -> None:
    east = timezone(timedelta(hours=2), "EET")
    assert plain(Report("", parts=(text(Moment(AT)),)), zone=east) == "12:30 EET"
    assert plain(Report("", parts=(text(Moment(AT, date=True)),))) == "24 Nov 2026 10:30 UTC"


def test_a_table_is_aligned_by_the_columns_that_its_words_take() -> None:
    table = Table(("name", "at"), (("橋", "1"), ("bridge", "2")))
    assert plain(Report("", parts=(table,))) == "name    at\n──────  ──\n橋      1\nbridge  2"


def test_the_cells_of_a_wide_table_are_cut_until_it_fits() -> None:
    table = Table(("a", "b", "c"), (("x" * 50, "y" * 50, "z" * 50),))
    lines = plain(Report("", parts=(table,)), 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert "…" in lines[-1]


def test_an_empty_table_is_its_header() -> None:
    assert plain(Report("", parts=(Table(("a",), ()),))) == "a\n─"
    assert plain(Report("", parts=(Table((), ()),))) == ""


def test_a_link_shows_its_address_once() -> None:
    both = text(Link("board", "https://a.example"), " ", Link("https://a.example", "https://a.example"))
    assert plain(Report("", parts=(both,))) == "board (https://a.example) https://a.example"


def test_a_report_without_parts_is_its_summary() -> None:
    assert plain(Report("Bridge runs 5 replicas already.", tone=Tone.GOOD)) == (
        "✓ Good\n\nBridge runs 5 replicas already."
    )
    assert plain(Report("Runs", "Runs")) == "RUNS"


def test_lines_of_a_log_stay_as_they_are() -> None:
    assert plain(Report("", parts=(Quote("one\n  two"), note(Mention(Who("a", "Ana"))), Facts(())))) == (
        "│ one\n│   two\n\n  Ana"
    )


def test_a_document_is_shown_with_its_name_and_its_lines() -> None:
    assert plain(Report("", parts=(Document("a-1.md", "What happened", "# A\n\nIt was."),))) == (
        "What happened (a-1.md)\n│ # A\n│ \n│ It was."
    )


def test_what_can_be_chosen_is_listed_below_the_words_that_it_completes() -> None:
    choices = Choices("Who is called?", (Choice("secondary: Ben", "to secondary"), Choice("CTO: Ivan", "to cto")))
    offers = (
        Offer("Escalate", "escalate i-1", "Why?", choices=choices, before="because"),
        Offer("Severity", "severity i-1", choices=Choices("How bad is it?", (Choice("P0, critical", "p0"),))),
        Offer("Note", "note i-1", "What?", optional=True),
    )
    assert plain(Report("", offers=offers)).splitlines() == [
        "  [Escalate]  escalate i-1 … because …  (Why?)",
        "      Who is called?",
        "      to secondary  secondary: Ben",
        "      to cto        CTO: Ivan",
        "  [Severity]  severity i-1 …",
        "      How bad is it?",
        "      p0  P0, critical",
        "  [Note]  note i-1 …  (What? It may be left out.)",
    ]
