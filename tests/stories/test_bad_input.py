"""What is said wrongly: each has a clear answer to whoever said it, and nothing is changed."""

from pathlib import Path

import pytest

from sandbox.kubernetes.kinds import DEPLOYMENTS
from tests.stories.stage import ON_CALL, Stage, tell

SAID = [
    ("skale bridge 5", "I do not know “skale”", "Did you mean `scale`?"),
    ("stats", "I do not know “stats”", "Did you mean `status`?"),
    ("re bridge", "I do not know “re”", "Did you mean `release`, `resolve` or `restart`?"),
    ("frobnicate", "I do not know “frobnicate”. `help` lists what you may run.", ""),
    ("scale", "`scale` needs what to scale", "`scale bridge 5`"),
    ("scale bridge", "`scale` needs the number of replicas", "`scale bridge 5`"),
    ("scale bridge 5 please", "but not “please” at its end", "for example `scale bridge 5`"),
    ("scale bridge five", "is a whole number, and “five” is none", "`scale bridge 5`"),
    ("scale bridge -1", "-1 is too few", "0 or more"),
    ("scale bridge 10000", "10000 is too many", "50 at most"),
    ("scale birdge 5", "I know no service “birdge”", "Did you mean `bridge`?"),
    (
        "scale nosuch 5",
        "I know no service “nosuch”; I know bridge, aureus-os, openclaw. Say it like",
        "`scale bridge 5`",
    ),
    (
        "restart postgres",
        "postgres is no Deployment that I look after: only alerts are about it",
        "I look after bridge",
    ),
    ("scale kube-system/coredns 5", "I do not look after the namespace “kube-system”", "aureus-staging"),
    ("scale bridge 5 in kube-system", "“kube-system” is not a place that I look after", "Nothing was changed"),
    ("scale aureus-staging/bridge 5", "names the namespace of staging, and the words mean production", "`in staging`"),
    ("scale bridge 5 because x in staging", "stands behind `because`", "`scale bridge 5 in staging because …`"),
    ("scale bridge 5 because", "There is no reason behind `because`", "with the reason behind it"),
    ("cancel because …", "There is no reason behind `because`", "with the reason behind it"),
    ("scale bridge +5", "is a whole number, and “+5” is none", "`scale bridge 5`"),
    ("scale bridge 5 for ever", "“ever” is no time", "`2h`"),
    ("undo r-00000000", "I know no run r-00000000", "runs lists"),
    ("cancel", "You have no run under way", "`runs` lists"),
    ("undo", "None of your last runs left anything that can be undone", "runs lists"),
]


def test_of_what_only_looks_nobody_is_told_that_nothing_was_changed(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for words, answer in (("status birdge", "I know no service “birdge”"), ("where", "`where` needs the name")):
            await s.says("ana", f"/aureus {words}")
            assert "othing was changed" not in (await s.is_told("ana", answer)).text

    tell(tmp_path, story)


def test_what_is_not_understood_says_what_was_meant(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for words, answer, hint in SAID:
            await s.says("ana", f"/aureus {words}")
            told = await s.is_told("ana", answer)
            assert hint in told, f"{words}: {told.words}"
            assert told.text.count("othing was changed") == 1, told.words
        assert s.replicas() == 3
        assert not [one for one in s.person("ana").sees(ON_CALL) if not one.ephemeral]

    tell(tmp_path, story)


def test_a_deployment_that_does_not_exist(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        with s.cluster.lock:
            s.cluster.store.remove(DEPLOYMENTS, s.cluster.store.get(DEPLOYMENTS, "aureus", "openclaw"))
        await s.says("ana", "/aureus scale openclaw 5")
        told = await s.is_told("ana", "There is no Deployment aureus/openclaw in the cluster")
        assert "config/services.yaml" in told

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("outage", "answer"),
    [("forbid", "The bot may not do that in the cluster"), ("unauthorized", "does not accept the bot's credentials")],
)
def test_no_rights_in_the_cluster(tmp_path: Path, outage: str, answer: str) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("break", what=outage, on=True)
        await s.says("ana", "/aureus scale bridge 5")
        told = await s.is_told("ana", answer)
        assert "Nothing was changed" in told
        await s.kubectl("break", what=outage, on=False)
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_a_button_of_a_card_that_is_over(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.presses("ana", card, "Cancel")
        await s.sees("ana", "Cancelled by Ana Silva")
        await s.passes(days=7)
        await s.presses_as_it_was("ana", card, "Confirm")
        told = await s.sees("ana", "This can no longer be agreed to")
        assert told.ephemeral
        assert "is over: cancelled by Ana Silva" in told
        assert "Nothing was changed" in told
        assert s.replicas() == 3

    tell(tmp_path, story)


@pytest.mark.parametrize("value", ["r-00000000|0123abcd", "|", "nonsense", "r-9bpg4rmv|", "'; drop table events; --|x"])
def test_a_button_whose_payload_was_made_up(tmp_path: Path, value: str) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.presses_as_it_was("ana", card, "Confirm", value)
        told = await s.sees("ana", "That button belongs to")
        assert told.ephemeral
        await s.passes(minutes=1)
        assert s.replicas() == 3
        assert "Waits for Ana Silva to confirm" in s.card(card)

    tell(tmp_path, story)


def test_a_button_of_a_kind_that_the_bot_has_drawn_none_of(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.presses_as_it_was("ana", card, "Confirm", id_="nothing-here")
        await s.is_told("ana", "That button belongs to no card that I know. Nothing was changed.")
        assert "Waits for Ana Silva to confirm" in s.card(card)

    tell(tmp_path, story)


def test_a_button_cannot_carry_a_command_of_its_own(tmp_path: Path) -> None:
    """The value names an offer of the card: words in it are nothing."""

    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        case = (await s.runs())[0].id
        await s.presses_as_it_was("elif", card, "Approve", f"{case}|scale bridge 0")
        await s.sees("elif", "That button belongs to an earlier state of its card")
        await s.passes(minutes=1)
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_what_is_not_configured_says_who_can_change_that(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus oncall")
        told = await s.sees("ana", "PagerDuty is not configured: PAGERDUTY_API_KEY is not set")
        assert "Let whoever runs the bot set it; until then, do it in PagerDuty itself." in told

    tell(tmp_path, story)
