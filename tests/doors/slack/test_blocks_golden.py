"""Cards as they are drawn, kept as JSON: a change of how they look is a change of these files.

``AUREUS_GOLDEN=write`` writes them anew; look at what has changed before you commit it.
"""

import json
import os
from pathlib import Path

import pytest
from slack_sdk.models.blocks import Block

from bot.doors.slack.blocks import render
from sandbox.slack.block_kit import check_message
from tests.doors.slack.reports import ACCOUNTS, CASE, REPORTS

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", REPORTS)
def test_a_card_looks_as_it_did(name: str) -> None:
    message = render(REPORTS[name], case=CASE, accounts=ACCOUNTS)
    drawn = json.dumps({"text": message.text, "blocks": message.blocks}, indent=1, ensure_ascii=False) + "\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("AUREUS_GOLDEN") == "write":
        file.write_text(drawn)
    assert drawn == file.read_text()


@pytest.mark.parametrize("name", REPORTS)
def test_a_card_is_within_the_limits_of_slack(name: str) -> None:
    message = render(REPORTS[name], case=CASE, accounts=ACCOUNTS)
    check_message(message.blocks, None)
    assert len(message.text) <= 4000


@pytest.mark.parametrize("name", REPORTS)
def test_a_card_is_what_the_sdk_of_slack_takes(name: str) -> None:
    message = render(REPORTS[name], case=CASE, accounts=ACCOUNTS)
    for block in Block.parse_all(message.blocks):
        block.validate_json()


def test_no_golden_card_is_left_behind() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(REPORTS)
