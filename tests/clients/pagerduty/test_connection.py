"""The connection, over real sockets: what gets no good answer, and settings that cannot be used."""

import asyncio
import logging
import socket
import ssl
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest
import trustme

from bot.clients.pagerduty import Limits, PagerDuty
from bot.domain.errors import Away, Refusal, Unknown
from bot.world import pagerduty as pd
from sandbox.pagerduty.aureus import API_KEY, READ_ONLY_KEY
from tests.clients.kubernetes.servers import Habit, answers, dripping, rude, serving, silent
from tests.clients.pagerduty.stand import Stand, tell

QUICK = Limits(connect=1.0, read=0.3, verb=2.0, threads=2)
READ = pd.UserOf(email="ana@aureus.example")


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side that the bot trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def untrusted() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def ask(url: str, key: str = "secret-key", limits: Limits = QUICK) -> object:
    async def once() -> object:
        world = PagerDuty(url, key, "", limits=limits)
        try:
            return await world.ask(READ)
        finally:
            world.close()

    return asyncio.run(once())


@pytest.mark.parametrize("habit", [silent, rude, answers(b"<html>"), answers(b"[]"), answers(b'{"users": 7}')])
def test_a_look_without_a_good_answer_is_away(habit: Habit, tls: ssl.SSLContext) -> None:
    with serving(habit, tls) as server:
        with pytest.raises(Away, match=r"when asked to look for a user by e-mail\. Nothing was changed") as told:
            ask(f"https://127.0.0.1:{server.port}")
        assert type(told.value) is Away
        assert len(server.asked) == 1, "it was sent again, although only the engine may do that"


def test_an_answer_that_drips_is_not_waited_for_beyond_the_limit_of_the_verb(tls: ssl.SSLContext) -> None:
    with serving(dripping, tls) as server:
        began = time.monotonic()
        with pytest.raises(Away, match="gave no answer in time"):
            ask(f"https://127.0.0.1:{server.port}", limits=Limits(read=0.3, verb=0.7))
        assert time.monotonic() - began < 4


def test_a_server_that_is_not_there_or_not_known_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Away, match=r"PagerDuty cannot be reached to .*refused.*Nothing was changed") as told:
        ask(f"https://127.0.0.1:{port}")
    assert type(told.value) is Away
    with pytest.raises(Away, match="PagerDuty cannot be reached to"):
        ask("https://pagerduty.invalid")


def test_a_certificate_that_nobody_vouches_for_is_refused(untrusted: ssl.SSLContext) -> None:
    with serving(answers(b"{}"), untrusted) as server:
        with pytest.raises(
            Refusal, match=r"does not trust the connection to PagerDuty.*CERTIFICATE_VERIFY_FAILED"
        ) as told:
            ask(f"https://127.0.0.1:{server.port}")
        assert server.asked == []
    assert "SSL_CERT_FILE" in told.value.hint


def test_a_server_without_tls_is_refused() -> None:
    with serving(answers(b"no TLS here")) as server, pytest.raises(Refusal, match="does not trust the connection"):
        ask(f"https://127.0.0.1:{server.port}")


def test_a_redirect_is_not_followed(tls: ssl.SSLContext) -> None:
    habit = answers(b"", "302 Found", Location="https://elsewhere.invalid/")
    with serving(habit, tls) as server, pytest.raises(Refusal, match=r"PagerDuty refused to .*\(302\)") as told:
        ask(f"https://127.0.0.1:{server.port}")
    assert "PAGERDUTY_API_URL" in told.value.hint


@pytest.mark.parametrize("url", ["http://api.pagerduty.com", "", "api.pagerduty.com", "https://", "https://x:y/"])
def test_an_address_without_tls_or_none_at_all_is_said_at_start(url: str) -> None:
    async def story() -> None:
        world = PagerDuty(url, "key", "")
        with pytest.raises(
            Refusal, match=r"is no address of PagerDuty: it must begin with https://\. Nothing was"
        ) as told:
            await world.open()
        assert "PAGERDUTY_API_URL" in told.value.hint
        world.close()

    asyncio.run(story())


@pytest.mark.parametrize("key", ["", "secret-key\n", "secret kéy", "Token secret-key"])
def test_a_key_that_is_none_is_said_at_start_and_not_shown(key: str) -> None:
    async def story() -> None:
        world = PagerDuty("https://127.0.0.1:1", key, "")
        with pytest.raises(Refusal) as told:
            await world.open()
        assert "PAGERDUTY_API_KEY" in told.value.hint
        assert "secret" not in str(told.value)
        world.close()

    asyncio.run(story())


def test_a_revoked_key_and_one_that_may_only_read(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        reader = PagerDuty(stand.url, READ_ONLY_KEY, "")
        await reader.ask(READ)
        with pytest.raises(Refusal, match=r"The bot's key may not do that in PagerDuty: .*\(403"):
            await reader.do(stand.acknowledge())
        reader.close()
        stand.breaks("unauthorized")
        with pytest.raises(Refusal, match="it answered 401") as told:
            await stand.bot.do(stand.acknowledge())
        # The package's own error says the last four signs of the key.
        whole = "".join(traceback.format_exception(told.value))
        assert API_KEY[-4:] not in whole
        assert stand.incident.status == "triggered"

    tell(tmp_path, story)


def test_a_rate_limit_is_told_at_once_with_its_seconds(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("ratelimit", seconds=7)
        began = time.monotonic()
        with pytest.raises(Away) as told:
            await stand.bot.ask(READ)
        assert time.monotonic() - began < 2.9, "the package waits three seconds before it tries again"
        assert (type(told.value), told.value.again_in) == (Away, 7.0)
        assert stand.account.asked("GET", "/users") == 1

    with caplog.at_level(logging.DEBUG, "pagerduty"):
        tell(tmp_path, story)
    assert [each for each in caplog.records if each.name.startswith("pagerduty")] == []


@pytest.mark.parametrize(("status", "kind"), [(500, Unknown), (503, Unknown)])
def test_a_failure_on_a_write_is_unknown(status: int, kind: type, tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("errors", "PUT", status=status)
        with pytest.raises(Unknown, match=f"PagerDuty failed when asked to acknowledge incident .*{status}") as told:
            await stand.bot.do(stand.acknowledge())
        assert type(told.value) is kind

    tell(tmp_path, story)


def test_while_pagerduty_is_away_each_way_of_use_says_so(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("away")
        for attempt in (stand.bot.do, stand.bot.stands, stand.bot.rehearse):
            with pytest.raises(Away, match=r"PagerDuty broke the connection .*Nothing was changed") as told:
                await attempt(stand.acknowledge())
            assert type(told.value) is Away
        with pytest.raises(Away, match="broke the connection"):
            await stand.held()

    tell(tmp_path, story)


def test_a_slow_write_is_unknown_after_the_limit_and_a_look_is_away(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("slow", "PUT", seconds=5)
        with pytest.raises(Unknown, match="gave no answer in time when asked to acknowledge incident"):
            await stand.bot.do(stand.acknowledge())
        stand.account.faults.heal()
        stand.breaks("slow", "GET", seconds=5)
        with pytest.raises(Away, match="gave no answer in time when asked to read incident"):
            await stand.page()
        stand.account.faults.heal()

    tell(tmp_path, story, Limits(read=0.6, verb=4.0, threads=2))


def test_a_verb_of_many_calls_ends_within_its_one_limit(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        stand.breaks("slow", "GET", seconds=0.5)
        began = time.monotonic()
        with pytest.raises(Away, match=r"no time left|gave no answer in time"):
            await stand.page()
        assert time.monotonic() - began < 4
        stand.account.faults.heal()

    tell(tmp_path, story, Limits(verb=0.8, threads=2))


def test_the_package_is_loaded_only_when_it_is_used() -> None:
    words = "import sys; from bot.clients.pagerduty import PagerDuty; PagerDuty('https://x', 'k', ''); "
    words += "sys.exit('pagerduty' in sys.modules or 'httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0  # noqa: S603 - a fixed command


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's own proxy does is no part of it."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
