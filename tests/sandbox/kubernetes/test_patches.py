"""The patches and the arithmetic, without a server."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.kubernetes.errors import ApiError
from sandbox.kubernetes.patches import json_patch, merge_patch, strategic_merge_patch
from sandbox.kubernetes.quantities import millis, quantity, share


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        # The examples of RFC 7386, appendix A.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_keeps_to_its_standard(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


@pytest.mark.parametrize(
    ("operations", "result"),
    [
        ([{"op": "add", "path": "/b", "value": 1}], {"a": [1, 2], "b": 1}),
        ([{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2]}),
        ([{"op": "add", "path": "/a/-", "value": 9}], {"a": [1, 2, 9]}),
        ([{"op": "replace", "path": "/a/0", "value": 9}], {"a": [9, 2]}),
        ([{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ([{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1, 2], "b": [1, 2]}),
        ([{"op": "move", "from": "/a", "path": "/b"}], {"b": [1, 2]}),
        ([{"op": "add", "path": "/x~1y~0z", "value": 1}], {"a": [1, 2], "x/y~z": 1}),
    ],
)
def test_a_json_patch_keeps_to_its_standard(operations: Any, result: Any) -> None:
    assert json_patch({"a": [1, 2]}, operations) == result


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([{"op": "remove", "path": "/nothing"}], 422),
        ([{"op": "replace", "path": "/nothing", "value": 1}], 422),
        ([{"op": "add", "path": "/a/7", "value": 1}], 422),
        ([{"op": "test", "path": "/a/0", "value": 2}], 422),
        ([{"op": "shuffle", "path": "/a"}], 400),
        ([{"op": "add", "path": "/a"}], 400),
        ({"a": 1}, 400),
    ],
)
def test_a_wrong_json_patch_is_refused(operations: Any, code: int) -> None:
    with pytest.raises(ApiError) as caught:
        json_patch({"a": [1, 2]}, operations)
    assert caught.value.code == code


def test_a_json_patch_leaves_its_target_as_it_was() -> None:
    target = {"a": {"b": [1]}}
    json_patch(target, [{"op": "add", "path": "/a/b/-", "value": 2}])
    assert target == {"a": {"b": [1]}}


def test_a_strategic_patch_knows_its_directives() -> None:
    target = {
        "containers": [{"name": "a", "image": "1"}, {"name": "b"}],
        "finalizers": ["x", "y"],
        "m": {"k": 1, "l": 2},
    }
    patch = {
        "containers": [{"name": "b", "$patch": "delete"}, {"name": "c", "image": "3"}],
        "$deleteFromPrimitiveList/finalizers": ["x"],
        "m": {"$patch": "replace", "n": 3},
    }
    assert strategic_merge_patch(target, patch) == {
        "containers": [{"name": "a", "image": "1"}, {"name": "c", "image": "3"}],
        "finalizers": ["y"],
        "m": {"n": 3},
    }
    with pytest.raises(ApiError, match="does not contain declared merge key: name"):
        strategic_merge_patch(target, {"containers": [{"image": "1"}]})


def test_ports_of_one_number_are_told_apart_by_protocol() -> None:
    target = {"ports": [{"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}]}
    patched = strategic_merge_patch(target, {"ports": [{"containerPort": 53, "protocol": "UDP", "name": "dns"}]})
    assert [port.get("name") for port in patched["ports"]] == [None, "dns"]


def test_quantities_are_read_exactly() -> None:
    assert quantity("100m") == Decimal("0.1")
    assert quantity("2Gi") == 2 * 1024**3
    assert quantity("1.5") == Decimal("1.5")
    assert millis("1930m") == 1930
    for wrong in ("1 Gi", "cpu", "", "1mi"):
        with pytest.raises(ValueError, match="not a quantity"):
            quantity(wrong)


def test_shares_round_up_for_surge_and_down_for_unavailability() -> None:
    assert share("25%", 3, up=True) == 1
    assert share("25%", 3, up=False) == 0
    assert share(2, 3, up=False) == 2
    for wrong in ("25", "x%", True, None):
        with pytest.raises(ValueError, match="a number or a percentage"):
            share(wrong, 3, up=True)
