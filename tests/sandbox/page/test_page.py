"""The page as people use it: type a command, press a button, fill a modal in, be somebody else, break the cluster."""

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page import fake_data as data
from tests.sandbox.page.fake_world import FakeWorld

pytestmark = pytest.mark.xdist_group("browser")

CARD_TS = data.ts(2)


def test_a_command_is_completed_sent_and_recalled(page: Page, world: FakeWorld) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/au")
    expect(page.get_by_test_id("hints")).to_contain_text("scale bridge 5")
    composer.press("Enter")
    expect(composer).to_have_value("/aureus ")
    composer.press_sequentially("status")
    composer.press("Enter")
    expect(page.get_by_text("Heard: /aureus status")).to_be_visible()
    expect(composer).to_have_value("")
    assert world.received("/page/say") == [{"as": "UANA", "channel": data.ON_CALL, "text": "/aureus status"}]
    composer.press("ArrowUp")
    expect(composer).to_have_value("/aureus status")


def test_shift_and_enter_break_the_line(page: Page, world: FakeWorld) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")
    with page.expect_response("**/page/say"):
        composer.press("Enter")
    expect(composer).to_have_value("")
    assert world.received("/page/say")[0]["text"] == "one\ntwo"


def test_a_person_is_completed_by_name(page: Page) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("ask @han")
    composer.press("Tab")
    expect(composer).to_have_value("ask @hana ")


def test_a_name_that_is_typed_in_full_does_not_hold_the_message_back(page: Page, world: FakeWorld) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("thanks @ben")
    with page.expect_response("**/page/say"):
        composer.press("Enter")
    expect(composer).to_have_value("")
    assert [one["text"] for one in world.received("/page/say")] == ["thanks @ben"]


def test_a_panel_without_a_cluster_says_why_and_keeps_what_it_showed(page: Page) -> None:
    page.route("**/sandbox/state", lambda route: route.fulfill(json={"ok": False, "error": "The cluster is gone."}))
    expect(page.get_by_test_id("panel")).to_contain_text("The cluster is gone.")
    expect(page.get_by_test_id("deployment-aureus-aureus-os")).to_be_visible()


def test_a_button_sends_its_message_and_the_card_is_drawn_anew(page: Page, world: FakeWorld) -> None:
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Confirmed by Ana Silva")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    [pressed] = world.received("/page/press")
    named = {key: pressed[key] for key in ("as", "channel", "ts", "block_id", "action_id", "value")}
    assert named == {
        "as": "UANA",
        "channel": data.ON_CALL,
        "ts": CARD_TS,
        "block_id": "buttons",
        "action_id": "confirm",
        "value": "run-7",
    }


def test_a_button_with_a_question_is_sent_only_after_the_answer(page: Page, world: FakeWorld) -> None:
    page.get_by_role("button", name="Cancel").click()
    page.get_by_test_id("confirm").get_by_text("Keep it").click()
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    assert world.received("/page/press") == []
    page.get_by_role("button", name="Cancel").click()
    with page.expect_response("**/page/press"):
        page.get_by_test_id("confirm-yes").click()
    assert world.received("/page/press")[0]["action_id"] == "cancel"


def test_a_modal_asks_for_what_is_missing_shows_errors_and_is_sent(page: Page, world: FakeWorld) -> None:
    page.locator("[data-action=form]").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    modal.get_by_test_id("modal-submit").click()
    expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    assert world.received("/page/submit") == []
    modal.get_by_label("Reason").fill("because")
    modal.get_by_test_id("modal-submit").click()
    expect(modal.get_by_text("Say more than “because”.")).to_be_visible()
    modal.get_by_label("Reason").fill("queues are long")
    modal.get_by_label("The on-call lead").check()
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    values = world.received("/page/submit")[-1]["values"]
    assert values["reason"]["words"] == {"type": "plain_text_input", "value": "queues are long"}
    assert [one["value"] for one in values["tell"]["who"]["selected_options"]] == ["lead"]


def test_a_refused_modal_says_why_and_stays(page: Page) -> None:
    page.route("**/page/submit", lambda route: route.fulfill(json={"ok": False, "detail": "The app is away."}))
    page.locator("[data-action=form]").click()
    page.get_by_test_id("modal").get_by_label("Reason").fill("queues are long")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_text("The app is away.")).to_be_visible()
    expect(page.get_by_test_id("modal").get_by_label("Reason")).to_have_value("queues are long")


def test_escape_closes_a_modal_and_says_so(page: Page, world: FakeWorld) -> None:
    page.locator("[data-action=form]").click()
    expect(page.get_by_test_id("modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_be_hidden()
    assert world.received("/page/close") == [{"as": "UANA", "view_id": "V1"}]


def test_somebody_else_speaks_after_the_switch(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("person-switcher").click()
    expect(page.get_by_test_id("menu")).to_contain_text("Engineering Manager")
    page.get_by_test_id("be-elif").click()
    expect(page.get_by_test_id("person-switcher")).to_contain_text("Elif Kaya")
    page.get_by_test_id("composer").fill("hello")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_test_id("messages").get_by_text("hello")).to_be_visible()
    assert world.received("/page/say")[0]["as"] == "UELIF"


def test_a_reaction_is_given_and_taken_back(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("message").first.hover()
    page.get_by_test_id("message").first.get_by_test_id("react").click()
    page.get_by_test_id("pick-eyes").click()
    eyes = page.get_by_role("button", name="eyes: you")
    expect(eyes).to_have_attribute("aria-pressed", "true")
    eyes.click()
    expect(eyes).to_have_count(0)
    assert [one["on"] for one in world.received("/page/react")] == [True, False]


def test_a_thread_is_read_and_answered(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("replies").click()
    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("Acknowledged in PagerDuty")
    page.get_by_test_id("thread-composer").fill("thank you")
    page.get_by_test_id("thread-composer").press("Enter")
    expect(thread.get_by_text("thank you")).to_be_visible()
    assert world.received("/page/say")[0]["thread_ts"] == data.ts(64)


def test_what_only_one_person_sees_says_so(page: Page) -> None:
    expect(page.get_by_test_id("message").last).to_contain_text("Only visible to you")


def test_the_home_of_the_app_is_opened(page: Page, world: FakeWorld) -> None:
    with page.expect_response("**/page/open_home"):
        page.get_by_test_id("app-home").click()
    expect(page.get_by_test_id("home")).to_contain_text("Good morning")
    assert world.received("/page/open_home") == [{"as": "UANA"}]


def test_the_cluster_is_broken_healed_and_scaled_by_somebody_else(page: Page, world: FakeWorld) -> None:
    bridge = page.get_by_test_id("deployment-aureus-aureus-bridge")
    expect(bridge.get_by_test_id("ratio")).to_have_text("3/5 ready")
    bridge.get_by_test_id("break").click()
    page.get_by_test_id("break-crash").click()
    bridge.get_by_test_id("heal-crash").click()
    expect(bridge.get_by_test_id("heal-crash")).to_have_count(0)
    bridge.get_by_test_id("scale-down").click()
    expect(bridge.get_by_test_id("ratio")).to_have_text("3/4 ready")
    page.get_by_test_id("break-away").click()
    expect(page.get_by_test_id("break-away")).to_have_attribute("aria-pressed", "true")
    where = {"what": "crash", "namespace": "aureus", "name": "aureus-bridge"}
    assert world.received("/sandbox/break") == [
        {**where, "on": True},
        {**where, "on": False},
        {"what": "away", "on": True},
    ]
    assert world.received("/sandbox/scale") == [{"namespace": "aureus", "name": "aureus-bridge", "replicas": 4}]


def test_a_pod_tells_its_state_by_letter_and_in_words(page: Page) -> None:
    pods = page.get_by_test_id("deployment-aureus-openclaw").get_by_test_id("pod")
    expect(pods).to_have_text(["✓", "✓", "!", "–"])
    expect(pods.nth(2)).to_have_attribute(
        "aria-label", "openclaw-3: failing, ImagePullBackOff, 0 restarts, under a minute old, node-1"
    )


def test_time_is_moved_and_the_bot_is_killed_and_started(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("move-3600").click()
    expect(page.get_by_text("moved on by 1 h")).to_be_visible()
    page.get_by_test_id("bot-kill").click()
    expect(page.get_by_test_id("bot-state")).to_have_text("The bot is stopped")
    page.get_by_test_id("bot-start").click()
    expect(page.get_by_test_id("bot-state")).to_have_text("The bot runs")
    assert [one["do"] for one in world.received("/world/bot")] == ["kill", "start"]


def test_on_a_phone_the_side_bar_and_the_panel_are_drawers(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_test_id("side")).to_be_hidden()
    expect(page.get_by_test_id("panel")).to_be_hidden()
    page.get_by_test_id("side-toggle").click()
    page.get_by_test_id("channel-aureus-alerts").click()
    expect(page.get_by_test_id("side")).to_be_hidden()
    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #aureus-alerts")
    page.get_by_test_id("panel-toggle").click()
    expect(page.get_by_test_id("panel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_refusal_is_said_and_the_words_are_kept(page: Page) -> None:
    page.route(
        "**/page/say", lambda route: route.fulfill(json={"ok": False, "error": "The sandbox is being restarted."})
    )
    page.get_by_test_id("composer").fill("still here?")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_test_id("notices")).to_contain_text("The sandbox is being restarted.")
    expect(page.get_by_test_id("composer")).to_have_value("still here?")
