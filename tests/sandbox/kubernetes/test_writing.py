"""Create, replace, patch, delete: validation, preconditions, dry runs, and who is recorded."""

from typing import Any

import pytest
from kubernetes import client

from sandbox.clock import StandingClock
from tests.sandbox.kubernetes.clients import PROD, Client, move, refused, status_of


def web(**spec: Any) -> dict[str, Any]:
    container = {"name": "web", "image": "registry.example/web:1"}
    whole = {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    return body | {"spec": {key: value for key, value in (whole | spec).items() if value is not None}}


def test_a_created_deployment_is_filled_in_and_gets_its_pods(admin: Client, clock: StandingClock) -> None:
    made = admin.apps.create_namespaced_deployment(PROD, web())
    assert made.spec.strategy.rolling_update.max_surge == "25%"
    assert (made.spec.progress_deadline_seconds, made.spec.revision_history_limit) == (600, 10)
    assert made.spec.template.spec.containers[0].image_pull_policy == "IfNotPresent"
    assert (made.metadata.generation, made.status.observed_generation) == (1, None)
    move(clock, 3)
    assert admin.deployment("web").status.ready_replicas == 2


def test_creating_twice_is_already_exists(admin: Client) -> None:
    admin.apps.create_namespaced_deployment(PROD, web())
    with refused(409, "AlreadyExists") as answer:
        admin.apps.create_namespaced_deployment(PROD, web())
    assert answer.status["message"] == 'deployments.apps "web" already exists'


def test_creating_in_a_namespace_that_is_not_there_is_a_404(admin: Client) -> None:
    with refused(404, "NotFound") as answer:
        admin.apps.create_namespaced_deployment("nowhere", web())
    assert answer.status["message"] == 'namespaces "nowhere" not found'


def test_another_namespace_in_the_body_is_a_400(admin: Client) -> None:
    body = web()
    body["metadata"]["namespace"] = "aureus"
    with refused(400, "BadRequest") as answer:
        admin.apps.create_namespaced_deployment("aureus-staging", body)
    assert "does not match the namespace sent on the request" in answer.status["message"]


POD = {"metadata": {"labels": {"app": "web"}}}


@pytest.mark.parametrize(
    ("spec", "field", "says"),
    [
        ({"replicas": -1}, "spec.replicas", "Invalid value: -1: must be greater than or equal to 0"),
        ({"selector": None}, "spec.selector", "Required value"),
        (
            {"selector": {"matchLabels": {"app": "other"}}},
            "spec.template.metadata.labels",
            "`selector` does not match template `labels`",
        ),
        ({"template": POD | {"spec": {"containers": []}}}, "spec.template.spec.containers", "Required value"),
        (
            {"template": POD | {"spec": {"containers": [{"name": "web"}]}}},
            "spec.template.spec.containers[0].image",
            "Required value",
        ),
        (
            {"template": POD | {"spec": {"containers": [{"name": "a", "image": "x"}] * 2}}},
            "spec.template.spec.containers[1].name",
            'Duplicate value: "a"',
        ),
        (
            {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}},
            "spec.strategy.rollingUpdate.maxUnavailable",
            "may not be 0 when `maxSurge` is 0",
        ),
        ({"strategy": {"type": "Blue"}}, "spec.strategy.type", 'Unsupported value: "Blue"'),
        ({"minReadySeconds": 700}, "spec.progressDeadlineSeconds", "must be greater than minReadySeconds"),
    ],
)
def test_a_deployment_that_breaks_a_rule_is_invalid_and_says_which(
    admin: Client, spec: dict[str, Any], field: str, says: str
) -> None:
    answer = admin.http.post(f"/apis/apps/v1/namespaces/{PROD}/deployments", json=web(**spec))
    status = status_of(answer, 422, "Invalid")
    causes = {cause["field"]: cause["message"] for cause in status["details"]["causes"]}
    assert says in causes[field]
    assert status["message"].startswith('Deployment.apps "web" is invalid: ')
    assert status["details"]["kind"] == "Deployment"


def test_a_request_above_its_limit_is_invalid(admin: Client) -> None:
    resources = {"requests": {"cpu": "2"}, "limits": {"cpu": "500m"}}
    pod = {"containers": [{"name": "web", "image": "x", "resources": resources}]}
    with refused(422, "Invalid") as answer:
        admin.apps.create_namespaced_deployment(PROD, web(template=POD | {"spec": pod}))
    assert "must be less than or equal to cpu limit of 500m" in answer.status["message"]


def test_a_name_is_required_and_must_be_one(admin: Client) -> None:
    body = web()
    body["metadata"] = {}
    with refused(422, "Invalid") as answer:
        admin.apps.create_namespaced_deployment(PROD, body)
    assert "metadata.name: Required value: name or generateName is required" in answer.status["message"]
    body["metadata"] = {"name": "Web_1"}
    with refused(422, "Invalid") as answer:
        admin.apps.create_namespaced_deployment(PROD, body)
    assert "RFC 1123" in answer.status["message"]


def test_a_text_for_a_number_is_refused(admin: Client) -> None:
    answer = admin.http.post(f"/apis/apps/v1/namespaces/{PROD}/deployments", json=web(replicas="3"))
    says = status_of(answer, 400, "BadRequest")["message"]
    assert "cannot unmarshal string into Go struct field spec.replicas of type int" in says
    with refused(422, "Invalid"):
        admin.apps.patch_namespaced_deployment("openclaw", PROD, {"spec": {"replicas": "five"}})
    assert admin.deployment("openclaw").spec.replicas == 3


def test_a_misspelt_field_is_dropped_with_a_warning_or_refused_when_strict(admin: Client) -> None:
    before = admin.deployment()
    body = {"spec": {"replica": 5}}
    answer = admin.apps.patch_namespaced_deployment_with_http_info("aureus-bridge", PROD, body)
    after, _, headers = answer
    assert headers["Warning"] == '299 - "unknown field \\"spec.replica\\""'
    assert after.metadata.resource_version == before.metadata.resource_version
    with refused(400, "BadRequest") as answer:
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body, field_validation="Strict")
    assert answer.status["message"] == 'strict decoding error: unknown field "spec.replica"'


def test_a_stale_resource_version_is_a_conflict_in_a_replace_and_in_a_patch(admin: Client) -> None:
    read = admin.deployment()
    admin.scale(4)
    read.spec.replicas = 6
    with refused(409, "Conflict") as answer:
        admin.apps.replace_namespaced_deployment("aureus-bridge", PROD, read)
    assert "please apply your changes to the latest version" in answer.status["message"]
    assert answer.status["details"] == {"name": "aureus-bridge", "group": "apps", "kind": "deployments"}
    patch = {"metadata": {"resourceVersion": read.metadata.resource_version}, "spec": {"replicas": 6}}
    with refused(409, "Conflict"):
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, patch)
    assert admin.deployment().spec.replicas == 4


def test_a_replace_with_the_present_version_is_stored(admin: Client) -> None:
    read = admin.deployment()
    read.spec.replicas = 6
    stored = admin.apps.replace_namespaced_deployment("aureus-bridge", PROD, read)
    assert stored.spec.replicas == 6
    assert stored.metadata.resource_version != read.metadata.resource_version


def test_a_selector_cannot_be_changed(admin: Client) -> None:
    read = admin.deployment()
    read.metadata.resource_version = None
    read.spec.selector.match_labels = {"app": "other"}
    read.spec.template.metadata.labels = {"app": "other"}
    with refused(422, "Invalid") as answer:
        admin.apps.replace_namespaced_deployment("aureus-bridge", PROD, read)
    assert "field is immutable" in answer.status["message"]


def test_another_name_in_the_body_is_a_400(admin: Client) -> None:
    read = admin.deployment()
    with refused(400, "BadRequest"):
        admin.apps.replace_namespaced_deployment("openclaw", PROD, read)


def test_the_generation_moves_with_the_spec_only_and_is_observed_a_moment_later(
    admin: Client, clock: StandingClock
) -> None:
    first = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"metadata": {"labels": {"team": "a"}}})
    assert first.metadata.generation == 1
    second = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 4}})
    assert (second.metadata.generation, second.status.observed_generation) == (2, 1)
    assert admin.deployment().status.observed_generation == 1
    move(clock, 0.2)
    assert admin.deployment().status.observed_generation == 2


def test_a_patch_that_changes_nothing_stores_nothing(admin: Client) -> None:
    before = admin.deployment()
    after = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 3}})
    assert after.metadata.resource_version == before.metadata.resource_version


def test_a_strategic_patch_merges_containers_and_variables_by_name(admin: Client) -> None:
    env = [{"name": "LOG_LEVEL", "value": "debug"}, {"name": "NEW", "value": "1"}]
    body = {"spec": {"template": {"spec": {"containers": [{"name": "aureus-bridge", "env": env}]}}}}
    container = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body).spec.template.spec.containers[0]
    assert {one.name: one.value for one in container.env} == {"PORT": "3000", "LOG_LEVEL": "debug", "NEW": "1"}
    assert container.image == "ghcr.io/aureus/aureus-bridge:1.4.2"
    gone = {"name": "aureus-bridge", "env": [{"name": "NEW", "$patch": "delete"}]}
    body = {"spec": {"template": {"spec": {"containers": [gone]}}}}
    container = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body).spec.template.spec.containers[0]
    assert [one.name for one in container.env] == ["PORT", "LOG_LEVEL"]


def test_a_merge_patch_replaces_lists_whole(admin: Client) -> None:
    body = {"spec": {"template": {"spec": {"containers": [{"name": "only", "image": "x:1"}]}}}}
    after = admin.apps.patch_namespaced_deployment(
        "aureus-bridge", PROD, body, _content_type="application/merge-patch+json"
    )
    assert [(one.name, one.env) for one in after.spec.template.spec.containers] == [("only", None)]


def test_a_json_patch_tests_before_it_changes(admin: Client) -> None:
    body = [
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "replace", "path": "/spec/replicas", "value": 4},
        {"op": "add", "path": "/metadata/annotations/example.org~1by", "value": "test"},
    ]
    after = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body)
    assert (after.spec.replicas, after.metadata.annotations["example.org/by"]) == (4, "test")
    with refused(422, "Invalid") as answer:
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body)
    assert "test failed" in answer.status["details"]["causes"][0]["message"]


def test_an_unknown_patch_type_is_a_415(admin: Client) -> None:
    with refused(415, "UnsupportedMediaType"):
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {}, _content_type="application/json")


def test_a_dry_run_answers_and_validates_and_stores_nothing(admin: Client, clock: StandingClock) -> None:
    before = admin.deployment()
    seen = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 9}}, dry_run="All")
    assert (seen.spec.replicas, seen.metadata.generation) == (9, 2)
    made = admin.apps.create_namespaced_deployment(PROD, web(), dry_run="All")
    assert made.spec.strategy.type == "RollingUpdate"
    admin.apps.delete_namespaced_deployment("openclaw", PROD, dry_run="All")
    admin.core.delete_namespaced_pod(admin.pods()[0].metadata.name, PROD, dry_run="All")
    with refused(422, "Invalid"):
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": -1}}, dry_run="All")
    move(clock, 5)
    assert admin.deployment() == before
    assert admin.deployment("openclaw").status.ready_replicas == 3
    assert len(admin.pods()) == 3
    with refused(404, "NotFound"):
        admin.deployment("web")


def test_an_unknown_dry_run_is_refused_as_the_real_server_does(admin: Client) -> None:
    with refused(422, "Invalid") as answer:
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 9}}, dry_run="Some")
    assert answer.status["details"]["causes"][0]["field"] == "dryRun"
    assert admin.deployment().spec.replicas == 3


def test_who_wrote_is_recorded_under_the_name_given_or_the_clients_own(admin: Client) -> None:
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 4}}, field_manager="me")
    after = admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"paused": True}})
    written = {entry.manager: entry.fields_v1 for entry in after.metadata.managed_fields if entry.operation == "Update"}
    assert written["me"] == {"f:spec": {"f:replicas": {}}}
    assert written["OpenAPI-Generator"] == {"f:spec": {"f:paused": {}}}
    assert "f:replicas" not in written["kubectl-client-side-apply"]["f:spec"]


def test_deleting_a_deployment_takes_its_replica_sets_and_pods_along(admin: Client, clock: StandingClock) -> None:
    answer = admin.apps.delete_namespaced_deployment("openclaw", PROD)
    assert answer["status"] == "Success"
    move(clock, 0.5)
    assert {bool(pod.metadata.deletion_timestamp) for pod in admin.pods("openclaw")} == {True}
    move(clock, 2)
    assert admin.pods("openclaw") == []
    assert admin.apps.list_namespaced_replica_set(PROD, label_selector="app=openclaw").items == []


def test_deleting_with_orphan_leaves_the_pods(admin: Client, clock: StandingClock) -> None:
    admin.apps.delete_namespaced_deployment("openclaw", PROD, propagation_policy="Orphan")
    move(clock, 5)
    assert len(admin.pods("openclaw")) == 3


def test_a_delete_keeps_its_preconditions(admin: Client) -> None:
    options = client.V1DeleteOptions(preconditions=client.V1Preconditions(uid="another"))
    with refused(409, "Conflict"):
        admin.apps.delete_namespaced_deployment("openclaw", PROD, body=options)
    assert admin.deployment("openclaw")


def test_a_deleted_pod_is_replaced(admin: Client, clock: StandingClock) -> None:
    victim = admin.pods()[0].metadata.name
    gone = admin.core.delete_namespaced_pod(victim, PROD)
    assert gone.metadata.deletion_timestamp is not None
    move(clock, 4)
    assert victim not in {pod.metadata.name for pod in admin.pods()}
    assert admin.deployment().status.ready_replicas == 3


def test_an_autoscaler_is_validated(admin: Client) -> None:
    def patched(**spec: int) -> None:
        admin.scaling.patch_namespaced_horizontal_pod_autoscaler("aureus-os-hpa", PROD, {"spec": spec})

    with refused(422, "Invalid") as answer:
        patched(minReplicas=11)
    assert "must be greater than or equal to `minReplicas`" in answer.status["message"]
    with refused(422, "Invalid") as answer:
        patched(minReplicas=0)
    assert answer.status["details"]["causes"][0]["field"] == "spec.minReplicas"
    with refused(422, "Invalid"):
        patched(maxReplicas=0)
    assert answer.status["message"].startswith('HorizontalPodAutoscaler.autoscaling "aureus-os-hpa" is invalid: ')


def test_config_maps_and_quotas_are_kept(admin: Client, clock: StandingClock) -> None:
    admin.core.create_namespaced_config_map(PROD, {"metadata": {"name": "settings"}, "data": {"A": "1"}})
    admin.core.patch_namespaced_config_map("settings", PROD, {"data": {"B": "2"}})
    assert admin.core.read_namespaced_config_map("settings", PROD).data == {"A": "1", "B": "2"}
    admin.core.create_namespaced_resource_quota(PROD, {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "9"}}})
    move(clock, 1)
    assert admin.core.read_namespaced_resource_quota("q", PROD).status.used == {"pods": "9"}
