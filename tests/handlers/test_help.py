"""``help``: what the one who asks may run, and nothing else."""

from bot.world import bot
from handlers.help import Help
from handlers.note import Note
from handlers.oncall import Oncall
from handlers.where import Where
from tests.handlers.asked import AWAY, CONFIG, asked, seen, shown
from tests.handlers.asked import COMMANDS as COMMANDS_OF_ALL

COMMANDS = (
    bot.Command("scale", "Run more.", "scale <service>", ("scale bridge 5",), "Waits.", True, frozenset({"team"})),
    bot.Command("status", "Show it.", "status", ("status",), "", False, frozenset({"anyone"})),
    bot.Command("pause", "Stop it.", "pause", ("pause",), "", True, frozenset({"on-call-lead"})),
    bot.Command("agree", "Agree.", "agree [run]", ("agree r-1",), "", True, frozenset({"team"}), reply=True),
    bot.Command("decline", "Say no.", "decline [run]", ("decline r-1",), "", True, frozenset({"ciso"}), reply=True),
)


def told(words: str, who: str) -> str:
    return shown(asked(Help, words, who).tell(seen((bot.Commands(), COMMANDS), (bot.Me(who), CONFIG.people.get(who)))))


def test_it_lists_what_one_may_run_and_nothing_else() -> None:
    assert "scale bridge 5" in told("help", "ana")
    assert "pause" not in told("help", "ana")
    assert "pause" in told("help", "dana")


def test_who_may_only_read_sees_no_heading_over_nothing() -> None:
    assert "Changes something" in told("help", "ana")
    assert "Changes something" not in told("help", "hana")
    assert "You may run 1 command." in told("help", "hana")


def test_of_one_command_it_tells_all() -> None:
    said = told("help scale", "ana")
    assert "Waits." in said
    assert "scale <service>" in said
    assert "Waits." not in told("help status", "ana")


def test_a_command_that_is_not_ones_own_or_none_at_all_is_not_told_of() -> None:
    assert "You may run no command “pause”" in told("help pause", "ana")
    assert "Stop it" not in told("help pause", "ana")
    assert "You may run no command “make coffee”" in told("help make coffee", "ana")


def test_the_nearest_of_what_one_may_run_is_offered_and_nothing_else() -> None:
    assert "Did you mean `scale`?" in told("help scael", "ana")
    assert "Did you mean `scale`?" in told("help scale bridge 5", "ana")
    assert "Did you mean" not in told("help frob", "ana")
    assert "Did you mean" not in told("help pausse", "ana")


def test_what_is_said_to_a_run_is_named_in_a_line_and_told_of_one_by_one() -> None:
    said = told("help", "ana")
    assert "Said to a run that is there: " in said
    assert "Code(text='agree')" in said
    assert "decline" not in said
    assert "You may run 2 commands" in said, "it is no command"
    assert "agree [run]" in told("help agree", "ana")
    assert "Code(text='help decline')" in told("help", "hana")


def test_while_it_does_not_know_who_asks_it_lists_nothing() -> None:
    for me in (None, AWAY):
        report = asked(Help, "help").tell(seen((bot.Commands(), COMMANDS), (bot.Me("ana"), me)))
        assert "not there yet" in report.summary
        assert "scale" not in shown(report)


def test_what_takes_words_is_shown_with_words_first_and_without_them_too() -> None:
    note = COMMANDS_OF_ALL.describe(Note)
    assert note.examples == ("note the database is full", "note")
    assert COMMANDS_OF_ALL.describe(Help).examples == ("help scale", "help")
    assert COMMANDS_OF_ALL.describe(Where).examples[0] == "where ServiceDown"
    assert COMMANDS_OF_ALL.describe(Oncall).examples == ("oncall",)
