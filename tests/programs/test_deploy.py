"""What the README says about connecting the bot works in its order: the files of deploy/, and the steps with them."""

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.programs.child import ROOT

DEPLOY = ROOT / "deploy"
README = (ROOT / "README.md").read_text()
STEPS = README.partition("## Connect it to a real workspace")[2].partition("\n## ")[0]


def objects(name: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all((DEPLOY / name).read_text()) if one]


def places() -> set[str]:
    return set(yaml.safe_load((ROOT / "config" / "services.yaml").read_text())["places"].values())


def test_every_file_of_deploy_is_used_in_the_readme_and_the_rights_come_first() -> None:
    used = re.findall(r"deploy/([\w.-]+)", STEPS)
    assert set(used) | {"outside.yaml"} == {file.name for file in DEPLOY.iterdir()}
    assert used[0] == "rbac.yaml"
    assert used.index("rbac.yaml") < used.index("kubeconfig.sh") < used.index("bot.yaml") < used.index("ingress.yaml")


def test_a_namespace_is_there_before_what_is_put_into_it() -> None:
    there = places()
    for name in ("rbac.yaml", "outside.yaml", "bot.yaml", "ingress.yaml"):
        for one in objects(name):
            if one["kind"] == "Namespace":
                there.add(one["metadata"]["name"])
            elif not one["kind"].startswith("ClusterRole"):
                assert one["metadata"]["namespace"] in there, f"{name}: {one['kind']}"


def test_the_rights_are_bound_in_each_place_of_the_services_and_nowhere_else() -> None:
    bound = {one["metadata"]["namespace"] for one in objects("rbac.yaml") if one["kind"] == "RoleBinding"}
    assert bound == places()


def test_what_the_pod_takes_its_settings_from_is_made_before_it() -> None:
    pod = next(one for one in objects("bot.yaml") if one["kind"] == "Deployment")["spec"]["template"]["spec"]
    secret = pod["containers"][0]["envFrom"][0]["secretRef"]["name"]
    config = next(one["configMap"]["name"] for one in pod["volumes"] if "configMap" in one)
    applied = STEPS.index("deploy/bot.yaml")
    assert STEPS.index(f"create secret generic {secret} ") < applied
    assert STEPS.index(f"create configmap {config} ") < applied
    assert re.search(r"image: aureus-bot:", (DEPLOY / "bot.yaml").read_text()), "the README's sed finds nothing"


def test_the_secret_has_the_settings_of_the_outsides_and_nothing_that_is_for_another_machine() -> None:
    command = re.search(r"grep -E '(\S+)' \.env", STEPS)
    assert command is not None
    kept = [line for line in (ROOT / ".env.example").read_text().splitlines() if re.search(command[1], line)]
    assert {line.partition("=")[0] for line in kept} == {
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ALERTMANAGER_WEBHOOK_TOKEN", "ALERTMANAGER_URL",
        "PAGERDUTY_API_KEY", "PAGERDUTY_FROM", "PAGERDUTY_POLICY", "PAGERDUTY_WEBHOOK_SECRET",
    }  # fmt: skip


def test_the_pictures_of_the_readme_are_there_and_each_is_shown() -> None:
    shown = set(re.findall(r"docs/pictures/([\w.-]+)", README))
    assert shown == {file.name for file in (ROOT / "docs" / "pictures").iterdir()}


_KUBECTL = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
case "$*" in
    *jsonpath={.data.token}*) [ -e "$(dirname "$0")/filled" ] && echo dG9rZW4= || touch "$(dirname "$0")/filled" ;;
    *base64decode*) printf 'a.token' ;;
    *certificate-authority-data*) printf '%s' "$AUTHORITY" ;;
    *cluster.server*) printf 'https://10.0.0.1:6443' ;;
    apply*) echo "secret/aureus-bot-outside created" ;;
    *) exit 1 ;;
esac
"""


@pytest.mark.parametrize("authority", ["Q0E=", ""])
def test_the_kubeconfig_for_outside_is_of_the_bots_own_account(tmp_path: Path, authority: str) -> None:
    """With a kubectl that answers as a cluster does, which fills the token in at the second look."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(_KUBECTL)
    kubectl.chmod(stat.S_IRWXU)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "AUTHORITY": authority}
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", str(DEPLOY / "kubeconfig.sh")], env=env, capture_output=True, text=True, check=True
    )
    made = yaml.safe_load(done.stdout)
    cluster = {"server": "https://10.0.0.1:6443"} | ({"certificate-authority-data": authority} if authority else {})
    assert made["clusters"] == [{"name": "aureus", "cluster": cluster}]
    assert made["users"] == [{"name": "aureus-bot", "user": {"token": "a.token"}}]
    assert made["current-context"] == made["contexts"][0]["name"]
    assert made["contexts"][0]["context"] == {"cluster": "aureus", "user": "aureus-bot"}
    assert "created" in done.stderr
    assert (tmp_path / "asked").read_text().startswith(f"apply -f {DEPLOY}/outside.yaml")
