"""Cards as they are drawn, kept as JSON: a change of how they look is a change of these files.

``AUREUS_GOLDEN=write`` writes them anew; look at what has changed before you commit it.
"""

import json
import os
import re
from pathlib import Path

import pytest
from slack_sdk.models.blocks import Block

from bot.domain import incident_card
from bot.domain.card import tell
from bot.domain.incident_state import Stage
from bot.doors.slack.blocks import Message, render
from sandbox.slack.block_kit import check_message
from tests.doors.slack.folds import PEOPLE, PHASES, RUNS
from tests.doors.slack.incidents import INCIDENTS
from tests.doors.slack.reports import ACCOUNTS, CASE, REPORTS

GOLDEN = Path(__file__).parent / "golden"
#: Reports made by hand, for what can be in one; and the cards of runs and incidents, for what people see.
CARDS = {
    **{name: (report, CASE) for name, report in REPORTS.items()},
    **{f"run-{name}": (tell(run, PEOPLE), run.id) for name, run in RUNS.items()},
    **{f"incident-{name}": (incident_card.tell(one, PEOPLE), one.id) for name, one in INCIDENTS.items()},
}


def drawn(name: str) -> Message:
    report, case = CARDS[name]
    return render(report, case=case, accounts=ACCOUNTS)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_it_did(name: str) -> None:
    message = drawn(name)
    shown = json.dumps({"text": message.text, "blocks": message.blocks}, indent=1, ensure_ascii=False) + "\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("AUREUS_GOLDEN") == "write":
        file.write_text(shown)
    assert shown == file.read_text()


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_within_the_limits_of_slack(name: str) -> None:
    message = drawn(name)
    check_message(message.blocks, None)
    assert len(message.text) <= 4000


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_what_the_sdk_of_slack_takes(name: str) -> None:
    for block in Block.parse_all(drawn(name).blocks):
        block.validate_json()


def test_no_golden_card_is_left_behind() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(CARDS)


def test_each_run_is_in_the_state_that_its_card_is_kept_for() -> None:
    assert {name: run.phase for name, run in RUNS.items()} == {
        name: phase for phase, names in PHASES.items() for name in names
    }


@pytest.mark.parametrize("name", RUNS)
def test_a_card_says_what_was_asked_by_whom_and_names_its_run(name: str) -> None:
    run, shown = RUNS[name], json.dumps(drawn(f"run-{name}").blocks, ensure_ascii=False)
    for part in (run.plan.title if run.plan else run.words, "asked by Ana Silva", run.id):
        assert part in shown


def test_the_incidents_are_in_every_stage() -> None:
    assert {incident.stage for incident in INCIDENTS.values()} == set(Stage)


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_card_says_how_bad_it_is_as_a_word_and_as_a_colour(name: str) -> None:
    incident, shown = INCIDENTS[name], json.dumps(drawn(f"incident-{name}").blocks, ensure_ascii=False)
    colour = {"P0": "red_circle", "P1": "large_orange_circle", "P2": "large_yellow_circle", "P3": "large_blue_circle"}
    words = f"{incident.severity.value}, {incident.severity.word}"
    assert re.search(rf"{words}(, security)? :{colour[incident.severity.value]}:", shown)
