"""A document is said as a file, once, in the thread of a card, against the sandbox's Slack over a real socket."""

from dataclasses import replace

import httpx
import pytest

from bot.domain.errors import Away, Unknown
from bot.domain.report import Document, Report
from bot.domain.request import Place
from bot.doors.slack import limits
from bot.doors.slack.screen import SlackScreen
from bot.ports import Kind, Posting, Unsayable
from sandbox.slack.faults import What
from sandbox.slack.records import File, Message
from tests.doors.slack.reports import CASE
from tests.doors.slack.scene import HERE, Scene, account, in_slack, line, posting

DOCUMENT = Document("i-7hb2k9qd-2.md", "What happened: bridge", "# What happened\n\nDie Brücke war zu.\n")
TROUBLES: tuple[What, ...] = ("lose-answer", "down")
COMMENT = "The timeline of <bridge>."


def file(channel: str, ts: str, document: Document = DOCUMENT, place: Place = HERE) -> Posting:
    said = line(channel, ts, Report(COMMENT, parts=(document,)), place)
    return replace(said, say=replace(said.say, kind=Kind.FILE, key=f"file:{CASE}:2"))


def files(scene: Scene) -> list[tuple[Message, File]]:
    return [(message, each) for message in scene.shown() for each in message.files]


async def read(scene: Scene, name: str) -> str:
    """What somebody who opens it in the page reads."""
    async with httpx.AsyncClient() as client:
        url = f"{scene.workspace.url}/page/"
        (card,) = (await client.get(f"{url}messages", params={"as": "ana", "channel": "CONCALL"})).json()["messages"]
        asked = {"as": "ana", "channel": "CONCALL", "ts": card["ts"]}
        _, reply = (await client.get(f"{url}replies", params=asked)).json()["messages"]
        (shown,) = reply["files"]
        assert shown["name"] == name
        return (await client.get(shown["url_private"])).text


def test_a_document_is_a_file_in_the_thread_of_its_card() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        assert await scene.screen.post(file(channel, ts)) == (channel, "")
        ((message, said),) = files(scene)
        assert message.thread_ts == ts
        assert message.text == "The timeline of &lt;bridge&gt;."
        assert (said.name, said.title) == (DOCUMENT.name, DOCUMENT.title)
        assert await read(scene, DOCUMENT.name) == DOCUMENT.text

    in_slack(story)


def test_without_a_thread_it_stands_in_the_channel_also_when_that_is_named() -> None:
    async def story(scene: Scene) -> None:
        await scene.screen.post(file("", "", place=Place("#aureus-on-call")))
        ((message, _),) = files(scene)
        assert message.thread_ts is None

    in_slack(story)


def test_after_a_lost_answer_it_is_found_by_its_name_and_not_said_again() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.break_("lose-answer", method="files.completeUploadExternal", times=1)
        with pytest.raises(Unknown):
            await scene.screen.post(file(channel, ts))
        ((message, _),) = files(scene)
        assert await scene.screen.find(file(channel, ts)) == (channel, message.ts)

    in_slack(story)


def test_another_document_in_the_same_thread_is_not_taken_for_it() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.screen.post(file(channel, ts, replace(DOCUMENT, name="i-7hb2k9qd-1.md")))
        assert await scene.screen.find(file(channel, ts)) is None

    in_slack(story)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_before_it_is_shared_leaves_no_doubt_that_nothing_was_said(method: str, trouble: What) -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.break_(trouble, method=method)
        with pytest.raises(Away) as away:
            await scene.screen.post(file(channel, ts))
        assert not isinstance(away.value, Unknown)
        assert files(scene) == []
        scene.workspace.mend()
        await scene.screen.post(file(channel, ts))
        assert len(files(scene)) == 1

    in_slack(story)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
def test_a_limit_is_obeyed_for_as_long_as_slack_says(method: str) -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.break_("ratelimit", method=method, times=1, seconds=17)
        with pytest.raises(Away) as away:
            await scene.screen.post(file(channel, ts))
        assert away.value.again_in == 17
        assert not isinstance(away.value, Unknown)
        assert files(scene) == []

    in_slack(story)


def test_a_file_that_slack_does_not_take_in_time_was_not_said() -> None:
    async def story(scene: Scene) -> None:
        screen = SlackScreen(scene.client, account, limit=0.0)
        with pytest.raises(Away, match="within 0 s") as away:
            await screen.post(file("CONCALL", ""))
        assert not isinstance(away.value, Unknown)

    in_slack(story)


@pytest.mark.parametrize("answered", [False, True])
def test_a_file_whose_thread_is_gone_is_not_said_outside_of_it(answered: bool) -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        if answered:  # then a tombstone is left, and Slack still gives the thread
            await scene.screen.post(line(channel, ts))
        await scene.client.chat_delete(channel=channel, ts=ts)
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(file(channel, ts))
        assert no.value.gone
        assert files(scene) == []

    in_slack(story)


@pytest.mark.parametrize("channel", ["CRANDOM", "CNOWHERE", "#nowhere"])
def test_a_place_that_does_not_take_it_is_no_reason_not_to_say_it_elsewhere(channel: str) -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(file("", "", place=Place(channel)))
        assert no.value.elsewhere

    in_slack(story)


def test_a_bot_that_may_say_no_files_says_the_rest_of_the_thread() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.app.scopes = tuple(scope for scope in scene.app.scopes if scope != "files:write")
        with pytest.raises(Unsayable, match="files:write") as no:
            await scene.screen.post(file(channel, ts))
        assert (no.value.gone, no.value.elsewhere) == (False, False)

    in_slack(story)


def test_what_is_too_long_is_cut_and_says_so() -> None:
    async def story(scene: Scene) -> None:
        long = Document("n" * 300 + ".md", "t" * 300, "ü" * limits.FILE)
        channel, ts = await scene.screen.post(posting())
        await scene.screen.post(file(channel, ts, long))
        ((message, said),) = files(scene)
        assert said.content is not None
        assert len(said.content) <= limits.FILE
        assert said.content.decode().endswith("the whole is 2,000,000 bytes long.\n")
        assert len(said.title) == limits.FILE_TITLE
        assert await scene.screen.find(file(channel, ts, long)) == (channel, message.ts)

    in_slack(story)


def test_what_is_no_document_cannot_be_a_file() -> None:
    async def story(scene: Scene) -> None:
        said = file("", "")
        for report in (Report("none"), Report("two", parts=(DOCUMENT, DOCUMENT)), Report("", parts=(empty,))):
            with pytest.raises(Unsayable):
                await scene.screen.post(replace(said, say=replace(said.say, report=report)))

    empty = replace(DOCUMENT, text="")
    in_slack(story)
