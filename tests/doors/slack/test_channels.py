"""Which channels take what is said, against the sandbox's Slack over a real socket."""

import pytest

from bot.domain.channel import Closed
from bot.domain.errors import Away
from bot.ports import Unsayable
from tests.doors.slack.scene import Scene, in_slack, posting

ON_CALL = "#aureus-on-call"
EITHER = pytest.mark.parametrize("name", [ON_CALL, "CONCALL"])


async def closed(scene: Scene, name: str) -> Closed:
    found = await scene.screen.closed(name)
    assert found is not None
    assert found.channel == name
    return found


async def refuses(scene: Scene) -> None:
    """What is told of a channel is what posting into it comes to."""
    with pytest.raises(Unsayable) as no:
        await scene.screen.post(posting())
    assert no.value.elsewhere


@EITHER
def test_a_channel_with_the_bot_in_it_takes_what_is_said(name: str) -> None:
    async def story(scene: Scene) -> None:
        assert await scene.screen.closed(name) is None
        assert await scene.screen.closed(name) is None

    in_slack(story)


@EITHER
def test_an_archived_channel_is_told_as_such_also_when_it_was_open_before(name: str) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.workspace.channel(ON_CALL)
        channel.archived = True
        assert (await closed(scene, name)).because == "That channel is archived."
        channel.archived = False
        assert await scene.screen.closed(name) is None
        channel.archived = True
        found = await closed(scene, name)
        assert (found.because, found.remedy[:12]) == ("That channel is archived.", "Unarchive it")
        await refuses(scene)

    in_slack(story)


@EITHER
def test_one_without_the_bot_is_told_with_the_words_that_let_it_in(name: str) -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.channel(ON_CALL).members.remove(scene.app.bot_user_id)
        found = await closed(scene, name)
        assert found.because == "I am not a member of that channel."
        assert found.remedy.startswith("Say `/invite @aureus-bot` there")
        await refuses(scene)

    in_slack(story)


@EITHER
def test_a_private_one_without_the_bot_looks_as_one_that_is_not_there(name: str) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.workspace.channel(ON_CALL)
        channel.kind = "private"
        channel.members.remove(scene.app.bot_user_id)
        found = await closed(scene, name)
        assert found.because.startswith("Slack shows me no such channel: there is none, or it is private")
        assert "/invite @aureus-bot" in found.remedy
        assert await closed(scene, "#nobody-made-it") == Closed("#nobody-made-it", found.because, found.remedy)
        await refuses(scene)

    in_slack(story)


def test_an_open_channel_goes_before_an_archived_one_of_its_name() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.channel(ON_CALL).archived = True
        scene.workspace.add_channel("aureus-on-call", members=[scene.app.bot_user_id])
        assert await scene.screen.closed(ON_CALL) is None

    in_slack(story)


def test_a_slack_that_is_away_says_nothing_of_its_channels() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("down")
        with pytest.raises(Away):
            await scene.screen.closed(ON_CALL)

    in_slack(story)


def test_a_slack_that_refuses_to_list_its_channels_says_nothing_of_them() -> None:
    async def story(scene: Scene) -> None:
        scene.app.scopes = tuple(one for one in scene.app.scopes if one != "groups:read")
        with pytest.raises(Away, match="groups:read"):
            await scene.screen.closed(ON_CALL)

    in_slack(story)
