"""How far a rollout is, judged from its numbers, and with the reason."""

import pytest

from bot.clients.kubernetes.pods import Trouble, Weight
from bot.clients.kubernetes.rollout import Reasons, Rollout, blocked, judge, newest
from bot.domain.verb import Broken, Met, NotYet
from tests.clients.kubernetes.objects import Json, deployment

STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def says(found: Json, reasons: Reasons | None = None) -> str:
    answer = judge(found, reasons or Reasons())
    assert isinstance(answer, NotYet)
    return answer.says


def trouble(says: str, weight: Weight) -> Reasons:
    return Reasons(pods=(("p", Trouble(says, weight)),))


def test_it_is_met_when_every_number_is_the_wanted_one() -> None:
    assert judge(deployment(5), Reasons()) == Met("5 of 5 pods ready")
    assert judge(deployment(1), Reasons()) == Met("1 of 1 pod ready")


@pytest.mark.parametrize("number", ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"])
def test_it_is_not_met_while_one_number_is_another(number: str) -> None:
    short = deployment(3)
    short["status"][number] = 2
    assert isinstance(judge(short, Reasons()), NotYet)


def test_numbers_of_an_older_spec_count_for_nothing() -> None:
    old = deployment(3, generation=3, observed=2, conditions=(STUCK,))
    assert says(old) == "3 of 3 pods ready; the cluster has not taken the change up yet"
    assert isinstance(judge(old, trouble("can never be pulled", Weight.HOPELESS)), NotYet)


def test_the_numbers_are_told_as_people_count() -> None:
    assert says(deployment(5, replicas=5, updatedReplicas=5, readyReplicas=4)) == "4 of 5 pods ready"
    assert says(deployment(3, replicas=4, updatedReplicas=2)) == (
        "3 of 3 pods ready, 2 made from the newest template, 2 old still there"
    )
    down = deployment(3, replicas=5, updatedReplicas=5, readyReplicas=5)
    assert says(down) == "5 pods ready, 3 wanted, 2 more still there"
    assert says(deployment(3, availableReplicas=1)) == "3 of 3 pods ready, 1 of them for long enough"


def test_a_pod_that_is_starting_is_named_when_nothing_is_worse() -> None:
    short = deployment(5, readyReplicas=4)
    assert says(short, trouble("ContainerCreating", Weight.STARTING)) == "4 of 5 pods ready; p: ContainerCreating"
    both = Reasons(pods=(("p", Trouble("starts", Weight.STARTING)), ("q", Trouble("crashes", Weight.TROUBLED))))
    assert says(short, both) == "4 of 5 pods ready; q: crashes"


def test_a_pod_that_is_being_ended_is_no_reason() -> None:
    assert says(deployment(5, readyReplicas=4), trouble("it is being ended", Weight.LEAVING)) == "4 of 5 pods ready"


def test_what_may_come_right_is_waited_for_and_what_cannot_is_broken() -> None:
    short = deployment(3, readyReplicas=2)
    assert isinstance(judge(short, trouble("cannot be pulled", Weight.TROUBLED)), NotYet)
    assert judge(short, trouble("can never be pulled", Weight.HOPELESS)) == Broken(
        "2 of 3 pods ready; p: can never be pulled"
    )


def test_a_rollout_that_the_cluster_gave_up_is_broken_with_the_reason_of_its_pods() -> None:
    stuck = deployment(3, readyReplicas=2, conditions=(STUCK,), spec={"progressDeadlineSeconds": 60})
    assert judge(stuck, trouble("cannot be pulled", Weight.TROUBLED)) == Broken(
        "no progress for 60 s (ProgressDeadlineExceeded): 2 of 3 pods ready; p: cannot be pulled"
    )


def test_what_the_cluster_gave_up_and_somebody_healed_is_waited_for() -> None:
    stuck = deployment(3, readyReplicas=2, conditions=(STUCK,))
    assert says(stuck, trouble("runs, and is not ready yet", Weight.STARTING)) == (
        "2 of 3 pods ready; p: runs, and is not ready yet"
    )
    assert isinstance(judge(stuck, Reasons()), Broken)


def test_what_the_cluster_gave_up_before_the_last_change_is_no_reason_to_give_up_now() -> None:
    def stuck(said: str) -> Json:
        found = deployment(5, readyReplicas=2, conditions=({**STUCK, "lastUpdateTime": said},))
        wrote = {"manager": "m", "time": "2026-11-24T10:00:00Z", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
        found["metadata"]["managedFields"] = [wrote]
        return found

    crashes = trouble("crashes", Weight.TROUBLED)
    assert isinstance(judge(stuck("2026-11-24T09:59:59Z"), crashes), NotYet)
    assert isinstance(judge(stuck("2026-11-24T10:10:00Z"), crashes), Broken)


def test_an_old_condition_does_not_spoil_numbers_that_are_right() -> None:
    assert isinstance(judge(deployment(3, conditions=(STUCK,)), Reasons()), Met)


def test_a_paused_rollout_says_who_must_act() -> None:
    paused = deployment(3, updatedReplicas=0, spec={"paused": True})
    assert says(paused).endswith("its rollouts are paused, so somebody must resume them")


def test_a_used_up_quota_is_named_and_waited_for() -> None:
    message = 'pods "bridge-1" is forbidden: exceeded quota: team, requested: pods=1'
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    found = deployment(5, readyReplicas=3, conditions=(failure,))
    assert blocked([found]) == f"pods cannot be made, the quota of the namespace is used up: {message}"
    other = deployment(5, conditions=({**failure, "message": "webhook denied"},))
    assert blocked([deployment(), other]) == "pods cannot be made: webhook denied"
    assert says(found, Reasons(blocked([found]))).startswith("3 of 5 pods ready; pods cannot be made, the quota")
    over = deployment(5, conditions=({**failure, "status": "False"},))
    assert blocked([over]) == ""


def test_at_most_three_reasons_are_named() -> None:
    many = Reasons(pods=tuple((f"p{n}", Trouble(f"trouble {n}", Weight.TROUBLED)) for n in range(5)))
    assert says(deployment(5, readyReplicas=0), many).count("trouble") == 3


def test_the_newest_replica_set_is_the_one_of_the_deployments_revision() -> None:
    def of(revision: str) -> Json:
        return {"metadata": {"annotations": {"deployment.kubernetes.io/revision": revision}}}

    assert newest(deployment(), [of("1"), of("2")]) == [of("2")]


def test_rolling_means_that_templates_are_mixed() -> None:
    assert Rollout.of(deployment(3, updatedReplicas=1)).rolling
    assert Rollout.of(deployment(3, replicas=4)).rolling
    assert not Rollout.of(deployment(3, readyReplicas=1)).rolling
