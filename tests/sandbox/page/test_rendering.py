"""Slack's markup and Block Kit, drawn by the page's own modules in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.sandbox.page.fake_data import Json, plain

pytestmark = pytest.mark.xdist_group("browser")

DRAW = """async ([module, name, data]) => {
  const drawing = await import(`/assets/${module}.js`);
  const { Form } = await import("/assets/form.js");
  const scene = {
    me: "UANA", now: () => new Date("2026-11-24T10:00:00Z"), open: () => {},
    person: (id) => ({ UANA: { id, name: "ana" }, UBEN: { id, name: "ben", real_name: "Ben Okafor" } })[id],
    channel: (id) => (id === "C1" ? { id, name: "aureus-alerts" } : undefined),
    people: () => [{ id: "UBEN", name: "ben", real_name: "Ben Okafor" }],
    channels: () => [{ id: "C1", name: "aureus-alerts" }],
  };
  const pressed = [];
  const form = new Form(async (what) => pressed.push(what));
  const place = document.createElement("div");
  place.append(...drawing[name](data, scene, form));
  window.drawn = { place, form, pressed };
  document.body.append(place);
  return place.innerHTML;
}"""  # reading what was drawn is what a test may do


@pytest.fixture
def draw(page: Page) -> Any:
    return lambda module, name, data: page.evaluate(DRAW, [module, name, data])


CASES = {
    "*bold* and _italic_ and ~gone~": "<strong>bold</strong> and <em>italic</em> and <s>gone</s>",
    "*bold _both_*": "<strong>bold <em>both</em></strong>",
    "snake_case_name and 2*3*4": "snake_case_name and 2*3*4",
    "* not bold *": "* not bold *",
    "a `*code* &lt;b&gt;` b": "a <code>*code* &lt;b&gt;</code> b",
    "```\nfence *x*\n```": "<pre>fence *x*</pre>",
    "&gt; said\n> again\nafter": "<blockquote>said<br>again</blockquote>after",
    "• one\n- two": "<ul><li>one</li><li>two</li></ul>",
    "3. three\n4. four": '<ol start="3"><li>three</li><li>four</li></ol>',
    "<!here> now": '<span class="mention loud">@here</span> now',
    "<@UANA>": '<span class="mention me">@ana</span>',
    "<@UBEN> <@UNEW|new>": '<span class="mention" title="Ben Okafor">@ben</span> <span class="mention">@new</span>',
    "<#C1>": '<button class="mention link" type="button">#aureus-alerts</button>',
    "<!subteam^S1|@on-call>": '<span class="mention">@on-call</span>',
    "a &lt;b&gt; &amp;amp;": "a &lt;b&gt; &amp;amp;",
    "<javascript:alert(1)|click>": "<span>click</span>",
    ":no_such_emoji: 10:30:00": ":no_such_emoji: 10:30:00",
    "_:eyes: looking_": '<em><span class="emoji" role="img" aria-label="eyes" title=":eyes:">👀</span> looking</em>',
    "<!date^1795514400^{date_num} {time_secs}|then>": "<time>2026-11-24 10:00:00</time>",
    "<!date^1795514400^{date_short_pretty} {time}|then>": "<time>today 10:00</time>",
    "<!date^soon^{time}|then>": "then",
}  # fmt: skip


def test_mrkdwn_is_drawn_as_slack_draws_it(draw: Any) -> None:
    drawn = {text: draw("mrkdwn", "mrkdwn", text) for text in CASES}
    assert {text: re.sub(r"<time title=.*?>", "<time>", html) for text, html in drawn.items()} == CASES


def test_a_link_opens_elsewhere_and_never_runs_code(draw: Any) -> None:
    html = draw("mrkdwn", "mrkdwn", "<https://grafana.example/d?a=1&amp;b=2|*its* board>")
    assert 'href="https://grafana.example/d?a=1&amp;b=2"' in html
    assert 'rel="noreferrer noopener"' in html
    assert "<strong>its</strong> board</a>" in html


def test_markup_in_data_is_shown_and_not_obeyed(draw: Any) -> None:
    nasty = "<img src=x onerror=alert(1)> &lt;script&gt;"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": nasty}, "fields": [plain(nasty)]}
    html = draw("blocks", "drawBlocks", [block, {"type": "markdown", "text": nasty}, {"type": nasty}])
    assert "<img" not in html
    assert "<script" not in html


def test_markdown_knows_headings_lists_tasks_tables_and_fences(draw: Any) -> None:
    text = "## Plan\nText with **bold** and [a link](https://a.example)\n\n- [x] done\n- [ ] open\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\ncode\n```\nafter"  # noqa: E501 - one text
    html = draw("markdown", "markdown", text)
    assert '<p class="md-heading md-2" role="heading" aria-level="4">Plan</p>' in html
    assert "<strong>bold</strong>" in html
    assert "☑ </span>done" in html
    assert '<th scope="col">a</th>' in html
    assert "<td>2</td>" in html
    assert "<pre>code</pre><p>after</p>" in html


def test_rich_text_keeps_styles_lists_and_people(draw: Any) -> None:
    section = {"type": "rich_text_section", "elements": [
        {"type": "text", "text": "bold", "style": {"bold": True, "code": True}}, {"type": "user", "user_id": "UBEN"},
        {"type": "emoji", "name": "unknown_one", "unicode": "2705"}]}  # fmt: skip
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}]
    rich = {
        "type": "rich_text",
        "elements": [section, {"type": "rich_text_list", "style": "ordered", "elements": items}],
    }
    html = draw("blocks", "drawBlocks", [rich])
    assert "<code><strong>bold</strong></code>" in html
    assert "@ben" in html
    assert "✅" in html
    assert '<ol start="1"' in html


def test_a_block_that_is_not_known_is_said(draw: Any) -> None:
    assert "does not draw blocks of the kind “hologram”" in draw("blocks", "drawBlocks", [{"type": "hologram"}])


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def test_each_element_sends_what_was_chosen_in_slacks_shape(draw: Any, page: Page) -> None:
    elements = [
        {"type": "static_select", "action_id": "one", "options": [option("a"), option("b")]},
        {"type": "multi_static_select", "action_id": "many", "options": [option("a"), option("b")]},
        {"type": "users_select", "action_id": "who"},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
        {"type": "timepicker", "action_id": "hour"},
        {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b")]},
        {"type": "radio_buttons", "action_id": "radio", "options": [option("a"), option("b")]},
    ]
    draw("blocks", "drawBlocks", [{"type": "actions", "block_id": "acts", "elements": elements}])
    place = page.locator("body > div").last
    place.locator("[data-action=one]").select_option("b")
    place.locator("[data-action=many]").select_option("a")
    place.locator("[data-action=who]").select_option("UBEN")
    place.locator("[data-action=day]").fill("2026-12-01")
    place.locator("[data-action=hour]").fill("09:30")
    place.locator("[data-action=boxes] input").last.check()
    place.locator("[data-action=radio] input").first.check()
    pressed = page.evaluate("window.drawn.pressed")
    assert [(one["action_id"], one["selected"]) for one in pressed] == [
        ("one", "b"), ("many", ["a"]), ("who", "UBEN"), ("day", "2026-12-01"), ("hour", "09:30"),
        ("boxes", ["b"]), ("radio", "a"),
    ]  # fmt: skip
    values = page.evaluate("window.drawn.form.values.acts")
    assert values["one"] == {"type": "static_select", "selected_option": option("b")}
    assert values["many"] == {"type": "multi_static_select", "selected_options": [option("a")]}
    assert values["who"] == {"type": "users_select", "selected_user": "UBEN"}
    assert values["day"] == {"type": "datepicker", "selected_date": "2026-12-01"}
    assert values["radio"] == {"type": "radio_buttons", "selected_option": option("a")}


def test_an_input_keeps_its_value_without_sending_unless_it_dispatches(draw: Any, page: Page) -> None:
    def block(name: str, *, dispatch: bool) -> Json:
        element = {"type": "static_select", "action_id": name, "options": [option("a")]}
        return {
            "type": "input",
            "block_id": name,
            "label": plain(name),
            "element": element,
            "dispatch_action": dispatch,
        }

    draw("blocks", "drawBlocks", [block("quiet", dispatch=False), block("loud", dispatch=True)])
    page.locator("[data-action=quiet]").select_option("a")
    page.locator("[data-action=loud]").select_option("a")
    assert [one["action_id"] for one in page.evaluate("window.drawn.pressed")] == ["loud"]
    assert page.evaluate("window.drawn.form.values.quiet.quiet.selected_option.value") == "a"


DRAW_FILE = """async (file) => {
  const { drawMessage } = await import("/assets/messages.js");
  const scene = { me: "UANA", person: (id) => ({ id, name: "ana", initials: "A", color: "000000" }), channel: () => undefined };
  const message = { ts: "1795514400.000100", user: "UANA", text: "The timeline.", files: [file] };
  const drawn = drawMessage(message, scene, undefined, { grouped: false, acts: {} });
  const box = drawn.querySelector("[data-testid=file]");
  return [box.innerText ?? box.textContent, box.querySelector("a").href];
}"""  # noqa: E501 - a scene in one line


def test_a_file_is_a_box_with_its_title_its_name_and_a_link_that_opens_it(page: Page) -> None:
    address = "https://slack.example/files/F1/i-1.md"
    file = {"name": "i-1.md", "title": "What happened <b>", "mimetype": "text/markdown", "size": 2048}
    words, opens = page.evaluate(DRAW_FILE, {**file, "url_private": address})
    assert "What happened <b>" in words
    assert "i-1.md · 2 kB" in words
    assert opens == address


def test_a_word_as_long_as_a_line_is_broken_in_home_too(page: Page, draw: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    words = [{"type": "text", "text": "x" * 200}]
    quote = {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": words}]}
    draw("blocks", "drawBlocks", [quote, {"type": "context", "elements": [plain("y" * 200)]}])
    wide = page.evaluate("() => { drawn.place.className = 'blocks'; return drawn.place.scrollWidth; }")
    assert wide <= 390
