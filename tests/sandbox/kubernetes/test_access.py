"""Who may do what, and how a refusal is worded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from kubernetes import client, config

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.rbac import Rule, granted
from sandbox.kubernetes.server import KubernetesServer
from tests.sandbox.kubernetes.clients import PROD, Client, refused, status_of


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer made-up", "Basic abc"])
def test_without_a_known_token_it_is_a_401(server: KubernetesServer, token: str) -> None:
    headers = {"Authorization": token} if token else {}
    answer = httpx.get(f"{server.url}/api/v1/pods", headers=headers)
    assert status_of(answer, 401, "Unauthorized")["message"] == "Unauthorized"


def test_health_needs_no_token(server: KubernetesServer) -> None:
    assert httpx.get(f"{server.url}/readyz").text == "ok"


def test_a_forbidden_object_is_worded_as_the_real_server_does(bot: Client) -> None:
    with refused(403, "Forbidden") as answer:
        bot.deployment("x", "kube-system")
    assert answer.status["message"] == (
        'deployments.apps "x" is forbidden: User "aureus-bot" cannot get resource "deployments" in API group "apps" '
        'in the namespace "kube-system"'
    )
    assert answer.status["details"] == {"name": "x", "group": "apps", "kind": "deployments"}


def test_a_forbidden_list_is_worded_as_the_real_server_does(bot: Client) -> None:
    with refused(403, "Forbidden") as answer:
        bot.apps.list_deployment_for_all_namespaces()
    assert answer.status["message"] == (
        'deployments.apps is forbidden: User "aureus-bot" cannot list resource "deployments" in API group "apps" '
        "at the cluster scope"
    )


def test_a_forbidden_sub_resource_names_it(cluster: Cluster, server: KubernetesServer) -> None:
    cluster.users.add("reader", [Rule((PROD,), ("apps",), ("deployments",), ("get", "list"))])
    reader = Client(server, "reader")
    assert reader.deployment()
    with refused(403, "Forbidden") as answer:
        reader.scale(5)
    assert 'cannot patch resource "deployments/scale" in API group "apps"' in answer.status["message"]
    with refused(403, "Forbidden") as answer:
        reader.core.list_namespaced_pod(PROD)
    assert 'pods is forbidden: User "reader" cannot list resource "pods" in API group ""' in answer.status["message"]


def test_the_bot_may_do_what_deploy_lets_it_and_no_more(server: KubernetesServer) -> None:
    """Its rights are those of deploy/rbac.yaml: what a real cluster would refuse is refused here."""
    bot = Client(server, "aureus-bot")
    assert bot.core.list_node().items
    pod = bot.core.list_pod_for_all_namespaces().items[0].metadata
    assert bot.scale(4).spec.replicas == 4
    bot.scaling.patch_namespaced_horizontal_pod_autoscaler("aureus-os-hpa", PROD, {"spec": {"minReplicas": 4}})
    refuses: tuple[Callable[[], Any], ...] = (
        lambda: bot.core.delete_namespaced_pod(pod.name, pod.namespace),
        lambda: bot.core.read_namespaced_pod(pod.name, pod.namespace),
        lambda: bot.core.read_namespaced_pod_log(pod.name, pod.namespace),
        lambda: bot.core.list_namespaced_resource_quota(PROD),
        lambda: bot.core.list_namespaced_config_map(PROD),
        lambda: bot.apps.list_namespaced_deployment(PROD),
        lambda: bot.apps.delete_namespaced_deployment("openclaw", PROD),
        lambda: bot.apps.list_namespaced_replica_set("kube-system"),
    )
    for refuse in refuses:
        with refused(403, "Forbidden"):
            refuse()


def test_roles_and_bindings_of_a_manifest_give_rights(cluster: Cluster) -> None:
    one = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    two = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}
    manifests: list[dict[str, Any]] = [
        {"kind": "ServiceAccount", "metadata": {"name": "x", "namespace": "there"}},
        {"kind": "ClusterRole", "metadata": {"name": "r"}, "rules": [one]},
        {"kind": "Role", "metadata": {"name": "r", "namespace": "a"}, "rules": [two]},
        _binding("ClusterRoleBinding", "", "ClusterRole", "x"),
        _binding("RoleBinding", "a", "Role", "x"),
        _binding("RoleBinding", "b", "ClusterRole", "somebody-else"),
    ]
    assert granted(manifests, "x") == (
        Rule(("*",), ("",), ("pods",), ("list",)),
        Rule(("a",), ("apps",), ("deployments",), ("get", "patch")),
    )
    with pytest.raises(KeyError):
        granted(manifests[3:], "x")


def _binding(kind: str, namespace: str, role: str, account: str) -> dict[str, Any]:
    subjects = [{"kind": "ServiceAccount", "name": account, "namespace": "there"}]
    metadata = {"name": "b", "namespace": namespace} if namespace else {"name": "b"}
    return {"kind": kind, "metadata": metadata, "roleRef": {"kind": role, "name": "r"}, "subjects": subjects}


def test_a_dry_run_is_forbidden_to_whom_the_write_is(bot: Client) -> None:
    with refused(403, "Forbidden"):
        bot.apps.delete_namespaced_deployment("openclaw", PROD, dry_run="All")


@pytest.mark.parametrize(("verb", "namespace", "allowed"), [("patch", PROD, True), ("patch", "kube-system", False)])
def test_one_can_ask_what_one_may_do(bot: Client, verb: str, namespace: str, allowed: bool) -> None:
    asked = client.V1ResourceAttributes(
        namespace=namespace, verb=verb, group="apps", resource="deployments", subresource="scale"
    )
    review = client.V1SelfSubjectAccessReview(spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=asked))
    assert bot.access.create_self_subject_access_review(review).status.allowed is allowed


def test_a_written_kubeconfig_leads_to_the_server(server: KubernetesServer, tmp_path: Path) -> None:
    path = server.write_kubeconfig(tmp_path / "kubeconfig", "aureus-bot")
    assert path.stat().st_mode & 0o077 == 0
    settings = client.Configuration()
    load: Any = config.load_kube_config
    load(str(path), client_configuration=settings)
    apps = client.AppsV1Api(client.ApiClient(settings))
    assert apps.read_namespaced_deployment("openclaw", PROD).spec.replicas == 3


def test_an_address_that_is_not_there_is_a_404_and_a_method_that_is_not_a_405(admin: Client) -> None:
    status_of(admin.http.get("/apis/nothing/v1/things"), 404, "NotFound")
    status_of(admin.http.put("/api/v1/nodes/node-1", json={}), 405, "MethodNotAllowed")


def test_a_body_that_is_no_json_is_a_400(admin: Client) -> None:
    url = f"/apis/apps/v1/namespaces/{PROD}/deployments"
    status_of(admin.http.post(url, content=b"{"), 400, "BadRequest")
    status_of(admin.http.post(url, json=["x"]), 400, "BadRequest")
    status_of(admin.http.post(url, json={"kind": "Pod", "apiVersion": "v1"}), 400, "BadRequest")
    yaml = {"Content-Type": "application/apply-patch+yaml"}
    answer = admin.http.patch(f"{url}/x?fieldManager=me", content=b"kind: Deployment", headers=yaml)
    assert "only YAML that is JSON" in status_of(answer, 400, "BadRequest")["message"]
