"""The account as the sandbox begins, and that nothing listens unless it is served."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml

import sandbox
from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import BOT_EMAIL, WEBHOOK_SECRET, handoff_before, seed_aureus
from sandbox.pagerduty.server import PagerDutyServer

CAST = yaml.safe_load((Path(sandbox.__file__).parent / "config" / "people.yaml").read_text())["people"]


def test_pagerduty_knows_the_cast_but_goran_and_olga(account: PagerDuty) -> None:
    known = {(user.name, user.email) for user in account.users.values()} - {("Aureus Bot", BOT_EMAIL)}
    assert known == {(one["name"], one["email"]) for one in CAST if one["id"] != "goran"}
    for stranger in ("goran", "olga"):
        with pytest.raises(KeyError):
            account.person(stranger)


def test_an_e_mail_is_one_persons(account: PagerDuty) -> None:
    with pytest.raises(ValueError, match="is a user already"):
        account.add_user("Another Ana", "ANA@aureus.example")


@pytest.mark.parametrize(
    ("now", "handoff"),
    [
        ((2026, 11, 24, 10), (2026, 11, 23, 9)),
        ((2026, 11, 23, 9), (2026, 11, 23, 9)),
        ((2026, 11, 23, 8), (2026, 11, 16, 9)),
        ((2026, 11, 29, 23), (2026, 11, 23, 9)),
    ],
)
def test_turns_begin_on_the_last_monday_at_nine(now: tuple[int, ...], handoff: tuple[int, ...]) -> None:
    at = datetime(now[0], now[1], now[2], now[3], tzinfo=UTC)
    assert handoff_before(at) == datetime(handoff[0], handoff[1], handoff[2], handoff[3], tzinfo=UTC)


def test_whenever_it_is_seeded_ana_is_on_call() -> None:
    clock = StandingClock(datetime(2027, 1, 4, 8, tzinfo=UTC))
    account = PagerDuty(clock)
    seed_aureus(account, "http://127.0.0.1:9/hooks")
    policy = account.policies["PPOLICY"]
    assert [[user.name for user in account.on_call(policy, level)] for level in (1, 2, 5)] == [
        ["Ana Silva"],
        ["Ben Okafor"],
        [],
    ]
    (hook,) = account.subscriptions.values()
    assert (hook.secrets, hook.filter_id) == ([WEBHOOK_SECRET], "PSENTNL")


def test_every_run_has_the_same_ids() -> None:
    accounts = [PagerDuty(StandingClock()) for _ in range(2)]
    for account in accounts:
        seed_aureus(account)
        account.life.trigger(account.services["PSENTNL"], "Fire", "k", account.person("ana").agent, {"type": "api"})
    assert list(accounts[0].incidents) == list(accounts[1].incidents)


def test_it_is_served_on_an_event_loop_and_is_gone_after(account: PagerDuty, tmp_path: Path) -> None:
    server = PagerDutyServer(account)

    async def visit() -> str:
        async with server.serve() as served, httpx.AsyncClient(verify=served.trust()) as client:
            assert (await client.get(f"{served.url}/sandbox/pagerduty/state")).status_code == 200
            with pytest.raises(OSError, match="in use"):
                async with PagerDutyServer(account).serve(int(served.url.rsplit(":", 1)[1])):
                    pass
            return served.url

    url = asyncio.run(visit())
    assert server.write_ca(tmp_path / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, verify=server.trust())
