"""Each way in which PagerDuty says no, or says nothing, has a sentence of its own, and none holds the key."""

import json

import pytest

from bot.clients.pagerduty.call import Call
from bot.clients.pagerduty.errors import Missing, Over, Unfit, answered, lost, unreachable
from bot.domain.errors import Away, Barred, Refusal, Unknown

READ = Call("GET", "/incidents/Q1", "read incident Q1")
WRITE = Call("PUT", "/incidents/Q1", "acknowledge incident Q1", as_="ana@aureus.example")


def error(call: Call, status: int, code: int = 0, message: str = "", *errors: str, **headers: str) -> Exception:
    body = json.dumps({"error": {"message": message, "code": code, "errors": list(errors)}}).encode()
    return answered(call, status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def refusal(call: Call, status: int, code: int = 0, message: str = "", *errors: str) -> Refusal:
    made = error(call, status, code, message, *errors)
    assert isinstance(made, Refusal)
    assert "Nothing was changed." in made.because
    assert made.hint
    return made


def test_401_names_the_setting_of_the_key() -> None:
    made = refusal(READ, 401, 2006, "Authentication failed")
    assert made.because.startswith(
        "PagerDuty does not accept the bot's key: it answered 401 when asked to read incident"
    )
    assert "PAGERDUTY_API_KEY" in made.hint


@pytest.mark.parametrize(("code", "message"), [(1008, "Requester User Not Found"), (2016, "You must specify a user")])
def test_400_with_an_unknown_from_names_the_person(code: int, message: str) -> None:
    made = refusal(WRITE, 400, code, message)
    assert made.because == "PagerDuty knows nobody with ana@aureus.example. Nothing was changed."
    assert "config/people.yaml" in made.hint


def test_400_of_a_resolved_incident_and_of_an_escalation_are_told_apart() -> None:
    assert isinstance(refusal(WRITE, 400, 1001, "Incident Already Resolved"), Over)
    made = refusal(WRITE, 400, 1015, "Escalation Policy Has No User On Call")
    assert isinstance(made, Unfit)
    assert "cannot acknowledge incident Q1: Escalation Policy Has No User On Call." in made.because
    assert "assign somebody by name" in made.hint


def test_400_gives_the_words_of_pagerduty() -> None:
    made = refusal(WRITE, 400, 2001, "Invalid Input Provided", "Assignee not found.", "Title can't be blank")
    assert "Invalid Input Provided: Assignee not found: Title can't be blank. Nothing" in made.because
    assert "it answered 400" in refusal(WRITE, 400).because


def test_402_and_403_have_sentences_of_their_own() -> None:
    assert "plan of PagerDuty does not include that" in refusal(WRITE, 402, 2014, "Ability required").because
    made = refusal(WRITE, 403, 2010, "Access Denied")
    assert made.because.startswith(
        "The bot's key may not do that in PagerDuty: to acknowledge incident Q1 (403: Access"
    )
    assert "read-only" in made.hint


def test_404_is_missing() -> None:
    assert isinstance(refusal(READ, 404, 2100, "Not Found"), Missing)


def test_who_is_not_let_in_has_not_heard_how_it_is_there() -> None:
    assert all(isinstance(error(READ, status), Barred) for status in (302, 401, 402, 403))
    assert not any(isinstance(error(READ, status), Barred) for status in (400, 404))


@pytest.mark.parametrize(
    ("headers", "again"),
    [
        ({"ratelimit_reset": "7"}, 7.0), ({"retry_after": "4", "ratelimit_reset": "7"}, 4.0), ({}, 5.0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5.0), ({"ratelimit_reset": "0"}, 1.0),
        ({"ratelimit_reset": "1e9"}, 300.0), ({"ratelimit_reset": "nan"}, 5.0),
    ],
)  # fmt: skip
def test_429_waits_as_long_as_it_is_asked_to(headers: dict[str, str], again: float) -> None:
    made = error(WRITE, 429, 2020, "Rate Limit Exceeded", **headers)
    assert type(made) is Away
    assert made.again_in == again
    assert "(429). Nothing was changed." in made.because


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_server_is_away_on_a_read_and_unknown_on_a_write(status: int) -> None:
    read, write = error(READ, status, 2000, "An internal error has occurred."), error(WRITE, status)
    assert type(read) is Away
    assert f"({status}: An internal error has occurred). Nothing was changed." in read.because
    assert type(write) is Unknown
    assert "Nothing was changed" not in write.because


def test_what_changed_at_the_same_moment_may_be_tried_again() -> None:
    made = error(WRITE, 409)
    assert type(made) is Away
    assert "could not acknowledge incident Q1 just now (409). Nothing was changed." in made.because


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"error": 3}', b'{"error": {"code": "x", "errors": "y"}}', b""])
def test_a_body_that_is_no_error_of_pagerduty_is_no_trace(body: bytes) -> None:
    for status in (302, 400, 403, 404, 418, 500):
        made = answered(READ, status, body, {})
        assert isinstance(made, Refusal | Away)
        assert "Nothing was changed." in str(made)
    assert "PAGERDUTY_API_URL" in str(answered(READ, 302, body, {}))


def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_broken_handshake_is_away() -> None:
    made = unreachable(WRITE, OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed"))
    assert isinstance(made, Refusal)
    assert "SSL_CERT_FILE" in made.hint
    assert "Nothing was changed." in made.because
    assert type(unreachable(WRITE, OSError("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred"))) is Away
    refused = unreachable(WRITE, OSError("[Errno 111] Connection refused"))
    assert str(refused) == (
        "PagerDuty cannot be reached to acknowledge incident Q1: Connection refused. Nothing was changed."
    )


def test_a_lost_answer_is_unknown_for_a_write_alone() -> None:
    assert type(lost(READ, "broke the connection")) is Away
    made = lost(WRITE, "broke the connection")
    assert type(made) is Unknown
    assert "Nothing was changed" not in made.because
