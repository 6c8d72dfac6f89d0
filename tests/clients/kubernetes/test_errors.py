"""Each way in which the cluster says no, or says nothing, has a sentence of its own."""

import json

import pytest

from bot.clients.kubernetes.call import AUTOSCALERS, DEPLOYMENTS, NODES, PODS, SCALES, Call
from bot.clients.kubernetes.errors import Stale, answered
from bot.domain.errors import Away, Barred, Refusal, Unknown

READ = Call("get", DEPLOYMENTS, "aureus", "bridge")
WRITE = Call("patch", SCALES, "aureus", "bridge", body={})
DRY = Call("patch", SCALES, "aureus", "bridge", body={}, dry=True)
LIST = Call("list", NODES)


def error(call: Call, status: int, message: str = "", details: object = None, **headers: str) -> Exception:
    body = json.dumps({"kind": "Status", "message": message, "details": details or {}}).encode()
    return answered(call, status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def refusal(call: Call, status: int, message: str = "", details: object = None) -> Refusal:
    made = error(call, status, message, details)
    assert isinstance(made, Refusal)
    assert "Nothing was changed." in made.because
    assert made.hint
    return made


def test_401_is_about_the_credentials() -> None:
    made = refusal(READ, 401, "Unauthorized")
    assert made.because.startswith("The cluster does not accept the bot's credentials: it answered 401 when asked to")
    assert "read Deployment aureus/bridge" in made.because
    assert "token" in made.hint


def test_403_names_the_right_that_the_role_lacks() -> None:
    says = 'deployments.apps "bridge" is forbidden: User "aureus-bot" cannot patch resource "deployments/scale"'
    made = refusal(WRITE, 403, says)
    assert "to change Deployment aureus/bridge, its role lacks the verb patch on deployments/scale" in made.because
    assert "in namespace aureus" in made.because
    assert 'apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["patch"]' in made.hint


def test_403_on_what_belongs_to_no_namespace_speaks_of_the_whole_cluster() -> None:
    assert "on nodes in the whole cluster" in refusal(LIST, 403).because


def test_403_by_a_quota_or_a_policy_is_not_blamed_on_the_role() -> None:
    made = refusal(WRITE, 403, 'admission webhook "freeze" denied the request: no changes on Friday')
    assert "role" not in made.because
    assert "no changes on Friday" in made.because


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_who_is_not_let_in_has_not_heard_how_it_is_there(status: int) -> None:
    assert isinstance(error(READ, status), Barred)
    missing = error(READ, 404, 'deployments.apps "bridge" not found', {"name": "bridge"})
    assert isinstance(missing, Refusal)
    assert not isinstance(missing, Barred), "that is how it is there"


def test_404_names_what_is_missing() -> None:
    says = 'deployments.apps "bridge" not found'
    made = refusal(WRITE, 404, says, {"name": "bridge", "kind": "deployments"})
    assert made.because == "There is no Deployment aureus/bridge in the cluster. Nothing was changed."
    assert "config/services.yaml" in made.hint


def test_404_of_the_address_itself_is_about_the_server() -> None:
    made = refusal(Call("list", AUTOSCALERS, "aureus"), 404, "the server could not find the requested resource")
    assert "The server has no /apis/autoscaling/v2 horizontalpodautoscalers" in made.because


def test_409_is_stale_and_may_be_tried_again() -> None:
    made = error(WRITE, 409, "the object has been modified")
    assert isinstance(made, Stale)
    assert "at the same moment (409). Nothing was changed." in made.because


def test_422_gives_the_causes_of_the_server() -> None:
    causes = [
        {"field": "spec.replicas", "message": "Invalid value: -1: must be greater than or equal to 0"},
        {"field": "spec.x", "message": "Required value"},
    ]
    made = refusal(WRITE, 422, "is invalid", {"causes": causes})
    assert "spec.replicas: Invalid value: -1: must be greater than or equal to 0; spec.x: Required" in made.because


def test_422_and_400_without_causes_give_the_message() -> None:
    assert "is invalid" in refusal(WRITE, 422, "is invalid").because
    assert "strict decoding error" in refusal(WRITE, 400, "strict decoding error").because


@pytest.mark.parametrize(("said", "again"), [("7", 7.0), ("0", 1.0), ("9999", 300.0), ("soon", 1.0)])
def test_429_waits_as_long_as_it_is_asked_to(said: str, again: float) -> None:
    made = error(WRITE, 429, Retry_After=said)
    assert type(made) is Away
    assert made.again_in == again
    assert "(429)" in made.because


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_server_on_a_read_or_a_dry_run_is_away(status: int) -> None:
    for call in (READ, DRY):
        made = error(call, status, "etcdserver: request timed out")
        assert type(made) is Away
        assert f"({status}: etcdserver: request timed out)" in made.because
        assert "Nothing was changed." in made.because


@pytest.mark.parametrize(("status", "kind"), [(500, Unknown), (502, Unknown), (503, Away), (504, Unknown)])
def test_a_write_may_have_happened_unless_nobody_took_it(status: int, kind: type) -> None:
    made = error(WRITE, status)
    assert type(made) is kind
    assert ("Nothing was changed" in str(made)) is (kind is Away)


def test_503_says_when_to_come_back() -> None:
    made = error(WRITE, 503, Retry_After="4")
    assert isinstance(made, Away)
    assert made.again_in == 4.0


def test_an_answer_of_something_else_than_a_cluster_is_refused() -> None:
    made = answered(READ, 302, b"<html>Sign in</html>", {})
    assert isinstance(made, Refusal)
    assert "(302)" in made.because
    assert "API server" in made.hint
    assert isinstance(answered(READ, 418, b'["no object"]', {}), Refusal)


def test_a_call_is_told_as_people_say_it() -> None:
    assert str(WRITE) == "change Deployment aureus/bridge"
    assert str(Call("list", PODS, "aureus")) == "list the pods of aureus"
    assert str(LIST) == "list all nodes"


def test_a_name_cannot_lead_to_another_address() -> None:
    assert Call("get", DEPLOYMENTS, "aureus", "../x?y").path == (
        "/apis/apps/v1/namespaces/aureus/deployments/..%2Fx%3Fy"
    )
    assert WRITE.path == "/apis/apps/v1/namespaces/aureus/deployments/bridge/scale"
    assert LIST.path == "/api/v1/nodes"
