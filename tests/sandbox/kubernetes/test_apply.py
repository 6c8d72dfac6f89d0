"""Server-side apply: ownership of fields, conflicts, force, and what is given up."""

from typing import Any

from sandbox.clock import StandingClock
from tests.sandbox.kubernetes.clients import PROD, Client, move, refused
from tests.sandbox.kubernetes.test_writing import web

APPLY = {"_content_type": "application/apply-patch+yaml"}


def bridge(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "aureus-bridge"}, "spec": spec}


def apply(who: Client, body: dict[str, Any], manager: str = "release", **options: Any) -> Any:
    name = body["metadata"]["name"]
    return who.apps.patch_namespaced_deployment(name, PROD, body, field_manager=manager, **options, **APPLY)


def test_an_apply_creates_what_is_not_there(admin: Client, clock: StandingClock) -> None:
    made = apply(admin, web())
    entry = made.metadata.managed_fields[0]
    assert (entry.manager, entry.operation) == ("release", "Apply")
    assert entry.fields_v1["f:spec"]["f:replicas"] == {}
    move(clock, 3)
    assert admin.deployment("web").status.ready_replicas == 2


def test_an_apply_needs_the_name_of_its_manager(admin: Client) -> None:
    with refused(422, "Invalid") as answer:
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, bridge(replicas=4), **APPLY)
    assert "fieldManager: Required value" in answer.status["message"]


def test_changing_a_field_of_somebody_else_is_a_conflict_that_names_them(admin: Client) -> None:
    admin.scale(5, field_manager="aureus-bot")
    with refused(409, "Conflict") as answer:
        apply(admin, bridge(replicas=3))
    assert answer.status["message"] == (
        'Apply failed with 1 conflict: conflict with "aureus-bot" with subresource "scale" using apps/v1: '
        ".spec.replicas"
    )
    assert answer.status["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "aureus-bot" with subresource "scale" using apps/v1',
            "field": ".spec.replicas",
        }
    ]
    assert admin.deployment().spec.replicas == 5


def test_force_takes_the_field_over(admin: Client) -> None:
    admin.scale(5, field_manager="aureus-bot")
    after = apply(admin, bridge(replicas=3), force=True)
    assert after.spec.replicas == 3
    assert "aureus-bot" not in {entry.manager for entry in after.metadata.managed_fields}


def test_the_same_value_is_shared_without_a_conflict(admin: Client) -> None:
    admin.scale(5, field_manager="aureus-bot")
    after = apply(admin, bridge(replicas=5))
    assert {"aureus-bot", "release"} <= {entry.manager for entry in after.metadata.managed_fields}


def test_what_an_apply_leaves_out_is_removed_if_nobody_else_has_it(admin: Client) -> None:
    env = [{"name": "EXTRA", "value": "1"}]
    apply(admin, bridge(template={"spec": {"containers": [{"name": "aureus-bridge", "env": env}]}}))
    names = [one.name for one in admin.deployment().spec.template.spec.containers[0].env]
    assert names == ["PORT", "LOG_LEVEL", "EXTRA"]
    apply(admin, bridge(template={"spec": {"containers": [{"name": "aureus-bridge"}]}}))
    names = [one.name for one in admin.deployment().spec.template.spec.containers[0].env]
    assert names == ["PORT", "LOG_LEVEL"]


def test_a_dry_run_of_an_apply_stores_nothing(admin: Client) -> None:
    before = admin.deployment()
    assert apply(admin, bridge(minReadySeconds=5), dry_run="All").spec.min_ready_seconds == 5
    assert admin.deployment() == before


def test_an_apply_that_creates_needs_the_right_to_create(bot: Client) -> None:
    with refused(403, "Forbidden") as answer:
        apply(bot, web())
    assert 'User "aureus-bot" cannot create resource "deployments"' in answer.status["message"]


def test_force_belongs_to_apply_only(admin: Client) -> None:
    with refused(422, "Invalid"):
        admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"replicas": 4}}, force=True)
