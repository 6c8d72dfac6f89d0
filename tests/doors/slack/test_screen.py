"""How things are said in Slack, against the sandbox's Slack over a real socket."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Unknown
from bot.domain.person import Who
from bot.domain.report import Mention, Report, text
from bot.domain.request import Place, case_id
from bot.ports import Unsayable
from tests.doors.slack.reports import CASE, DONE, WAITING
from tests.doors.slack.scene import Scene, in_slack, line, posting, private

# Cards and lines


def test_a_card_is_posted_with_a_sentence_blocks_and_a_name_by_which_it_is_found() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        (card,) = scene.shown()
        assert (channel, ts) == ("CONCALL", card.ts)
        assert card.text == WAITING.summary
        assert card.metadata == {"event_type": "aureus_said", "event_payload": {"key": f"card:{CASE}"}}
        button = card.blocks[-1]["elements"][0]
        assert button["value"] == f"{CASE}|{WAITING.offers[0].key}"

    in_slack(story)


def test_a_card_is_redrawn_in_place_and_is_still_found() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.screen.update(replace(posting(DONE), channel=channel, ts=ts))
        (card,) = scene.shown()
        assert card.text == DONE.summary
        assert [each["text"]["text"] for each in card.blocks[-1]["elements"]] == ["Undo"]
        assert await scene.screen.find(posting()) == (channel, ts)

    in_slack(story)


def test_a_line_goes_into_the_thread_of_its_card_and_pings() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.screen.post(line(channel, ts))
        _, said = scene.shown()
        assert said.thread_ts == ts
        assert said.blocks[0]["elements"][0]["elements"][0] == {"type": "user", "user_id": "UDANA"}

    in_slack(story)


def test_what_was_asked_for_in_a_thread_is_said_in_that_thread() -> None:
    async def story(scene: Scene) -> None:
        root = await scene.screen.post(posting(key="card:r-root"))
        place = Place("CONCALL", root[1])
        card = await scene.screen.post(posting(place=place))
        await scene.screen.post(line(*card, place=place))
        assert [message.thread_ts for message in scene.shown()[1:]] == [root[1], root[1]]

    in_slack(story)


def test_somebody_whom_only_slack_knows_is_pinged_by_their_account() -> None:
    async def story(scene: Scene) -> None:
        stranger = Who("slack:UOLGA", "olga")
        await scene.screen.post(posting(Report("Hello.", parts=(text(Mention(stranger, ping=True)),))))
        assert "UOLGA" in json.dumps(scene.shown()[0].blocks)

    in_slack(story)


def test_a_line_whose_thread_is_gone_is_not_left_in_the_channel() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.client.chat_delete(channel=channel, ts=ts)
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(line(channel, ts))
        assert no.value.gone
        assert [message for message in scene.shown() if not message.deleted] == []

    in_slack(story)


def test_a_line_that_cannot_be_taken_back_is_no_reason_to_say_it_again(caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.client.chat_delete(channel=channel, ts=ts)
        scene.workspace.break_("ratelimit", method="chat.delete")
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(line(channel, ts))
        assert no.value.gone

    with caplog.at_level(logging.WARNING):
        in_slack(story)
    assert "lost its thread" in caplog.text


def test_a_message_has_an_address() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        assert await scene.screen.link(channel, ts) == f"{scene.workspace.url}/archives/CONCALL/p{ts.replace('.', '')}"

    in_slack(story)


# Looking for what an attempt without an answer may have left


def test_a_card_whose_answer_was_lost_is_found() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        with pytest.raises(Unknown):
            await scene.screen.post(posting())
        assert len(scene.shown()) == 1
        assert await scene.screen.find(posting()) == ("CONCALL", scene.shown()[0].ts)

    in_slack(story)


def test_a_line_whose_answer_was_lost_is_found_in_its_thread() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        with pytest.raises(Unknown):
            await scene.screen.post(line(channel, ts))
        assert await scene.screen.find(line(channel, ts)) == ("CONCALL", scene.shown()[1].ts)

    in_slack(story)


def test_what_was_never_said_is_not_found() -> None:
    async def story(scene: Scene) -> None:
        await scene.screen.post(posting(key="card:r-other"))
        assert await scene.screen.find(posting()) is None

    in_slack(story)


def test_a_card_is_found_behind_two_hundred_later_messages() -> None:
    async def story(scene: Scene) -> None:
        where = await scene.screen.post(posting())
        for number in range(210):
            await scene.client.chat_postMessage(channel="CONCALL", text=f"chatter {number}")
        assert await scene.screen.find(posting()) == where

    in_slack(story)


# Private words


def test_private_words_answer_the_command_even_where_the_bot_is_no_member() -> None:
    async def story(scene: Scene) -> None:
        where = await scene.screen.post(private(Place("CRANDOM", reply=scene.reply("CRANDOM"))))
        assert where == ("CRANDOM", "")
        (said,) = scene.whispered(channel="CRANDOM")
        assert said.text == DONE.summary
        assert said.blocks[-1]["elements"][0]["value"].startswith(f"{case_id('slack:1')}|")

    in_slack(story)


def test_a_response_url_that_is_used_up_is_replaced_by_an_ephemeral_message() -> None:
    async def story(scene: Scene) -> None:
        place = Place("CONCALL", reply=scene.reply())
        for _ in range(6):
            await scene.screen.post(private(place))
        assert len(scene.whispered()) == 6

    in_slack(story)


def test_a_response_url_of_an_hour_ago_is_replaced_by_a_direct_message_where_the_bot_is_no_member() -> None:
    async def story(scene: Scene) -> None:
        place = Place("CRANDOM", reply=scene.reply("CRANDOM"))
        clock = scene.workspace.clock
        clock.move(timedelta(hours=1))
        channel, ts = await scene.screen.post(private(place))
        assert channel.startswith("D")
        assert [message.ts for message in scene.shown(channel)] == [ts]
        assert scene.whispered(channel="CRANDOM") == []

    in_slack(story)


def test_private_words_in_a_conversation_with_the_bot_are_a_message_of_it() -> None:
    async def story(scene: Scene) -> None:
        opened = await scene.client.conversations_open(users="UANA")
        direct = opened["channel"]["id"]
        assert (await scene.screen.post(private(Place(direct))))[0] == direct
        assert len(scene.shown(direct)) == 1

    in_slack(story)


def test_private_words_for_somebody_without_an_account_cannot_be_said() -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unsayable, match="Gus"):
            await scene.screen.post(private(Place("CONCALL"), Who("gus", "Gus")))
        with pytest.raises(Unsayable, match="nobody"):
            await scene.screen.post(private(Place("CONCALL"), None))

    in_slack(story)


def test_private_words_are_not_looked_for() -> None:
    async def story(scene: Scene) -> None:
        await scene.screen.post(private(Place("CONCALL")))
        assert await scene.screen.find(private(Place("CONCALL"))) is None

    in_slack(story)


# What Slack refuses
