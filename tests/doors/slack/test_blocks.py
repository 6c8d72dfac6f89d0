"""How reports become Block Kit."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.offer import Look, Offer
from bot.domain.person import Who
from bot.domain.report import (
    Bold,
    Code,
    Document,
    Facts,
    Inline,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Moment,
    Part,
    Quote,
    Report,
    Table,
    Text,
    Tone,
    note,
    text,
)
from bot.doors.slack.blocks import reaches, render
from sandbox.slack.block_kit import check_message, check_view
from tests.doors.slack.reports import ACCOUNTS, ANA, AT, CASE, DANA, EVIL, HOSTILE, LINE, REFUSED, WAITING, paragraph

Json = dict[str, Any]


def drawn(*parts: Part, **more: Any) -> list[Json]:
    return render(Report("A summary.", parts=parts), case=CASE, **more).blocks


def every(part: Any) -> Iterator[Json]:
    """Each object within blocks."""
    if isinstance(part, dict):
        yield part
        for inside in part.values():
            yield from every(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from every(inside)


def of(kind: str, blocks: list[Json]) -> list[Json]:
    return [each for each in every(blocks) if each.get("type") == kind]


def words(blocks: list[Json]) -> str:
    return "".join(each["text"] for each in every(blocks) if isinstance(each.get("text"), str))


# What outside text cannot do


def test_outside_text_pings_nobody() -> None:
    message = render(HOSTILE, case=CASE, accounts=ACCOUNTS)
    assert of("user", message.blocks) == []
    assert of("broadcast", message.blocks) == []
    for each in of("mrkdwn", message.blocks):
        assert not re.search(r"<[@!#](?!date\^)", each["text"])
        assert each["verbatim"] is True
    assert "<" not in message.text
    assert "@here" not in message.text


def test_what_could_format_is_said_in_plain_text_and_stays_as_it_is() -> None:
    for value in ("*bold*", "__init__", "~x~", "a `b` c", ":x: no", "> quoted", "5 * 3"):
        (section,) = drawn(Facts((("Label", value),)))
        assert section["fields"] == [{"type": "plain_text", "text": f"Label\n{value}", "emoji": False}]


def test_marks_within_a_word_are_harmless() -> None:
    (section,) = drawn(Facts((("Metric", "bridge_errors_total"),)))
    assert section["fields"][0] == {"type": "mrkdwn", "text": "*Metric*\nbridge_errors_total", "verbatim": True}


def test_angle_brackets_and_ampersands_are_escaped_in_mrkdwn() -> None:
    (section,) = drawn(Facts((("Label", "a < b & <!channel>"),)))
    assert section["fields"][0]["text"] == "*Label*\na &lt; b &amp; &lt;!channel&gt;"


def test_bold_that_touches_a_word_would_show_its_asterisks_so_it_is_plain() -> None:
    (section,) = drawn(Facts((("Label", text("pre", Bold("fix"))),)))
    assert section["fields"][0]["type"] == "plain_text"


def test_a_link_that_is_not_of_the_web_is_words() -> None:
    blocks = drawn(text(Link("press", "javascript:alert(1)")))
    assert of("link", blocks) == []
    assert "javascript:alert(1)" in words(blocks)


def test_a_line_break_in_data_does_not_look_like_a_further_item() -> None:
    blocks = drawn(Items((Item(Mark.BAD, text("one\ntwo"), "three\n✅ approved"),)))
    assert "\n" not in words(blocks)


def test_control_characters_and_turned_writing_are_taken_out() -> None:
    assert words(drawn(text("a\x1b[31m\u202eb\x00c"))) == "a[31mbc"


# People, times, tone


def test_only_a_ping_pings() -> None:
    blocks = drawn(text(Mention(ANA), " and ", Mention(DANA, ping=True)), accounts=ACCOUNTS)
    assert [each["user_id"] for each in of("user", blocks)] == ["UDANA"]
    assert "Ana Silva" in words(blocks)


def test_somebody_without_an_account_is_said_by_name() -> None:
    assert "Dana Weiss" in words(render(LINE, case=CASE).blocks)


def test_a_note_that_pings_is_a_line_like_others() -> None:
    (block,) = drawn(note(Mention(DANA, ping=True), " *look*"), accounts=ACCOUNTS)
    assert block["type"] == "rich_text"
    assert of("user", [block]) == [{"type": "user", "user_id": "UDANA"}]


def test_whom_a_report_reaches_is_found_in_lines_items_and_notes() -> None:
    ping = Mention(DANA, ping=True)
    parts = (text(ping), Items((Item(Mark.NOW, text(Mention(ANA), ping)),)), note(ping), Facts((("a", ping),)))
    assert list(reaches(Report("", parts=parts))) == [ping] * 3


def test_a_time_is_shown_in_the_zone_of_the_reader() -> None:
    blocks = drawn(text(Moment(AT)), Facts((("Until", Moment(AT, date=True)),)))
    assert of("date", blocks) == [
        {"type": "date", "timestamp": 1795516200, "format": "{time}", "fallback": "10:30 UTC"}
    ]
    assert of("mrkdwn", blocks)[0]["text"] == (
        "*Until*\n<!date^1795516200^{date_short_pretty} {time}|24 Nov 2026 10:30 UTC>"
    )


@pytest.mark.parametrize("tone", [tone for tone in Tone if tone is not Tone.PLAIN])
def test_each_tone_is_a_sign_and_a_word(tone: Tone) -> None:
    context = render(Report("It is so.", "Title", tone), case=CASE).blocks[1]
    sign, word = context["elements"][0]["text"].split(" ")
    assert not sign.isascii()
    assert word.isalpha()


def test_the_signs_of_tones_and_of_items_all_differ() -> None:
    tones = [
        render(Report("It.", "Title", tone), case=CASE).blocks[1]["elements"][0]["text"] for tone in list(Tone)[1:]
    ]
    marks = [of("emoji", drawn(Items((Item(mark, text("x")),))))[0]["name"] for mark in Mark]
    assert len(set(tones)) == len(tones)
    assert len(set(marks)) == len(marks) == 7


def test_the_text_of_a_message_is_the_summary() -> None:
    assert render(WAITING, case=CASE).text == WAITING.summary


def test_a_report_without_parts_shows_its_summary() -> None:
    assert words(render(Report("Bridge runs 5 already."), case=CASE).blocks) == "Bridge runs 5 already."


def test_a_report_without_a_title_has_its_sign_in_its_first_line_only() -> None:
    first, second = render(REFUSED, case=CASE).blocks
    assert words([first]).startswith("⚠️ There is no service")
    assert words([second]).startswith("Did you mean")


def test_a_heading_alone_is_a_heading_alone() -> None:
    assert [block["type"] for block in render(Report("Runs", "Runs"), case="").blocks] == ["header"]


# Buttons


def test_a_button_carries_its_card_and_its_key_and_no_words() -> None:
    offer = Offer("Confirm", "agree r-1 abc", look=Look.GOOD)
    (button,) = of("button", render(Report("", offers=(offer,)), case=CASE).blocks)
    assert button["value"] == f"{CASE}|{offer.key}"
    assert button["action_id"] == f"offer:{offer.key}"
    assert button["style"] == "primary"


def test_a_button_that_asks_says_so_and_carries_the_question() -> None:
    offer = Offer("Decline", "decline r-1 because", asks="Why | not?", look=Look.DANGER)
    (button,) = of("button", render(Report("", offers=(offer,)), case=CASE).blocks)
    assert button["value"] == f"{CASE}|{offer.key}|Why / not?"
    assert button["action_id"] == f"ask:{offer.key}"
    assert button["style"] == "danger"


def test_two_offers_of_the_same_words_are_one_button() -> None:
    blocks = render(Report("", offers=(Offer("Undo", "undo r-1"), Offer("Again", "undo r-1"))), case=CASE).blocks
    assert [button["text"]["text"] for button in of("button", blocks)] == ["Undo"]


def test_more_than_25_offers_are_folded_and_it_is_said() -> None:
    blocks = render(Report("", offers=tuple(Offer(f"{n}", f"say {n}") for n in range(30))), case=CASE).blocks
    assert len(of("button", blocks)) == 25
    assert "… and 5 more: say it in words" in words(blocks)


# What is long


def test_a_long_text_is_cut_and_it_is_said_how_much() -> None:
    assert words(drawn(text("x" * 4000))).endswith("x… (1,000 more characters)")


def test_a_long_list_is_folded_and_it_is_said_how_much() -> None:
    blocks = drawn(Items(tuple(Item(Mark.GOOD, text(f"step {n}")) for n in range(42))))
    assert len(blocks) == 1
    assert words(blocks).endswith("step 29\n… and 12 more")


def test_parts_for_which_there_is_no_room_are_left_out_and_the_rest_is_not() -> None:
    blocks = drawn(*(text("x" * 2900) for _ in range(6)), text("the end"))
    assert "the end" in words(blocks)
    assert "… and 3 parts for which there is no room here." in words(blocks)


def test_sixty_parts_are_at_most_fifty_blocks() -> None:
    message = render(Report("", "Title", Tone.GOOD, tuple(text(f"{n}") for n in range(60)), WAITING.offers), case=CASE)
    assert len(message.blocks) == 50
    assert "… and 14 parts for which" in words(message.blocks)
    assert message.blocks[-1]["type"] == "actions"


def test_lines_of_a_log_keep_their_shape_and_words_of_people_are_a_quotation() -> None:
    log, said = drawn(Quote("one\n  two"), Quote("it is too slow"))
    assert log["elements"][0]["type"] == "rich_text_preformatted"
    assert said["elements"][0]["type"] == "rich_text_quote"


def test_a_document_is_named_in_a_message_and_not_poured_into_it() -> None:
    (named,) = drawn(Document("a-1.md", "What happened", "# A"))
    assert named["elements"] == [{"type": "plain_text", "text": "📄 What happened (a-1.md)", "emoji": False}]


def test_a_second_table_is_aligned_text_because_slack_takes_one() -> None:
    table = Table(("a", "b"), (("1", "2"),))
    first, second = drawn(table, table)
    assert first["type"] == "table"
    assert of("rich_text_preformatted", [second])
    check_message([first, second], None)


def test_a_table_has_cells_that_slack_takes() -> None:
    rows = tuple(tuple(f"{row}/{cell}" if cell else "" for cell in range(25)) for row in range(3))
    blocks = drawn(Table(("only one",), rows))
    check_message(blocks, None)
    assert [len(row) for row in blocks[0]["rows"]] == [20] * 4


def test_home_takes_what_is_drawn_without_tables() -> None:
    blocks = drawn(Table(("a", "b"), (("1", "2"),)), tables=False)
    check_view({"type": "home", "blocks": blocks}, ("home",))


def test_empty_parts_are_no_blocks() -> None:
    assert drawn(Facts(()), Items(()), Quote(" "), Table((), ()), Table(("a",), ())) == []


# Whatever the report says, Slack takes it

strings = st.one_of(st.text(max_size=60), st.sampled_from([EVIL, "", " ", "\n", "x" * 5000, "<&>" * 700, "*", "`"]))
whos = st.builds(Who, st.sampled_from(["ana", "dana", ""]), strings)
inlines: st.SearchStrategy[Inline] = st.one_of(
    strings,
    st.builds(Bold, strings),
    st.builds(Code, strings),
    st.builds(Link, strings, st.one_of(strings, st.just("https://a.example/?q=1&r=2"))),
    st.builds(Mention, whos, st.booleans()),
    st.builds(Moment, st.just(AT), st.booleans()),
)
texts = st.builds(Text, st.lists(inlines, max_size=4).map(tuple))
items = st.builds(Item, st.sampled_from(Mark), texts, strings)
rows = st.lists(st.lists(strings, max_size=22).map(tuple), max_size=4).map(tuple)
parts: st.SearchStrategy[Part] = st.one_of(
    texts,
    st.builds(Facts, st.lists(st.tuples(strings, st.one_of(inlines, texts)), max_size=35).map(tuple)),
    st.builds(Items, st.lists(items, max_size=35).map(tuple)),
    st.builds(Table, st.lists(strings, max_size=22).map(tuple), rows),
    st.builds(Quote, strings),
    st.builds(Document, strings, strings, strings),
    texts.map(lambda each: note(*each.parts)),
)
offers = st.lists(st.builds(Offer, strings, strings, strings, st.sampled_from(Look)), max_size=30).map(tuple)
reports = st.builds(Report, strings, strings, st.sampled_from(Tone), st.lists(parts, max_size=60).map(tuple), offers)


@settings(max_examples=150, deadline=None)
@given(report=reports, tables=st.booleans())
def test_whatever_a_report_says_slack_takes_it(report: Report, tables: bool) -> None:
    message = render(report, case=CASE, accounts=ACCOUNTS, tables=tables)
    check_message(message.blocks, None)
    assert 0 < len(message.text) <= 4000
    assert not re.search(r"<(?!/)", message.text)


@settings(max_examples=100, deadline=None)
@given(words_=st.text(max_size=200))
def test_a_paragraph_says_exactly_what_it_was_given(words_: str) -> None:
    said = words(render(paragraph(words_), case=CASE).blocks)
    assert _printable(said) == _printable(words_)


def _printable(words_: str) -> str:
    return "".join(each for each in words_ if each.isprintable() and not each.isspace())
