"""The policy's table, row by row, as ``config/policy.yaml`` holds it and ``Policy.gate`` decides it."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.app import find_handlers
from bot.config import Config, load
from bot.domain.gate import OPEN, Gate, Seat, seating
from bot.domain.plan import Level, Risk
from bot.domain.policy import COVERED, Policy, Rule, still_covered
from tests.domain.toy import NOW

PROJECT = Path(__file__).parents[2]
FOLDERS = (PROJECT / "sandbox" / "config", PROJECT / "config")
#: Those that there are, and some that may come.
COMMANDS = frozenset({handler.command for handler in find_handlers()} | {"hotfix", "restore"})
INFRASTRUCTURE, SECURITY = "infrastructure", "security"


@pytest.fixture(scope="module")
def config() -> Config:
    return load(FOLDERS, COMMANDS)


def gate(
    config: Config, asker: str, level: Level, *kinds: str, place: str = "production", command: str = "scale"
) -> Gate:
    risk = Risk(level, "", frozenset(kinds))
    return config.policy.gate(command, risk, frozenset({place}), asker, config.people)


def opened(config: Config, gate: Gate, *people: str) -> bool:
    """Whether these people, agreeing in this order, fill every seat."""
    agreed = {each: person.roles for each in people if (person := config.people.get(each))}
    return len(seating(gate.seats, agreed)) == len(gate.seats)


def alone(config: Config, gate: Gate) -> set[str]:
    """Everybody who opens the gate by agreeing alone."""
    return {person.id for person in config.people if opened(config, gate, person.id)}


# production


def test_low_in_production_is_confirmed_by_the_on_call_who_asks(config: Config) -> None:
    decided = gate(config, "ana", Level.LOW)
    assert [seat.own for seat in decided.seats] == [True]
    assert alone(config, decided) == {"ana"}
    assert not decided.reason


def test_low_in_production_needs_the_on_call_when_somebody_else_asks(config: Config) -> None:
    decided = gate(config, "chen", Level.LOW)
    assert [seat.own for seat in decided.seats] == [False]
    assert alone(config, decided) == {"ana"}


@pytest.mark.parametrize("asker", ["ana", "chen"])
def test_medium_in_production_needs_one_on_call_lead_or_engineering_manager_and_a_reason(
    config: Config, asker: str
) -> None:
    decided = gate(config, asker, Level.MEDIUM)
    assert alone(config, decided) == {"dana", "elif", "femi"}
    assert decided.reason


@pytest.mark.parametrize(("asker", "others"), [("dana", {"elif", "femi"}), ("elif", {"dana", "femi"})])
def test_medium_in_production_is_never_agreed_to_by_whoever_asks(config: Config, asker: str, others: set[str]) -> None:
    assert alone(config, gate(config, asker, Level.MEDIUM)) == others


def test_high_in_production_needs_an_engineering_manager_and_a_reason(config: Config) -> None:
    decided = gate(config, "ana", Level.HIGH)
    assert alone(config, decided) == {"elif", "femi"}
    assert decided.reason
    assert alone(config, gate(config, "elif", Level.HIGH)) == {"femi"}


@pytest.mark.parametrize(("kind", "chief"), [(INFRASTRUCTURE, "ivan"), (SECURITY, "hana")])
def test_high_in_production_needs_the_chief_of_its_kind_as_well(config: Config, kind: str, chief: str) -> None:
    decided = gate(config, "ana", Level.HIGH, kind)
    assert alone(config, decided) == set()
    assert opened(config, decided, "elif", chief)
    assert opened(config, decided, chief, "femi")
    assert not opened(config, decided, "elif", "femi", "dana", "goran")
    assert not opened(config, decided, chief, "ana", "dana")


def test_taking_the_signing_service_away_needs_three(config: Config) -> None:
    decided = gate(config, "ana", Level.HIGH, INFRASTRUCTURE, SECURITY)
    assert opened(config, decided, "elif", "ivan", "hana")
    for missing in (("elif", "ivan"), ("elif", "hana"), ("ivan", "hana")):
        assert not opened(config, decided, *missing)


@pytest.mark.parametrize("level", [Level.LOW, Level.MEDIUM])
def test_a_kind_brings_a_chief_only_where_the_risk_is_high(config: Config, level: Level) -> None:
    assert gate(config, "ana", level, INFRASTRUCTURE, SECURITY).seats == gate(config, "ana", level).seats


# staging


@pytest.mark.parametrize("asker", ["ana", "chen", "goran"])
def test_low_in_staging_is_confirmed_by_whoever_of_the_team_asks(config: Config, asker: str) -> None:
    assert alone(config, gate(config, asker, Level.LOW, place="staging")) == {asker}


def test_medium_in_staging_is_confirmed_by_the_on_call(config: Config) -> None:
    assert alone(config, gate(config, "ana", Level.MEDIUM, place="staging")) == {"ana"}
    assert alone(config, gate(config, "chen", Level.MEDIUM, place="staging")) == {"ana"}


def test_high_in_staging_needs_one_other_of_the_team_and_no_chief(config: Config) -> None:
    decided = gate(config, "ana", Level.HIGH, INFRASTRUCTURE, SECURITY, place="staging")
    assert alone(config, decided) == {"ben", "chen", "dana", "elif", "femi", "goran"}


def test_seats_of_two_places_add_up(config: Config) -> None:
    risk = Risk(Level.HIGH, "")
    decided = config.policy.gate("scale", risk, frozenset({"production", "staging"}), "ana", config.people)
    assert not opened(config, decided, "elif")
    assert opened(config, decided, "elif", "chen")


# commands


def test_what_only_reads_is_for_everybody_who_is_known(config: Config) -> None:
    assert all(config.policy.may(person, "whoami", changes=False) for person in config.people)


@pytest.mark.parametrize("command", ["scale", "restart", "undo"])
def test_changes_are_asked_for_by_the_team(config: Config, command: str) -> None:
    may = {person.id for person in config.people if config.policy.may(person, command, changes=True)}
    assert may == {"ana", "ben", "chen", "dana", "elif", "femi", "goran"}


@pytest.mark.parametrize("command", ["pause", "unpause"])
def test_only_engineering_managers_and_on_call_leads_pause_and_they_wait_for_nobody(
    config: Config, command: str
) -> None:
    may = {person.id for person in config.people if config.policy.may(person, command, changes=True)}
    assert may == {"dana", "elif", "femi"}
    assert gate(config, "dana", Level.LOW, command=command).seats == ()


def test_an_undo_soon_after_is_covered_and_a_later_one_is_gated_anew(config: Config) -> None:
    assert still_covered(config.policy, NOW, NOW + timedelta(minutes=30))
    assert not still_covered(config.policy, NOW, NOW + timedelta(minutes=30, seconds=1))
    assert not still_covered(config.policy, None, NOW)
    assert (COVERED.seats, COVERED.reason) == ((), False)
    assert alone(config, gate(config, "ana", Level.HIGH, command="undo")) == {"elif", "femi"}


def test_an_agreement_covers_no_more_than_what_it_was_asked_for(config: Config) -> None:
    low, medium, high = (gate(config, "ana", level) for level in Level)
    destructive = gate(config, "ana", Level.HIGH, "infrastructure")
    assert [first.covers(low) for first in (OPEN, low, medium, high)] == [False, True, False, False]
    assert [first.covers(high) for first in (OPEN, low, medium, high, destructive)] == [False, False, False, True, True]
    assert not high.covers(destructive)
    team = frozenset({"team"})
    assert not Gate((Seat(team, own=True),)).covers(Gate((Seat(team),))), "to confirm is not to approve"
    assert not Gate((Seat(team),)).covers(Gate((Seat(team), Seat(team)))), "two people are more than one"
    assert not Gate((Seat(team),)).covers(Gate((Seat(team),), reason=True))


def test_of_two_risks_the_higher_counts_with_the_kinds_of_both() -> None:
    low, high = Risk(Level.LOW, "it is little", frozenset({"security"})), Risk(Level.HIGH, "it is all")
    assert low | high == high | low == Risk(Level.HIGH, "it is all", frozenset({"security"}))
    assert Risk(Level.LOW, "this") | Risk(Level.LOW, "that") == Risk(Level.LOW, "this")


def test_people_have_an_hour_unless_a_line_says_otherwise(config: Config) -> None:
    assert gate(config, "ana", Level.MEDIUM).expires == timedelta(hours=1)
    short, long = Rule(expires=timedelta(minutes=5)), Rule(expires=timedelta(days=2))
    policy = Policy(frozenset(), frozenset(), {}, seats=(long,), also=(short,))
    decided = policy.gate("scale", Risk(Level.LOW, ""), frozenset({"production"}), "ana", config.people)
    assert decided.expires == timedelta(minutes=5)


def test_where_the_table_says_nothing_an_engineering_manager_must_agree(config: Config) -> None:
    policy = Policy(frozenset(), frozenset(), {}, seats=(), also=())
    decided = policy.gate("scale", Risk(Level.LOW, ""), frozenset({"production"}), "ana", config.people)
    assert alone(config, decided) == {"elif", "femi"}
    assert decided.reason


# The rows of commands that are still to come: the same table holds them.


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Config:
    policy = yaml.safe_load((PROJECT / "config" / "policy.yaml").read_text())
    policy["seats"][:0] = [
        {"command": ["hotfix"], "place": ["production"], "needs": [["engineering-manager"], ["on-call-lead"]]},
        {"command": ["restore"], "place": ["production"], "needs": [["engineering-manager"], ["team"]]},
        {"command": ["restore"], "place": ["staging"], "needs": [["team"]]},
    ]
    folder = tmp_path_factory.mktemp("later")
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    return load((folder, *FOLDERS), COMMANDS)


def test_a_hotfix_needs_an_engineering_manager_and_the_on_call_lead(later: Config) -> None:
    decided = gate(later, "ana", Level.HIGH, command="hotfix")
    assert opened(later, decided, "dana", "elif")
    assert not opened(later, decided, "elif", "femi")
    assert not opened(later, decided, "dana", "ben")


def test_a_restore_needs_two_others_one_of_them_an_engineering_manager(later: Config) -> None:
    decided = gate(later, "ana", Level.HIGH, command="restore")
    assert opened(later, decided, "femi", "elif")
    assert opened(later, decided, "elif", "chen")
    assert opened(later, decided, "chen", "elif")
    assert not opened(later, decided, "ben", "chen", "goran")
    assert not opened(later, decided, "elif", "ana")
    assert alone(later, gate(later, "ana", Level.HIGH, command="restore", place="staging")) >= {"ben", "elif"}
