"""The table of methods is true: what is served answers, what is absent does not, and nothing is left out."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.kinds import AUTOSCALERS, CONFIG_MAPS, DEPLOYMENTS
from sandbox.kubernetes.methods import METHODS
from sandbox.kubernetes.server import KubernetesServer, running
from sandbox.methods import Method
from tests.sandbox.kubernetes.clients import PROD, Client, move
from tests.sandbox.kubernetes.test_writing import web
from tests.sandbox.tables import absent, assert_true_of, served

#: The object that each kind's requests are about.
NAMES = {
    "namespaces": PROD,
    "nodes": "node-1",
    "deployments": "aureus-bridge",
    "horizontalpodautoscalers": "aureus-os-hpa",
    "configmaps": "settings",
    "resourcequotas": "quota",
}
#: What each kind is created from.
NEW: dict[str, dict[str, Any]] = {
    "namespaces": {"metadata": {"name": "another"}},
    "deployments": web(),
    "configmaps": {"metadata": {"name": "more"}, "data": {"A": "1"}},
    "resourcequotas": {"metadata": {"name": "more"}, "spec": {"hard": {"pods": "20"}}},
    "horizontalpodautoscalers": {
        "metadata": {"name": "more"},
        "spec": {
            "maxReplicas": 5,
            "scaleTargetRef": {"kind": "Deployment", "name": "openclaw", "apiVersion": "apps/v1"},
        },
    },
    "selfsubjectaccessreviews": {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}},
}
SERVED = served(METHODS)
READS = [row for row in SERVED if row.verb == "GET"]
WRITES = [row for row in SERVED if row.verb != "GET"]
ABSENT = absent(METHODS)


def plural(row: Method) -> str:
    parts = row.path.split("/")
    at = parts.index("{name}") - 1 if "{name}" in parts else -1
    return parts[at]


def address(who: Client, row: Method) -> str:
    name = NAMES.get(plural(row), "")
    if not name and "{name}" in row.path:
        kind = plural(row)
        group = "apis/apps/v1" if kind == "replicasets" else "api/v1"
        found = who.http.get(f"/{group}/namespaces/{PROD}/{kind}").json()["items"]
        name = found[0]["metadata"]["name"]
    return row.path.replace("{namespace}", PROD).replace("{name}", name)


def prepared(who: Client) -> None:
    """Makes an object of each kind that the seed has none of."""
    for kind in ("configmaps", "resourcequotas"):
        body = NEW[kind] | {"metadata": {"name": NAMES[kind]}}
        assert who.http.post(f"/api/v1/namespaces/{PROD}/{kind}", json=body).status_code == 201
    # An event, which only controllers write.
    who.scale(4)
    who.core.delete_namespaced_pod(who.pods()[0].metadata.name, PROD)


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """One cluster for all requests that change nothing."""
    clock = StandingClock()
    cluster = Cluster(clock)
    seed_aureus(cluster)
    with running(cluster) as server:
        who = Client(server, "kubernetes-admin")
        prepared(who)
        move(clock, 5)
        yield who


@pytest.mark.parametrize("row", READS, ids=str)
def test_what_can_be_read_answers(shared: Client, row: Method) -> None:
    answers(shared, row)


@pytest.mark.parametrize("row", WRITES, ids=str)
def test_what_can_be_written_answers(admin: Client, row: Method) -> None:
    prepared(admin)
    answers(admin, row)


def answers(admin: Client, row: Method) -> None:
    url = address(admin, row)
    body: Any = None
    headers = {}
    if row.verb == "POST":
        body = NEW[plural(row)]
    elif row.verb == "PUT":
        body = admin.http.get(url).json()
    elif row.verb == "PATCH":
        body = {"metadata": {"labels": {"touched": "yes"}}}
        headers = {"Content-Type": "application/merge-patch+json"}
    answer = admin.http.request(row.verb, url, json=body, headers=headers)
    assert answer.status_code == (201 if row.verb == "POST" else 200), answer.text
    if row.path.endswith(("healthz", "livez", "readyz", "/log")):
        assert answer.headers["content-type"].startswith("text/plain")
    else:
        assert answer.json().get("kind", "version") not in ("", None)


@pytest.mark.parametrize("row", ABSENT, ids=str)
def test_what_is_absent_says_so(shared: Client, row: Method) -> None:
    url = row.path.replace("{namespace}", PROD).replace("{name}", NAMES.get(plural(row), "something"))
    answer = shared.http.request(row.verb, url)
    assert answer.status_code in (404, 405)
    assert answer.json()["kind"] == "Status"
    assert answer.json()["reason"] in ("NotFound", "MethodNotAllowed")
    # Not merely an object that is missing:
    assert "could not find the requested resource" in answer.text or "does not allow this method" in answer.text


def test_the_table_is_that_of_the_server(server: KubernetesServer) -> None:
    assert_true_of(server.app, METHODS)


def test_discovery_and_table_agree_on_what_can_be_written() -> None:
    for kind in (DEPLOYMENTS, AUTOSCALERS, CONFIG_MAPS):
        inside = f"{kind.prefix}/namespaces/{{namespace}}/{kind.plural}"
        verbs = {row.verb for row in SERVED if row.path in (inside, f"{inside}/{{name}}")}
        assert verbs == {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert set(kind.verbs) == {"get", "list", "create", "update", "patch", "delete"}
