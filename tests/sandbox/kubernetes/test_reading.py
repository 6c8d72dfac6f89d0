"""Get, list, selectors, discovery, logs."""

import pytest
from kubernetes import client

from sandbox.clock import StandingClock
from tests.sandbox.kubernetes.clients import PROD, Client, condition, move, refused


def test_the_seeded_services_have_been_ready_for_days(bot: Client) -> None:
    found = bot.apps.list_namespaced_deployment(PROD)
    assert [one.metadata.name for one in found.items] == ["aureus-bridge", "aureus-os", "openclaw"]
    for one in found.items:
        assert (one.status.ready_replicas, one.status.updated_replicas, one.status.available_replicas) == (3, 3, 3)
        assert one.status.observed_generation == one.metadata.generation
        assert condition(one.status.conditions, "Progressing").reason == "NewReplicaSetAvailable"
    assert {pod.status.phase for pod in bot.pods()} == {"Running"}


def test_only_aureus_os_has_an_autoscaler_to_begin_with(bot: Client) -> None:
    found = bot.scaling.list_namespaced_horizontal_pod_autoscaler(PROD).items
    assert [(one.metadata.name, one.spec.min_replicas, one.spec.max_replicas) for one in found] == [
        ("aureus-os-hpa", 3, 10)
    ]
    assert condition(found[0].status.conditions, "ScalingActive").status == "True"


def test_what_is_zero_is_left_out_of_a_status_as_in_the_real_api(admin: Client, clock: StandingClock) -> None:
    assert admin.deployment().status.unavailable_replicas is None
    admin.scale(0)
    move(clock, 5)
    assert admin.deployment().status.replicas is None
    assert admin.deployment().spec.replicas == 0


def test_a_missing_deployment_is_a_404_with_its_details(bot: Client) -> None:
    with refused(404, "NotFound") as answer:
        bot.deployment("nothing")
    assert answer.status["message"] == 'deployments.apps "nothing" not found'
    assert answer.status["details"] == {"name": "nothing", "group": "apps", "kind": "deployments"}


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app=aureus-os", {"aureus-os"}),
        ("app==aureus-os", {"aureus-os"}),
        ("app!=aureus-os", {"aureus-bridge", "openclaw"}),
        ("app in (aureus-os, openclaw)", {"aureus-os", "openclaw"}),
        ("app notin (aureus-os,openclaw)", {"aureus-bridge"}),
        ("app,app!=openclaw", {"aureus-bridge", "aureus-os"}),
        ("!app", set()),
        ("tier", set()),
        ("tier notin (gold)", {"aureus-bridge", "aureus-os", "openclaw"}),
    ],
)
def test_label_selectors_choose(bot: Client, selector: str, names: set[str]) -> None:
    found = bot.apps.list_namespaced_deployment(PROD, label_selector=selector).items
    assert {one.metadata.name for one in found} == names


def test_a_label_selector_that_is_none_is_a_400(bot: Client) -> None:
    with refused(400, "BadRequest") as answer:
        bot.apps.list_namespaced_deployment(PROD, label_selector="app=(a,b")
    assert "unable to parse requirement" in answer.status["message"]


def test_field_selectors_choose(bot: Client, clock: StandingClock) -> None:
    bot.scale(4)
    move(clock, 0.5)
    pending = bot.core.list_namespaced_pod(PROD, field_selector="status.phase=Pending").items
    assert len(pending) == 1
    name, node = pending[0].metadata.name, pending[0].spec.node_name
    assert len(bot.core.list_namespaced_pod(PROD, field_selector=f"metadata.name={name}").items) == 1
    there = bot.core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node}").items
    assert {pod.spec.node_name for pod in there} == {node}
    about = bot.core.list_namespaced_event(
        PROD, field_selector=f"involvedObject.kind=Pod,involvedObject.name={name},type=Normal,reason!=Pulling"
    ).items
    assert {event.reason for event in about} == {"Scheduled"}
    by_uid = bot.core.list_namespaced_event(PROD, field_selector=f"involvedObject.uid={pending[0].metadata.uid}").items
    assert {event.involved_object.name for event in by_uid} == {name}


def test_an_unsupported_field_selector_is_a_400(bot: Client) -> None:
    with refused(400, "BadRequest") as answer:
        bot.core.list_namespaced_pod(PROD, field_selector="spec.containers=x")
    assert answer.status["message"] == "field label not supported: spec.containers"
    with refused(400, "BadRequest") as answer:
        bot.apps.list_namespaced_deployment(PROD, field_selector="status.phase=Running")
    assert "is not a known field selector" in answer.status["message"]


def test_a_list_comes_in_pages(admin: Client) -> None:
    first = admin.apps.list_namespaced_deployment(PROD, limit=2)
    assert (len(first.items), first.metadata.remaining_item_count) == (2, 1)
    rest = admin.apps.list_namespaced_deployment(PROD, limit=2, _continue=first.metadata._continue)
    assert [one.metadata.name for one in rest.items] == ["openclaw"]
    assert rest.metadata._continue is None
    with refused(400, "BadRequest"):
        admin.apps.list_namespaced_deployment(PROD, limit=2, _continue="made up")


def test_a_list_of_all_namespaces_holds_both(admin: Client) -> None:
    found = admin.apps.list_deployment_for_all_namespaces(label_selector="app=openclaw").items
    assert {one.metadata.namespace for one in found} == {"aureus", "aureus-staging"}


def test_discovery_names_what_is_served(admin: Client) -> None:
    assert client.VersionApi(admin.api).get_code().major == "1"
    assert {group.name for group in client.ApisApi(admin.api).get_api_versions().groups} == {
        "apps",
        "autoscaling",
        "authorization.k8s.io",
    }
    names = {one.name for one in admin.apps.get_api_resources().resources}
    assert {"deployments", "deployments/scale", "replicasets"} <= names


def test_a_log_is_text_and_can_be_cut(bot: Client, clock: StandingClock) -> None:
    name = bot.pods()[0].metadata.name
    whole = bot.core.read_namespaced_pod_log(name, PROD)
    assert "health ok" in whole
    assert len(bot.core.read_namespaced_pod_log(name, PROD, tail_lines=3).splitlines()) == 3
    recent = bot.core.read_namespaced_pod_log(name, PROD, since_seconds=30, timestamps=True).splitlines()
    assert 1 <= len(recent) <= 4
    assert recent[0].startswith("2026-11-24T")
    with refused(400, "BadRequest") as answer:
        bot.core.read_namespaced_pod_log(name, PROD, container="other")
    assert "is not valid for pod" in answer.status["message"]
    with refused(400, "BadRequest") as answer:
        bot.core.read_namespaced_pod_log(name, PROD, previous=True)
    assert "previous terminated container" in answer.status["message"]


def test_a_container_that_has_not_started_has_no_log(bot: Client, clock: StandingClock) -> None:
    bot.scale(4)
    move(clock, 0.5)
    new = next(pod for pod in bot.pods() if pod.status.phase == "Pending")
    with refused(400, "BadRequest") as answer:
        bot.core.read_namespaced_pod_log(new.metadata.name, PROD)
    assert answer.status["message"].endswith("is waiting to start: ContainerCreating")


def test_watching_is_refused_rather_than_answered_with_a_list(admin: Client) -> None:
    with refused(405, "MethodNotAllowed"):
        admin.core.list_namespaced_pod(PROD, watch=True)
