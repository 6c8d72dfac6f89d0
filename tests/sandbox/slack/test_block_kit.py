"""Block Kit's limits: each at its edge, just within and just beyond; and against Slack's own models."""

from typing import Any

import pytest
from slack_sdk.models import blocks as models

from sandbox.slack.block_kit import TEXT_OF_A_BLOCK, TEXT_TOGETHER, check_message, check_view, weight, with_ids
from sandbox.slack.errors import SlackError
from tests.sandbox.slack.workspaces import JSON, button, modal, section, typed


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def option(text: str = "one", value: str = "1", **more: Any) -> JSON:
    return {"text": plain(text), "value": value, **more}


def actions(*elements: JSON, **more: Any) -> JSON:
    return {"type": "actions", "elements": list(elements), **more}


def buttons(count: int) -> list[JSON]:
    return [button("x", f"a{number}") for number in range(count)]


def select(**more: Any) -> JSON:
    return {"type": "static_select", "action_id": "a", "options": [option()], **more}


def confirm(title: str = "Sure?", text: str = "Really", yes: str = "Yes", no: str = "No") -> JSON:
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}


def header(text: str) -> JSON:
    return {"type": "header", "text": plain(text)}


def table(rows: int, cells: int) -> JSON:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def complaints(*blocks: Any) -> list[str]:
    """What chat.postMessage says to these blocks."""
    try:
        check_message(list(blocks), None)
    except SlackError as refused:
        return list(refused.more.get("response_metadata", {}).get("messages", [refused.code]))
    return []


EDGES: list[tuple[str, Any, Any]] = [
    ("section text", section("x" * 3000), section("x" * 3001)),
    ("section fields", section(fields=[plain("x")] * 10), section(fields=[plain("x")] * 11)),
    ("field text", section(fields=[plain("x" * 2000)]), section(fields=[plain("x" * 2001)])),
    ("header text", header("x" * 150), header("x" * 151)),
    ("header kind", header("x"), {"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
    ("actions", actions(*buttons(25)), actions(*buttons(26))),
    ("context", {"type": "context", "elements": [plain("x")] * 10}, {"type": "context", "elements": [plain("x")] * 11}),
    ("button text", actions(button("x" * 75, "a")), actions(button("x" * 76, "a"))),
    ("button value", actions(button("x", "a", value="v" * 2000)), actions(button("x", "a", value="v" * 2001))),
    ("button url", actions(button("x", "a", url="u" * 3000)), actions(button("x", "a", url="u" * 3001))),
    ("button style", actions(button("x", "a", style="danger")), actions(button("x", "a", style="scary"))),
    ("action id", actions(button("x", "a" * 255)), actions(button("x", "a" * 256))),
    ("block id", section(block_id="b" * 255), section(block_id="b" * 256)),
    ("unique action id", actions(button("x", "a"), button("y", "b")), actions(button("x", "a"), button("y", "a"))),
    ("option count", actions(select(options=[option()] * 100)), actions(select(options=[option()] * 101))),
    ("option text", actions(select(options=[option("x" * 75)])), actions(select(options=[option("x" * 76)]))),
    ("option value", actions(select(options=[option("x", "v" * 150)])),
     actions(select(options=[option("x", "v" * 151)]))),
    ("overflow most", actions(_o := {"type": "overflow", "action_id": "o", "options": [option()] * 5}),
     actions({**_o, "options": [option()] * 6})),
    ("overflow least", actions({**_o, "options": [option()] * 2}), actions({**_o, "options": [option()]})),
    ("overflow url", actions({**_o, "options": [option(url="u")] * 2}), actions(select(options=[option(url="u")]))),
    ("initial option", actions(select(initial_option=option())), actions(select(initial_option=option("two", "2")))),
    ("options or groups", actions(select()), actions({"type": "static_select", "action_id": "a"})),
    ("confirm title", actions(button("x", "a", confirm=confirm("t" * 100))),
     actions(button("x", "a", confirm=confirm("t" * 101)))),
    ("confirm text", actions(button("x", "a", confirm=confirm(text="t" * 300))),
     actions(button("x", "a", confirm=confirm(text="t" * 301)))),
    ("confirm buttons", actions(button("x", "a", confirm=confirm(yes="t" * 30))),
     actions(button("x", "a", confirm=confirm(yes="t" * 31)))),
    ("confirm whole", actions(button("x", "a", confirm=confirm())),
     actions(button("x", "a", confirm={"title": plain("t")}))),
    ("placeholder", actions(select(placeholder=plain("p" * 150))), actions(select(placeholder=plain("p" * 151)))),
    ("image alt", {"type": "image", "image_url": "u", "alt_text": "a"}, {"type": "image", "image_url": "u"}),
    ("image url", {"type": "image", "image_url": "u" * 3000, "alt_text": "a"},
     {"type": "image", "image_url": "u" * 3001, "alt_text": "a"}),
    ("input label", {**typed("l" * 2000, "b")}, {**typed("l" * 2001, "b")}),
    ("input element", typed("l", "b"), {**typed("l", "b"), "element": button("x", "a")}),
    ("text input in actions", section(), actions({"type": "plain_text_input", "action_id": "t"})),
    ("multi select in actions", section(accessory={**select(), "type": "multi_static_select"}),
     actions({**select(), "type": "multi_static_select"})),
    ("date", actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-24"}),
     actions({"type": "datepicker", "action_id": "d", "initial_date": "24.11.2026"})),
    ("boxes", actions({"type": "checkboxes", "action_id": "c", "options": [option()] * 10}),
     actions({"type": "checkboxes", "action_id": "c", "options": [option()] * 11})),
    ("table rows", table(100, 1), table(101, 1)),
    ("table columns", table(1, 20), table(1, 21)),
    ("an empty text", section("x"), section("")),
    ("a stranger", section(), {"type": "hologram"}),
    ("no type", section(), {"text": plain("x")}),
    ("an additional property", section(), section(colour="red")),
    ("emoji in mrkdwn", header("x"), {"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}),
    ("neither text nor fields", section(), {"type": "section"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "within", "beyond"), EDGES, ids=[what for what, *_ in EDGES])
def test_what_is_within_a_limit_is_taken_and_what_is_beyond_is_refused(what: str, within: Any, beyond: Any) -> None:
    assert complaints(within) == []
    assert complaints(beyond), what
    assert all(one.startswith("[ERROR] ") and "[json-pointer:/blocks/0" in one for one in complaints(beyond))


def test_a_complaint_names_the_place() -> None:
    (said,) = complaints(section(), section("x" * 3001))
    assert said == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


def test_a_message_has_fifty_blocks_and_a_modal_a_hundred() -> None:
    assert complaints(*[section("x")] * 50) == []
    assert complaints(*[section("x")] * 51) == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    check_view(modal(*[section("x")] * 100))
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view(modal(*[section("x")] * 101))


def test_a_block_id_is_there_once() -> None:
    assert complaints(section(block_id="b"), section(block_id="c")) == []
    assert 'block_id` "b" already exists' in complaints(section(block_id="b"), section(block_id="b"))[0]


def test_the_markdown_of_a_message_is_limited_together() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert complaints(half, half) == []
    assert complaints(half, half, {"type": "markdown", "text": "x"}) == ["msg_blocks_too_long"]
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view(modal(half))


def test_the_text_of_all_blocks_is_limited_together() -> None:
    full = [section("x" * 2500)] * 5
    left = TEXT_TOGETHER - weight(full) - TEXT_OF_A_BLOCK
    assert complaints(*full, section("x" * left)) == []
    assert complaints(*full, section("x" * (left + 1))) == ["msg_blocks_too_long"]


def test_the_blocks_of_attachments_are_looked_at_too() -> None:
    with pytest.raises(SlackError) as refused:
        check_message(None, [{"color": "#ff0000", "blocks": [section("x" * 3001)]}])
    assert "[json-pointer:/attachments/0/blocks/0/text/text]" in refused.value.more["response_metadata"]["messages"][0]
    with pytest.raises(SlackError, match="too_many_attachments"):
        check_message(None, [{"text": "x"}] * 101)


VIEWS: list[tuple[str, JSON, JSON]] = [
    ("title", modal(title=plain("t" * 24)), modal(title=plain("t" * 25))),
    ("submit", modal(submit=plain("t" * 24)), modal(submit=plain("t" * 25))),
    ("close", modal(close=plain("t" * 24)), modal(close=plain("t" * 25))),
    ("metadata", modal(private_metadata="m" * 3000), modal(private_metadata="m" * 3001)),
    ("callback id", modal(callback_id="m" * 255), modal(callback_id="m" * 256)),
    ("input without submit", modal(section()), {**modal(typed("l", "b")), "submit": None}),
    ("table in a modal", modal(section()), modal(table(1, 1))),
    ("hint", modal(typed("l", "b", hint=plain("h" * 2000))), modal(typed("l", "b", hint=plain("h" * 2001)))),
    ("kind", modal(section()), {**modal(section()), "type": "workflow_step"}),
    ("home without title", {"type": "home", "blocks": [section()]}, {**modal(section()), "type": "home"}),
    ("no blocks", modal(), {"type": "modal", "title": plain("t")}),
]


@pytest.mark.parametrize(("what", "within", "beyond"), VIEWS, ids=[what for what, *_ in VIEWS])
def test_a_view_has_limits_too(what: str, within: JSON, beyond: JSON) -> None:
    check_view(within, ("modal", "home"))
    with pytest.raises(SlackError, match="invalid_arguments") as refused:
        check_view(beyond, ("modal", "home"))
    assert "[json-pointer:/view" in refused.value.more["response_metadata"]["messages"][0], what


def test_a_view_has_a_size() -> None:
    with pytest.raises(SlackError, match="view_too_large"):
        check_view(modal(*[section("x" * 2999)] * 90))


def test_blocks_are_kept_with_ids_that_do_not_meet_those_that_were_given() -> None:
    kept = with_ids([section(block_id="b0001"), actions({"type": "button", "text": plain("x")}), section()])
    assert [one["block_id"] for one in kept] == ["b0001", "b0002", "b0003"]
    assert kept[1]["elements"][0]["action_id"]


def test_what_slacks_own_models_make_is_taken() -> None:
    made = [
        models.HeaderBlock(text="Scale bridge from 3 to 5"),
        models.SectionBlock(text="*3* → *5*", fields=["*Owner*", "HPA"], accessory=models.ImageElement(
            image_url="http://127.0.0.1/x.png", alt_text="x")),
        models.DividerBlock(),
        models.ContextBlock(elements=[models.MarkdownTextObject(text="because")]),
        models.ActionsBlock(elements=[
            models.ButtonElement(text="Confirm", action_id="confirm", style="primary", value="r1"),
            models.UserSelectElement(placeholder="who", action_id="who"),
            models.OverflowMenuElement(action_id="more", options=[
                models.Option(value="1", label="one"), models.Option(value="2", label="two")]),
        ]),
        models.InputBlock(label="Why", element=models.PlainTextInputElement(action_id="why", multiline=True)),
        models.MarkdownBlock(text="**bold**"),
    ]  # fmt: skip
    assert complaints(*(one.to_dict() for one in made)) == []
