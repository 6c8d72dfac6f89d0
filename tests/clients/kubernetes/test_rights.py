"""deploy/rbac.yaml gives the bot the rights that its calls need, each of them, and no other."""

import asyncio
import inspect
from typing import Any

import yaml

from bot.clients.kubernetes.api import Api
from bot.clients.kubernetes.call import Call, Json
from bot.clients.kubernetes.connection import Connection
from bot.clients.threads import Limits
from bot.settings import PROJECT
from bot.world import k8s

#: Group, resource, verb, and whether it is asked for in one namespace (or in all of them).
Right = tuple[str, str, str, bool]
_ARGUMENTS: dict[str, Any] = {"namespace": "aureus", "selector": "app=x", "uid": "1", "patch": {}, "dry": True}


class Listening(Connection):
    """Sends nothing, and remembers what it was to send."""

    def __init__(self) -> None:
        super().__init__("", Limits())
        self.calls: list[Call] = []

    async def send(self, call: Call, deadline: float) -> Json:
        self.calls.append(call)
        return {}


def _needed() -> set[Right]:
    """Of every call that there is, found by looking: whoever adds one writes nothing here."""
    connection = Listening()
    for name, method in inspect.getmembers(Api, inspect.iscoroutinefunction):
        if not name.startswith("_"):
            asyncio.run(getattr(Api(connection), name)(**_arguments(method)))
    return {(call.resource.group, call.resource.in_role, call.verb, bool(call.namespace)) for call in connection.calls}


def _arguments(method: Any) -> dict[str, Any]:
    named = inspect.get_annotations(method, eval_str=True)
    refs = {k8s.Deployment: k8s.Deployment("aureus", "x"), k8s.Autoscaler: k8s.Autoscaler("aureus", "x")}
    return {name: refs[kind] if kind in refs else _ARGUMENTS[name] for name, kind in named.items() if name != "return"}


def _manifests() -> list[Json]:
    return list(yaml.safe_load_all((PROJECT / "deploy" / "rbac.yaml").read_text()))


def _given() -> set[Right]:
    roles = {one["metadata"]["name"]: one["rules"] for one in _manifests() if one["kind"] == "ClusterRole"}
    return {
        (group, resource, verb, binding["kind"] == "RoleBinding")
        for binding in _manifests()
        if binding["kind"].endswith("Binding")
        for rule in roles[binding["roleRef"]["name"]]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def test_what_is_given_is_what_is_needed() -> None:
    needed = _needed()
    assert ("apps", "deployments", "patch", True) in needed
    assert _given() == needed


def test_it_is_given_in_each_place_of_the_catalogue_and_to_the_bots_own_account() -> None:
    places = yaml.safe_load((PROJECT / "config" / "services.yaml").read_text())["places"]
    bindings = [one for one in _manifests() if one["kind"] == "RoleBinding"]
    assert {one["metadata"]["namespace"] for one in bindings} == set(places.values())
    accounts = {(each["kind"], each["namespace"], each["name"]) for one in bindings for each in one["subjects"]}
    assert accounts == {("ServiceAccount", "aureus-bot", "aureus-bot")}
