"""The same work through every door: channels, threads, direct messages, Home, Socket Mode."""

from pathlib import Path

import pytest

from bot.engine.reply import REPLIES
from tests.stories.stage import ON_CALL, Stage, tell


def test_where_the_bot_is_no_member_the_card_goes_to_on_call(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5", "#random")
        card = await s.sees("ana", "Scale bridge from 3 to 5", ON_CALL)
        link = await s.is_told("ana", "I am not a member of that channel", "#random")
        assert card.ts.replace(".", "") in str(link.blocks)
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in", ON_CALL)
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_a_mention_in_a_thread_is_answered_there(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        ana = s.person("ana")
        await ana.says("#team-bridge", "bridge is slow")
        (started,) = ana.sees("#team-bridge")
        await s.says("ana", "@aureus scale bridge 5", "#team-bridge", started.ts)
        card = await s.sees("ana", "Scale bridge from 3 to 5", "#team-bridge")
        assert card.thread_ts == started.ts
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in", "#team-bridge")
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_a_mention_is_heard_with_capitals_too(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "@Aureus status", "#team-bridge")
        await s.sees("ana", "Production: all well", "#team-bridge")

    tell(tmp_path, story)


def test_a_direct_message_needs_no_slash(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        direct = await s.person("ana").opens_direct(s.app.bot_user_id)
        await s.says("ana", "scale bridge 5", direct)
        card = await s.sees("ana", "Scale bridge from 3 to 5", direct)
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in", direct)
        await s.says("ana", "whoami", direct)
        await s.sees("ana", "You are Ana Silva", direct)

    tell(tmp_path, story)


def test_what_phones_make_of_plain_signs_is_understood(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        direct = await s.person("ana").opens_direct(s.app.bot_user_id)
        await s.says("ana", "Scale  Bridge 5 because “the sale” — and more…", direct)
        card = await s.sees("ana", "Scale bridge from 3 to 5", direct)
        assert '"the sale" - and more...' in card

    tell(tmp_path, story)


def test_mentions_and_channels_in_a_reason_stay_readable(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5 because @elif asked in #team-bridge")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        assert "asked in #team-bridge" in card
        assert "<#" not in card.words

    tell(tmp_path, story)


def test_an_event_that_slack_delivers_twice_is_one_run(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        direct = await s.person("ana").opens_direct(s.app.bot_user_id)
        s.workspace.break_("duplicate")
        await s.says("ana", "scale bridge 5", direct)
        await s.sees("ana", "Scale bridge from 3 to 5", direct)
        await s.passes(seconds=30)
        cards = [one for one in s.person("ana").sees(direct) if "Scale bridge from 3 to 5" in one and one.buttons]
        assert len(cards) == 1
        assert len(await s.runs()) == 1

    tell(tmp_path, story)


def test_a_press_that_slack_delivers_twice_is_one_undo(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "Done in")
        await s.presses_as_it_was("ana", card, "Undo", twice=True)
        await s.sees("ana", "taken back")
        await s.passes(seconds=30)
        assert s.replicas() == 3
        assert len(await s.runs()) == 2

    tell(tmp_path, story)


def test_home_shows_what_waits_for_whom(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        await s.sees("ana", "Scale bridge from 3 to 8")
        elif_, olga = s.person("elif"), s.person("olga")
        await elif_.opens_home()
        home = await s.until(lambda: elif_.home)
        assert "Waits for you" in str(home.definition)
        assert "Scale bridge from 3 to 8" in str(home.definition)
        await elif_.presses(home, "Approve")
        await s.sees("ana", "agreed by Elif Kaya")
        await s.until(lambda: s.replicas() == 8)
        await olga.opens_home()
        stranger = await s.until(lambda: olga.home)
        assert "I do not know you" in str(stranger.definition)
        assert "Scale bridge" not in str(stranger.definition)

    tell(tmp_path, story)


def test_home_shows_whole_cards_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for number in range(9):
            await s.says("ana", f"/aureus scale bridge {8 + number} because the sale begins")
            await s.says("elif", f"/aureus scale bridge {8 + number} because the sale begins")
        elif_ = s.person("elif")
        await elif_.opens_home()
        home = await s.until(lambda: elif_.home)
        blocks = home.definition["blocks"]
        heads = [block["text"]["text"] for block in blocks if block["type"] == "header"]
        cards = [head for head in heads if head.startswith("Scale bridge")]
        assert {"Waits for you", "Yours, under way"} <= set(heads)
        assert len(blocks) <= 100
        assert len([block for block in blocks if block["type"] == "actions"]) == len(cards) > 1
        lines = [str(block) for block in blocks if " more: r-" in str(block)]
        assert "And 1 more: r-" in lines[0], "one of nine, since eight are shown"
        assert len(lines) == 2
        assert sum(line.count("r-") for line in lines) + len(cards) == 18
        assert all("/aureus runs" in line for line in lines)

    tell(tmp_path, story)


def test_home_lists_what_one_may_run(tmp_path: Path) -> None:
    async def listed(s: Stage, who: str) -> str:
        await s.person(who).opens_home()
        home = await s.until(lambda: s.person(who).home)
        return str(home.definition["blocks"][-1])

    async def story(s: Stage) -> None:
        elifs, hanas = await listed(s, "elif"), await listed(s, "hana")
        assert "status" in elifs
        assert "status" in hanas
        assert "scale baseline" in elifs
        assert "scale baseline" not in hanas

    tell(tmp_path, story)


def test_help_lists_what_one_may_run(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus help")
        mine = await s.is_told("ana", "You may run")
        assert "Run more, or fewer" in mine
        assert "Let nothing change" not in mine
        await s.says("hana", "/aureus help")
        hers = await s.is_told("hana", "You may run")
        assert "Run more, or fewer" not in hers
        assert "decline" in hers, "a CISO may have to agree"
        said_to_runs = mine.words.partition("Said to a run that is there")[2].split("\n")
        assert list(dict.fromkeys(word for word in said_to_runs if word in REPLIES)) == [
            name for name in REPLIES if name != "tick"
        ]
        await s.says("ana", "/aureus help scale")
        await s.is_told("ana", "Where an autoscaler owns the number")

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/aureus runs", "There are no runs yet"),
        ("/aureus whoami", "You are Ana Silva"),
        ("/aureus why scale bridge 0", "Who may, and who must agree"),
        ("/aureus loose-ends", "There are no loose ends"),
    ],
)
def test_questions_are_answered(tmp_path: Path, words: str, answer: str) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", words)
        await s.sees("ana", answer)

    tell(tmp_path, story)


def test_the_whole_of_it_over_socket_mode(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.presses("ana", await s.sees("ana", "Done in"), "Undo")
        await s.sees("ana", "taken back")
        assert s.replicas() == 3

    tell(tmp_path, story, socket_mode=True)
