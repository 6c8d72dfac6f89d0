"""Rich text: what each container and each element takes and refuses, in a block and in the cell of a table."""

from typing import Any

import pytest
from slack_sdk.models import blocks as models

from tests.sandbox.slack.test_block_kit import complaints
from tests.sandbox.slack.workspaces import JSON


def text(words: str = "x", **more: Any) -> JSON:
    return {"type": "text", "text": words, **more}


def container(kind: str, *elements: Any, **more: Any) -> JSON:
    return {"type": f"rich_text_{kind}", "elements": list(elements), **more}


def of(kind: str, **fields: Any) -> JSON:
    """A section with one element."""
    return container("section", {"type": kind, **fields})


def bullets(*items: JSON, **more: Any) -> JSON:
    return container("list", *items, **{"style": "bullet", **more})


_DATE = {"timestamp": 1_700_000_000, "format": "{date_short} at {time}"}

RULES: list[tuple[str, JSON, JSON]] = [
    ("a stranger", of("text", text="x"), of("nonsense", text="x")),
    ("a strange container", container("section", text()), container("hologram", text())),
    ("no type", of("text", text="x"), container("section", {"text": "x"})),
    ("no elements", container("section", text()), {"type": "rich_text_section"}),
    ("elements that are none", container("section", text()), container("section")),
    ("text", of("text", text=" "), of("text", text="")),
    ("text that is none", of("text", text="3"), of("text", text=3)),
    ("no text", of("text", text="x"), of("text")),
    ("style", of("text", text="x", style={"bold": True, "code": False}), of("text", text="x", style={"bold": "yes"})),
    ("a strange style", of("text", text="x", style={"underline": True}), of("text", text="x", style={"loud": True})),
    ("style that is a word", of("text", text="x", style={}), of("text", text="x", style="bold")),
    ("an additional property", of("text", text="x"), of("text", text="x", url="u")),
    ("link", of("link", url="https://a.b", text="x", unsafe=True), of("link", text="x")),
    ("link text", of("link", url="https://a.b"), of("link", url="https://a.b", text="")),
    ("user", of("user", user_id="U1"), of("user", user_id="")),
    ("user's name", of("user", user_id="U1"), of("user", name="ana")),
    ("usergroup", of("usergroup", usergroup_id="S1"), of("usergroup", user_id="S1")),
    ("channel", of("channel", channel_id="C1"), of("channel")),
    ("team", of("team", team_id="T1"), of("team", team_id=1)),
    ("emoji", of("emoji", name="wave", unicode="1f44b", skin_tone=2), of("emoji", unicode="1f44b")),
    ("skin tone", of("emoji", name="wave", skin_tone=6), of("emoji", name="wave", skin_tone=7)),
    ("date", of("date", **_DATE, fallback="then", timezone="UTC"), of("date", **{**_DATE, "timestamp": "1700000000"})),
    ("date without format", of("date", **_DATE), of("date", timestamp=1_700_000_000)),
    ("broadcast", of("broadcast", range="here"), of("broadcast", range="all")),
    ("color", of("color", value="#F405B3"), of("color", value="red")),
    ("list", bullets(container("section", text())), container("list", container("section", text()))),
    ("list style", bullets(container("section", text()), style="ordered", indent=8, offset=4, border=1),
     bullets(container("section", text()), style="dashes")),
    ("list indent", bullets(container("section", text()), indent=0), bullets(container("section", text()), indent=9)),
    ("list items", bullets(container("section", text())), bullets(text())),
    ("within a list", bullets(container("section", text())), bullets(container("section", text("")))),
    ("preformatted", container("preformatted", text(), {"type": "link", "url": "u"}, border=0, language="json"),
     container("preformatted", {"type": "user", "user_id": "U1"})),
    ("quote", container("quote", text(), {"type": "user", "user_id": "U1"}, border=1), container("quote", text(""))),
    ("border", container("quote", text(), border=0), container("quote", text(), border=2)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "right", "wrong"), RULES, ids=[what for what, *_ in RULES])
def test_what_is_right_is_taken_and_what_is_wrong_is_refused(what: str, right: JSON, wrong: JSON) -> None:
    for around, place in ((_block, "/blocks/0/elements/0"), (_in_a_cell, "/blocks/0/rows/0/0/elements/0")):
        assert complaints(around(right)) == []
        refused = complaints(around(wrong))
        assert refused, what
        assert all(one.startswith("[ERROR] ") and f"[json-pointer:{place}" in one for one in refused)


def test_what_slacks_own_models_make_is_taken() -> None:
    parts = models.RichTextElementParts
    section = models.RichTextSectionElement(elements=[
        parts.Text(text="x", style=parts.TextStyle(bold=True)), parts.Link(url="https://a.b", text="x"),
        parts.User(user_id="U1"), parts.UserGroup(usergroup_id="S1"), parts.Channel(channel_id="C1"),
        parts.Team(team_id="T1"), parts.Emoji(name="wave"), parts.Date(timestamp=1_700_000_000, format="{date}"),
        parts.Broadcast(range="channel"), parts.Color(value="#F405B3"),
    ])  # fmt: skip
    made = models.RichTextBlock(elements=[
        section,
        models.RichTextListElement(style="ordered", indent=1, border=0, elements=[section]),
        models.RichTextPreformattedElement(elements=[parts.Text(text="x")]),
        models.RichTextQuoteElement(elements=[parts.Text(text="x")]),
    ])  # fmt: skip
    assert complaints(made.to_dict()) == []


def _block(element: JSON) -> JSON:
    return {"type": "rich_text", "elements": [element]}


def _in_a_cell(element: JSON) -> JSON:
    return {"type": "table", "rows": [[_block(element)]]}
