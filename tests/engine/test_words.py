"""What people type is understood, and secrets in it are not kept."""

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import Misunderstood
from bot.domain.likeness import alike
from bot.engine.commands import Commands
from bot.engine.words import because_of, mask, plain
from bot.world.catalogue import Catalogue, Service
from bot.world.k8s import Deployment
from handlers.help import Help
from handlers.note import Note
from handlers.release import Release
from handlers.scale import Scale
from handlers.scale_baseline import ScaleBaseline
from handlers.severity import Severity
from tests.domain.toy import request

CATALOGUE = Catalogue(
    [
        Service(
            "bridge",
            ("aureus-bridge",),
            {
                "production": Deployment("aureus", "aureus-bridge"),
                "staging": Deployment("aureus-staging", "aureus-bridge"),
            },
            3,
        ),
        Service("openclaw", (), {"production": Deployment("aureus", "openclaw")}, 3),
    ],
    {"production": "aureus", "staging": "aureus-staging"},
)
COMMANDS = Commands((Scale, ScaleBaseline, Severity, Help, Note, Release), CATALOGUE)


def scale(words: str) -> Scale:
    handler = COMMANDS.understand(request(words=words)).handler
    assert isinstance(handler, Scale)
    return handler


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("SCALE Bridge 5", "scale bridge 5"),
        ("scale   aureus-bridge  5", "scale bridge 5"),
        ("scale bridge 5 because “load test”", "scale bridge 5 because load test"),
        ("scale bridge 5 BECAUSE: it is slow — very", "scale bridge 5 because it is slow - very"),
        ("scale bridge 5 hold for 2 h", "scale bridge 5 hold for 2h"),
        ("scale bridge 5 for 90min", "scale bridge 5 for 90m"),
        ("scale bridge 5 in aureus-staging", "scale bridge 5 in staging"),
        ("scale bridge 5 in production", "scale bridge 5"),
        ("Scale-Baseline", "scale baseline"),
        ("scale aureus/bridge 5", "scale bridge 5"),
        ("", "help"),
        ("help scale baseline", "help scale baseline"),
        ("help 'scale baseline'", "help scale baseline"),
        ("scale bridge 5 Because: “Friday” sale", 'scale bridge 5 because "Friday" sale'),
        ("scale bridge 5 because \"'the' sale\"", "scale bridge 5 because 'the' sale"),
        ("scale bridge 5 because Because: “because it hangs”", "scale bridge 5 because it hangs"),
        ("note i-7hb2k9qd we restarted “it” because it hung", 'note i-7hb2k9qd we restarted "it" because it hung'),
        ("note i-7hb2k9qd no idea because …", "note i-7hb2k9qd no idea because ..."),
        ("note i-7hb2k9qd “we are at it”", "note i-7hb2k9qd we are at it"),
    ],
)
def test_two_ways_to_say_one_thing_give_one_text(typed: str, said: str) -> None:
    assert COMMANDS.understand(request(words=typed)).words == said
    # What it says itself, it understands as the same.
    assert COMMANDS.understand(request(words=said)).words == said


@pytest.mark.parametrize(
    ("typed", "because", "hint"),
    [
        ("scall bridge 5", "I do not know “scall”", "scale"),
        ("frobnicate", "I do not know", "help"),
        ("scale", "needs what to scale", "scale bridge 5"),
        ("scale brigde 5", "no service “brigde”", "bridge"),
        ("scale kube-system/coredns 5", "namespace “kube-system”", "only aureus"),
        ("scale bridge 5 now please", "not “now please”", "scale <service>"),
        ("scale baseline now", "not “now”", "It is said like this: `scale baseline`."),
        ("scale bridge 5 for ages", "is no time", "2h"),
        ("scale bridge 5 for 99d", "too short or too long", ""),
        ("scale bridge 5.5", "whole number", ""),
        ("scale openclaw 5 in staging", "openclaw does not run in staging", "Say it with `in production`, or"),
        ("scale openclaw", "needs the number of replicas", "`scale openclaw 5`"),
        ("severity i-p1 p1", "“i-p1” is no incident", "`severity i-7hb2k9qd p1`"),
        ("severity", "needs how bad it is", "`severity p1`"),
        ("release i-nope", "“i-nope” is no incident", "`release i-7hb2k9qd`"),
    ],
)
def test_what_is_not_understood_says_what_was_meant(typed: str, because: str, hint: str) -> None:
    with pytest.raises(Misunderstood) as raised:
        COMMANDS.understand(request(words=typed))
    assert because in str(raised.value)
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "stray"),
    [
        ("scale bridge 5 because it is slow in staging", "staging"),
        ("scale bridge 5 because it is slow in aureus-staging", "staging"),
        ("scale bridge 5 because it is slow in production", ""),
        ("scale bridge 5 because it was slow in staging, too", ""),
        ("scale bridge 5 because it is slow in Berlin", ""),
        ("scale bridge 5 in production because it was slow in staging", ""),
        ("scale bridge 5 in staging because it is slow in production", ""),
        ("note i-7hb2k9qd we looked because it is slow in staging", ""),
    ],
)
def test_a_place_in_the_reason_may_be_meant_only_where_it_ends_with_another_and_none_is_named(
    typed: str, stray: str
) -> None:
    assert COMMANDS.understand(request(words=typed)).stray == stray


@pytest.mark.parametrize(
    ("words", "command"),
    [("Scale-Baseline because x", "scale baseline"), ("scale nosuch", "scale"), ("frobnicate", ""), ("", "help")],
)
def test_of_any_words_it_is_known_which_command_they_begin_with(words: str, command: str) -> None:
    assert COMMANDS.named(words) == command


def test_a_note_takes_its_reason_with_it() -> None:
    note = COMMANDS.understand(request(words="note i-7hb2k9qd we restarted “it” because it hung")).handler
    assert isinstance(note, Note)
    assert (note.said, note.because) == ('we restarted "it" because it hung', "it hung")


@settings(deadline=None)
@given(
    st.integers(0, 50),
    st.sampled_from(["", "hold", "once"]),
    st.none() | st.integers(1, 7 * 24 * 60).map(lambda n: timedelta(minutes=n)),
)
def test_what_is_said_is_understood_again(replicas: int, how: str, time: timedelta | None) -> None:
    words = f"scale bridge {replicas} {how}" + (f" for {int(time.total_seconds() // 60)}m" if time else "")
    handler = scale(words)
    again = scale(handler.words)
    assert (again.replicas, again.how, again.time) == (replicas, how, time)
    assert again.words == handler.words


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_command_or_a_misunderstanding(typed: str) -> None:
    try:
        said = COMMANDS.understand(request(words=typed)).words
    except Misunderstood:
        return
    assert COMMANDS.understand(request(words=said)).words == said


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("scale bridge 5 because xoxb-123456789012-abcdefgh", "123456789012"),
        ("because password=hunter2hunter2", "hunter2"),
        ("because the token is abcdef123456", "abcdef123456"),
        ("because postgresql://aureus:geheim99@db/aureus", "geheim99"),
        ("because AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
        ("because Authorization: Bearer abc.def.ghi12345", "abc.def.ghi12345"),
        ("because eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF", "eyJzdWIiOiIxMjM0"),
        ("because ghp_abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnop"),
        ("because redis://:hunter2-hunter2@cache", "hunter2"),
        ("because \N{LATIN SMALL LETTER LONG S}ecret=hunter2-hunter2", "hunter2"),
        ("because -----BEGIN RSA PRIVATE KEY----- MIIEabc", "MIIEabc"),
        # Letters that count as others where capitals do not matter.
        ("because pa\u017f\u017fword=hunter2hunter2", "hunter2"),
        ("because to\u212aen=hunter2hunter2", "hunter2"),
        ("because authorizat\u0131on: hunter2hunter2", "hunter2"),
        ("because ap\u0130_key=hunter2hunter2", "hunter2"),
        # Names within names.
        ("because AWS_SECRET_ACCESS_KEY=hunter2/hunter2", "hunter2"),
        ("because DB_PASSWORD=hunter2hunter2", "hunter2"),
        ("because DB_PASS=hunter2hunter2", "hunter2"),
        ("because PGPASSWORD=hunter2", "hunter2"),
        ("because client_secret: hunter2hunter2", "hunter2"),
        ("because clientSecret: hunter2hunter2", "hunter2"),
        ("because secret_key_base=hunter2hunter2", "hunter2"),
        ("because the user_token hunter2hunter2", "hunter2"),
        ("because passwords: hunter2", "hunter2"),
        ("because passphrase: correct-horse", "correct"),
        # Between quotes, to the last of them.
        ('because {"password": "hunter2"}', "hunter2"),
        (r"because {\"password\": \"my hunter2\"}", "hunter2"),
        ("because password='my hunter2'", "hunter2"),
        ("because password=“my hunter2”", "hunter2"),
        ("because postgres://aureus:hunter@hunter2@db/aureus", "hunter2"),
        # By their own beginning.
        ("because hvs.CAESIJabcdefgh", "CAESIJ"),
        ("because AIzaSyDabcdefghijklmnopqrstuvwxyz12345", "SyDabc"),
    ],
)
def test_secrets_are_masked(typed: str, secret: str) -> None:
    assert secret not in mask(typed)
    assert "•••" in mask(typed)


@pytest.mark.parametrize(
    "piece",
    [
        "a.", "a://b:", "eyJaaaaaaaa-", "token ", "bearer: ", "-----BEGIN PRIVATE KEY-----",
        "token-", "secret_", "token is ", "_pass", "password='", 'token="\\', "api key ",
    ],
)  # fmt: skip
def test_looking_for_secrets_takes_a_time_that_grows_with_the_words_and_not_with_their_square(piece: str) -> None:
    def took(times: int) -> float:
        before = time.process_time()
        mask(piece * times)
        return time.process_time() - before

    few = max(took(2_000), 0.001)
    assert took(40_000) < 100 * few, "twenty times as much, and far from four hundred times as long"


def test_plain_words_about_secrets_stay() -> None:
    assert mask("because the token expired") == "because the token expired"
    assert mask("scale bridge 5") == "scale bridge 5"
    for words in (
        "the token bucket is empty", "rotate the secret", "tests pass: everything is green",
        "the primary key: order_id", "secret-based access is slow", "100 tokens left", "the password rotation failed",
    ):  # fmt: skip
        assert mask(words) == words


def test_what_is_masked_already_stays_as_it_is() -> None:
    masked = mask('because password="my hunter2",user=ana')
    assert masked == "because password=•••,user=ana"
    assert mask(masked) == masked


def test_mentions_links_and_entities_become_what_they_mean() -> None:
    assert plain("tell <@UANA> in <#C1|aureus-alerts> &amp; <https://x.example|x>") == (
        "tell @UANA in #aureus-alerts & https://x.example"
    )
    assert because_of("scale bridge 5 because a because b") == ("scale bridge 5", "a because b")


@pytest.mark.parametrize(
    "words",
    [
        "scale bridge 5 because", "scale bridge 5 because: ", "because …", "cancel Because -", "because because",
        "because Because: 'because'", "because 12345", "because _",
    ],
)  # fmt: skip
def test_because_without_a_reason_is_no_reason(words: str) -> None:
    with pytest.raises(Misunderstood, match="no reason behind `because`"):
        because_of(words)


NAMES = ("bridge", "incidents", "oncall", "os", "release", "resolve", "restart", "scale", "scale-baseline", "status")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("briidge", ("bridge",)), ("scael", ("scale",)), ("incidnets", ("incidents",)), ("stats", ("status",)),
        ("INC", ("incidents",)), ("re", ("release", "resolve", "restart")), ("scale", ("scale", "scale-baseline")),
        ("scale bridge 5", ("scale", "scale-baseline")), ("frobnicate", ()), ("nosuch", ()), ("o", ()), ("", ()),
    ],
)  # fmt: skip
def test_what_is_meant_begins_so_or_is_alike_and_else_nothing_is_guessed(word: str, near: tuple[str, ...]) -> None:
    assert alike(word, NAMES) == near
