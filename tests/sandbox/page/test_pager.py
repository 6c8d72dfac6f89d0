"""The pager and the alerts in the panel: what they show, and what a press asks of the sandbox."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page.fake_pager import over
from tests.sandbox.page.fake_world import FakeWorld

pytestmark = pytest.mark.xdist_group("browser")

ACT = "/sandbox/pagerduty/act"


def become(page: Page, name: str) -> None:
    page.get_by_test_id("person-switcher").click()
    page.get_by_test_id("menu").get_by_text(name).click()


def test_an_incident_says_its_state_who_is_asked_and_its_title_as_text(page: Page) -> None:
    pager = page.get_by_test_id("pager")
    incident = pager.get_by_test_id("incident").first
    expect(incident).to_contain_text("#2")
    expect(incident.get_by_test_id("incident-status")).to_have_text("!triggered")
    expect(incident).to_contain_text("ServiceDown: <b>bridge</b> does not answer")
    expect(incident).to_contain_text("since 10:02")
    expect(incident.get_by_test_id("incident-who")).to_have_text("Nobody has it. It asks Ana Silva, level 1 of 4.")
    expect(pager.get_by_test_id("on-call")).to_have_text(re.compile("On call.*Ana Silva.*then.*Ben Okafor$"))


def test_an_incident_is_acknowledged_and_resolved_as_who_one_is(page: Page, world: FakeWorld) -> None:
    incident = page.get_by_test_id("pager").get_by_test_id("incident").first
    incident.get_by_test_id("pager-acknowledge").click()
    expect(incident.get_by_test_id("incident-status")).to_have_text("…acknowledged")
    expect(incident.get_by_test_id("incident-who")).to_have_text("Ana Silva has it.")
    expect(incident.get_by_test_id("pager-acknowledge")).to_have_count(0)
    become(page, "Ben Okafor")
    expect(incident).to_contain_text("as Ben Okafor")
    expect(incident.get_by_test_id("pager-acknowledge")).to_be_visible()
    incident.get_by_test_id("pager-resolve").click()
    expect(incident.get_by_test_id("incident-status")).to_have_text("✓resolved")
    expect(incident.get_by_test_id("incident-who")).to_have_text("Resolved by Ben Okafor")
    expect(incident.get_by_role("button")).to_have_count(0)
    assert world.received(ACT) == [
        {"who": "ana@aureus.example", "do": "acknowledge", "incident": "Q2"},
        {"who": "ben@aureus.example", "do": "resolve", "incident": "Q2"},
    ]


def test_a_refusal_of_pagerduty_is_said(page: Page) -> None:
    why = "PagerDuty knows nobody called 'goran'. Nothing was changed."
    page.route(f"**{ACT}", lambda route: route.fulfill(json={"ok": False, "error": why}))
    page.get_by_test_id("pager-acknowledge").click()
    expect(page.get_by_test_id("notices")).to_contain_text(why)


def test_what_was_resolved_before_is_folded_away(page: Page, world: FakeWorld) -> None:
    fold = page.get_by_test_id("pager-resolved")
    expect(fold.get_by_test_id("incident")).to_be_hidden()
    fold.get_by_text("1 resolved before").click()
    expect(fold.get_by_test_id("incident")).to_contain_text("Resolved by Ben Okafor")
    world.pager.incidents = []
    expect(page.get_by_test_id("no-incident")).to_be_visible()
    expect(fold).to_be_hidden()
    world.pager.incidents = [over(1)]
    expect(page.get_by_test_id("incident").get_by_test_id("incident-status")).to_have_text("✓resolved")


def test_pagerduty_is_taken_away_and_given_back(page: Page, world: FakeWorld) -> None:
    away = page.get_by_test_id("pager-away")
    away.click()
    expect(away).to_have_attribute("aria-pressed", "true")
    away.click()
    expect(away).to_have_attribute("aria-pressed", "false")
    assert world.received("/sandbox/pagerduty/break") == [{"what": "away"}]
    assert world.received("/sandbox/pagerduty/heal") == [{"what": "away"}]


def test_alerts_are_fired_and_ended_by_hand(page: Page, world: FakeWorld) -> None:
    alerts = page.get_by_test_id("alerts")
    expect(alerts.get_by_test_id("alert")).to_have_text(["BridgeHighCPUbridgewarning10:07"])
    expect(alerts.get_by_test_id("fire-RedisDown")).to_have_count(0)
    alerts.get_by_test_id("fire-ServiceDown").click()
    expect(alerts.get_by_test_id("alert")).to_have_count(2)
    expect(alerts.get_by_test_id("fire-ServiceDown")).to_have_attribute("aria-pressed", "true")
    alerts.get_by_test_id("fire-ServiceDown").click()
    alerts.get_by_test_id("fire-BridgeHighCPU").click()
    expect(alerts.get_by_test_id("no-alert")).to_be_visible()
    assert world.received("/sandbox/alertmanager/fire") == [{"name": "ServiceDown"}]
    assert world.received("/sandbox/alertmanager/clear") == [{"name": "ServiceDown"}, {"name": "BridgeHighCPU"}]


def test_the_alertmanager_is_cut_off(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("alerts-blind").click()
    expect(page.get_by_test_id("alerts-blind")).to_have_attribute("aria-pressed", "true")
    assert world.received("/sandbox/alertmanager/break") == [{"what": "blind", "on": True}]


def test_all_pods_of_a_service_crash_now(page: Page, world: FakeWorld) -> None:
    page.get_by_test_id("deployment-aureus-aureus-bridge").get_by_test_id("break").click()
    with page.expect_response("**/sandbox/break"):
        page.get_by_test_id("strike-crash").click()
    where = {"what": "crash", "namespace": "aureus", "name": "aureus-bridge"}
    assert world.received("/sandbox/break") == [{**where, "on": True, "everything": True}]


def test_the_focus_stays_on_a_switch_that_is_drawn_anew(page: Page) -> None:
    page.get_by_test_id("pager-away").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("pager-away")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("pager-away")).to_be_focused()


def test_without_a_pager_the_panel_has_no_such_section(page: Page) -> None:
    for kind in ("pagerduty", "alertmanager"):
        page.route(f"**/sandbox/{kind}/state", lambda route: route.fulfill(json={"ok": False, "error": "not here"}))
    expect(page.get_by_test_id("pager")).to_be_hidden()
    expect(page.get_by_test_id("alerts")).to_be_hidden()
    expect(page.get_by_test_id("deployment-aureus-aureus-os")).to_be_visible()


def test_on_a_phone_the_pager_is_in_the_drawer_and_within_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_test_id("panel-toggle").click()
    page.get_by_test_id("pager-away").scroll_into_view_if_needed()
    expect(page.get_by_test_id("pager-acknowledge")).to_be_visible()
    assert page.evaluate("""() => {
      const body = document.querySelector(".panel-body");
      return body.scrollWidth <= body.clientWidth;
    }""")
