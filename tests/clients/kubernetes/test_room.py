"""Room on the nodes, by requests."""

from decimal import Decimal

import pytest

from bot.clients.kubernetes.room import quantity, room
from tests.clients.kubernetes.objects import Json


def node(name: str = "n1", cpu: str = "2", memory: str = "4Gi", pods: str = "110", **spec: object) -> Json:
    return {
        "metadata": {"name": name, "labels": {"disk": "ssd"}},
        "spec": spec,
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": pods},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def wants(cpu: str = "500m", memory: str = "1Gi", **spec: object) -> Json:
    containers = [{"name": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]
    return {"spec": {"template": {"spec": {"containers": containers, **spec}}}}


def runs(on: str, cpu: str = "500m", memory: str = "1Gi") -> Json:
    spec: Json = wants(cpu, memory)["spec"]["template"]["spec"]
    return {"spec": {**spec, "nodeName": on}}


def test_the_scarcest_resource_decides() -> None:
    assert room(wants(), [node()], []) == 4
    assert room(wants(memory="3Gi"), [node()], []) == 1
    assert room(wants(), [node(pods="2")], []) == 2


def test_what_runs_already_takes_room_on_its_node_only() -> None:
    assert room(wants(), [node("n1"), node("n2")], [runs("n1"), runs("n1"), runs("elsewhere"), runs("")]) == 6


def test_room_that_is_cut_up_over_nodes_is_no_room() -> None:
    assert room(wants(cpu="1500m"), [node("n1"), node("n2")], [runs("n1", cpu="1"), runs("n2", cpu="1")]) == 0


def test_a_node_that_is_too_full_does_not_take_away_from_others() -> None:
    assert room(wants(), [node("n1"), node("n2")], [runs("n1", cpu="3")]) == 4


def test_nodes_that_take_no_pods_have_no_room() -> None:
    lost = node()
    lost["status"]["conditions"][0]["status"] = "Unknown"
    tainted = node(taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])
    soft = node(taints=[{"key": "gpu", "effect": "PreferNoSchedule"}])
    assert room(wants(), [lost], []) == 0
    assert room(wants(), [node(unschedulable=True)], []) == 0
    assert room(wants(), [tainted], []) == 0
    assert room(wants(), [soft], []) == 4


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        ({"key": "gpu", "operator": "Exists"}, True),
        ({"operator": "Exists"}, True),
        ({"key": "gpu", "value": "yes", "effect": "NoSchedule"}, True),
        ({"key": "gpu", "value": "no"}, False),
        ({"key": "gpu", "value": "yes", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_a_taint_is_no_hindrance_to_who_tolerates_it(toleration: Json, fits: bool) -> None:
    tainted = node(taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])
    assert (room(wants(tolerations=[toleration]), [tainted], []) > 0) is fits


def test_a_node_selector_is_obeyed() -> None:
    assert room(wants(nodeSelector={"disk": "ssd"}), [node()], []) == 4
    assert room(wants(nodeSelector={"disk": "tape"}), [node()], []) == 0


def test_init_containers_count_by_the_largest_and_sidecars_with_the_rest() -> None:
    init = {"name": "init", "resources": {"requests": {"cpu": "1"}}}
    assert room(wants(initContainers=[init]), [node()], []) == 2
    sidecar = {"name": "proxy", "restartPolicy": "Always", "resources": {"requests": {"cpu": "500m"}}}
    assert room(wants(initContainers=[sidecar]), [node()], []) == 2
    assert room(wants(overhead={"cpu": "500m"}), [node()], []) == 2


def test_what_no_node_has_is_no_room() -> None:
    gpu = {"name": "gpu", "resources": {"requests": {"nvidia.com/gpu": "1"}}}
    assert room(wants(initContainers=[gpu]), [node()], []) == 0


def test_pods_without_requests_are_limited_by_the_number_of_pods() -> None:
    assert room({"spec": {"template": {"spec": {"containers": [{"name": "main"}]}}}}, [node(pods="7")], []) == 7


@pytest.mark.parametrize(
    ("written", "is_"),
    [("100m", "0.1"), ("2", "2"), ("1.5", "1.5"), ("2Gi", "2147483648"), ("3k", "3000"), ("1e3", "1000"), (4, "4")],
)
def test_quantities_are_read_as_kubernetes_writes_them(written: object, is_: str) -> None:
    assert quantity(written) == Decimal(is_)


@pytest.mark.parametrize("written", ["", "much", "1 Gi", "1Zi", "--1"])
def test_what_is_no_quantity_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        quantity(written)
