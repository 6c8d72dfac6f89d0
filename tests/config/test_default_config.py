"""The configuration that the project comes with, and that of the sandbox over it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import find_handlers
from bot.config import Config, load
from bot.world.k8s import Deployment
from tests.config.files import PEOPLE, write

PROJECT = Path(__file__).parents[2]
#: The project's own policy may speak of every command that there is.
COMMANDS = frozenset(handler.command for handler in find_handlers())
CONFIG, SANDBOX = PROJECT / "config", PROJECT / "sandbox" / "config"


@pytest.fixture(scope="module")
def sandbox() -> Config:
    return load([SANDBOX, CONFIG], COMMANDS)


def test_the_default_configuration_loads_and_knows_nobody_yet() -> None:
    assert list(load([CONFIG], COMMANDS).people) == []


def test_the_example_in_the_comments_of_people_is_a_right_file(tmp_path: Path) -> None:
    written = (CONFIG / "people.yaml").read_text()
    example = "\n".join(line.removeprefix("#   ") for line in written.splitlines() if line != "people: []")
    assert [person.id for person in load([write(tmp_path, people=example), CONFIG], COMMANDS).people] == ["kim"]


def test_a_name_that_people_type_is_the_deployment_that_the_platform_has(sandbox: Config) -> None:
    bridge = sandbox.catalogue.find("bridge")
    assert bridge is not None
    assert bridge.at("production") == Deployment("aureus", "aureus-bridge")
    assert bridge.at("staging") == Deployment("aureus-staging", "aureus-bridge")
    assert sandbox.catalogue.find("AUREUS-BRIDGE") is bridge
    assert sandbox.catalogue.names == ("bridge", "aureus-os", "openclaw")
    assert {service.name for service in sandbox.catalogue if service.signs} == {"bridge"}
    assert {service.baseline for service in sandbox.catalogue} == {3}


def test_what_only_alerts_are_about_is_found_by_its_job_and_nothing_runs_it(sandbox: Config) -> None:
    for name, job in (("postgres", "aureus-postgres"), ("redis", "redis")):
        found = sandbox.catalogue.find(job)
        assert found is not None
        assert (found.name, dict(found.deployments)) == (name, {})
        assert found not in list(sandbox.catalogue)


def test_the_sandbox_knows_its_cast_but_not_the_outsider(sandbox: Config) -> None:
    cast = " ".join(person.id for person in sandbox.people)
    assert cast == "ana ben chen dana elif femi goran hana ivan"
    assert sandbox.people.by_slack("UOLGA") is None
    holders = sandbox.people.holding(frozenset({"engineering-manager"}))
    assert holders == {"elif", "femi"}
    assert sandbox.people.by_email("Ana@aureus.example") is sandbox.people.by_slack("UANA")


def test_cards_without_a_place_go_to_the_channel_of_the_on_call(sandbox: Config) -> None:
    assert sandbox.channels.fallback == "#aureus-on-call"


def test_each_file_is_taken_from_the_first_folder_that_has_it(tmp_path: Path) -> None:
    over = tmp_path / "over"
    over.mkdir()
    (over / "channels.yaml").write_text("fallback: CFIRST\n")
    config = load([over, write(tmp_path / "config")], COMMANDS)
    assert (config.channels.fallback, len(list(config.people))) == ("CFIRST", PEOPLE.count("- id"))


def test_the_configuration_can_be_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = write(tmp_path / "config")
    before = sorted(os.listdir(folder))
    load([folder], COMMANDS)
    assert sorted(os.listdir(folder)) == before


def test_the_post_mortem_is_two_working_days_after_the_end() -> None:
    assert load([CONFIG], COMMANDS).ladder.review_after == timedelta(hours=18)
