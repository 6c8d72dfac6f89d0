"""Webhooks that are too large, too slow, too many at once or cut off, and a store that gives no answer in time."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.doors.afterwards import Afterwards
from bot.doors.web import web
from bot.doors.webhooks import CROWD, HELD, MOST, Webhooks
from sandbox.pagerduty.aureus import WEBHOOK_SECRET
from sandbox.serving import serving
from tests.doors.hooks import GROUP, PROVED, Hooks, event, group, hooks, no_trace, signature
from tests.engine.bench import bench
from tests.stories.alarm import TOKEN

DOORS = ("alertmanager", "pagerduty")
_PIECE = 65_536


@pytest.fixture(autouse=True)
def _no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    no_trace(caplog)


def good(door: str) -> bytes:
    return group() if door == "alertmanager" else event()


def padded(said: bytes, size: int) -> bytes:
    """The same JSON, of this size."""
    return said + b" " * (size - len(said))


def test_a_body_of_five_megabytes_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            over = await s.sends(door, padded(good(door), MOST + 1))
            assert (over.status_code, "5,000,000 bytes" in over.text) == (413, True)
        assert set(s.stored().values()) == {0}
        for door in DOORS:
            assert (await s.sends(door, padded(good(door), MOST))).json() == {"taken": True}

    hooks(tmp_path, story)


def test_a_body_that_says_how_large_it_is_is_refused_before_it_comes(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            for length in (MOST + 1, 10**12, 10**18):
                line = await s.opens(door, b"", length)
                assert await line.status() == 413
                await line.closes()
        await s.goes_on()

    hooks(tmp_path, story)


def test_of_a_body_in_pieces_no_more_is_read_than_is_taken(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            line = await s.opens(door, b"", "chunked")
            for _ in range(MOST // _PIECE + 1):
                await line.sends(f"{_PIECE:x}\r\n".encode() + b"x" * _PIECE + b"\r\n")
            assert await line.status() == 413, "it is answered although the body has no end"
            await line.closes()
        assert set(s.stored().values()) == {0}
        await s.goes_on()

    hooks(tmp_path, story)


def test_a_body_in_pieces_is_one_body(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            said = good(door)
            line = await s.opens(door, b"", "chunked", whole=said)
            for at in range(0, len(said), 100):
                piece = said[at : at + 100]
                await line.sends(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await line.sends(b"0\r\n\r\n")
            assert await line.status() == 200
            await line.closes()

    hooks(tmp_path, story)


def test_a_body_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        for door in DOORS:
            line = await s.opens(door, good(door)[:-5], len(good(door)), whole=good(door))
            await line.breaks()
            # What is shorter than it says it is, is another body: no JSON, or not what was signed.
            line = await s.opens(door, good(door), len(good(door)) - 1)
            assert await line.status() in (400, 401)
            await line.closes()
            line = await s.opens(door, good(door), "many")
            assert await line.status() == 400
            await line.closes()
        await s.settle()
        assert set(s.stored().values()) == {0}
        await s.goes_on()

    hooks(tmp_path, story)


@pytest.mark.parametrize("door", DOORS)
def test_a_crowd_is_told_to_come_again_and_nobody_is_forgotten(tmp_path: Path, door: str) -> None:
    async def story(s: Hooks) -> None:
        bodies = [
            group(groupKey=f"{number}", alerts=[])
            if door == "alertmanager"
            else event(id=f"{number}", event_type="pagey.ping")
            for number in range(CROWD)
        ]
        lines = [await s.opens(door, said[:-1], len(said), whole=said) for said in bodies]
        answer = await s.sends(door, good(door))
        for _ in range(100):  # until the last of them has been let in
            if answer.status_code == 503:
                break
            answer = await s.sends(door, good(door))
        assert (answer.status_code, "come again" in answer.text) == (503, True)
        other = next(each for each in DOORS if each != door)
        assert (await s.sends(other, good(other))).status_code == 200, "the other door has no crowd"
        for line in lines:
            await line.sends(b"}")
        assert {await line.status() for line in lines} == {200}
        for line in lines:
            await line.closes()
        assert (await s.sends(door, good(door))).status_code == 200
        await s.settle()
        assert len(await s.inbox()) >= CROWD + 2

    hooks(tmp_path, story)


def test_bodies_that_are_too_large_together_are_told_to_come_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(s: Hooks) -> None:
        # Nobody is proved at this door before the whole body is there.
        size = MOST - 1
        lines = [await s.opens("pagerduty", b"x" * size, MOST, whole=b"none") for _ in range(HELD // size + 1)]
        done, waiting = await asyncio.wait(
            [asyncio.create_task(line.status()) for line in lines], return_when=asyncio.FIRST_COMPLETED
        )
        assert [each.result() for each in done] == [503]
        assert "too many webhooks of PagerDuty at once; one was told to come again" in caplog.messages
        for line in lines:
            await line.breaks()
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(100):  # until the bot has seen that they are gone
            answer = await s.sends("pagerduty", padded(event(), MOST))
            if answer.status_code == 200:
                break
        assert answer.status_code == 200
        assert len(await s.inbox()) == 1

    hooks(tmp_path, story)


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as b:
            doors = Webhooks(b.core, b.clock, TOKEN, WEBHOOK_SECRET, Afterwards(), slowest=0.05)
            async with serving(web(None, _ready, doors.routes)) as url:
                stage = Hooks(tmp_path)
                stage.url = url
                for door in DOORS:
                    line = await stage.opens(door, b"{", 100)
                    assert await line.status() == 503
                    await line.closes()
                assert (await stage.sends("alertmanager", b"[]")).status_code == 200

    asyncio.run(run())


def test_without_its_secret_a_door_is_shut_and_with_two_both_are_good(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as b:
            stage = Hooks(tmp_path)
            shut = Webhooks(b.core, b.clock, "", " , ", Afterwards())
            async with serving(web(None, _ready, shut.routes)) as stage.url:
                for door, setting in zip(
                    DOORS, ("ALERTMANAGER_WEBHOOK_TOKEN", "PAGERDUTY_WEBHOOK_SECRET"), strict=True
                ):
                    answer = await stage.sends(door, good(door))
                    assert (answer.status_code, setting in answer.text) == (503, True)
            both = Webhooks(b.core, b.clock, f"new, {TOKEN}", f"new,{WEBHOOK_SECRET}", Afterwards())
            async with serving(web(None, _ready, both.routes)) as stage.url:
                for said in (PROVED, {"authorization": "Bearer new"}):
                    assert (await stage.sends("alertmanager", b"[]", said)).status_code == 200
                for secret in ("new", WEBHOOK_SECRET):
                    said = {"x-pagerduty-signature": signature(b"[]", secret)}
                    assert (await stage.sends("pagerduty", b"[]", said)).status_code == 200
                assert (await stage.sends("pagerduty", b"[]", {})).status_code == 401

    asyncio.run(run())


def test_a_large_body_of_many_labels_is_read_while_others_are_answered(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        # Words in which a secret would be looked for at every letter.
        labels = {f"l{number}": "a.b." * 1000 for number in range(1000)}
        labels["alertname"] = "LargeAlert"
        said = group(alerts=[GROUP["alerts"][0] | {"labels": labels}])
        assert 4_000_000 < len(said) < MOST
        large = asyncio.create_task(s.sends("alertmanager", said))
        answered = 0
        while not large.done():
            assert (await s.sends("pagerduty", event(id=f"{answered}"))).status_code == 200
            answered += 1
        assert (await large).json() == {"taken": True}
        assert answered > 1
        await s.sees_card("LargeAlert")

    hooks(tmp_path, story)


async def _ready() -> str:
    return ""
