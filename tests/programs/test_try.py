"""``make try`` as a process: what it prints, how it ends, and that nothing of it is left."""

import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.programs.child import PATIENCE, Child, child, occupied, runs

_AT_ONCE = 10.0  # seconds, of a machine that has much else to do
_NOW_YOU = "Now you: open http://127.0.0.1:"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bot_of(port: int) -> int | None:
    """The process of the bot, once the sandbox has started it."""
    try:
        found = httpx.get(f"http://127.0.0.1:{port}/world/state", timeout=5).json()["bot"]["pid"]
    except httpx.HTTPError:
        return None
    return int(found) if found else None


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def started(sandbox: Child, port: int) -> int:
    """The bot of a sandbox that has just begun to start it."""
    sandbox.until(lambda: bot_of(port) is not None, "the bot")
    pid = bot_of(port)
    assert pid is not None
    return pid


def test_the_opening_scene_is_the_conversation_as_text_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    with child(tmp_path, "sandbox", env={"PORT": "0"}) as sandbox:
        sandbox.until(lambda: _NOW_YOU in sandbox.said, "the end of the opening scene")
        found = re.search(r"world of its own:  http://127\.0\.0\.1:(\d+)", sandbox.said)
        assert found is not None
        bot = bot_of(int(found[1]))
        assert bot is not None
        page = f"http://127.0.0.1:{found[1]}/page/events?as=UANA"
        with httpx.stream("GET", page, timeout=PATIENCE) as hints:  # a page that is open
            assert next(hints.iter_lines()) == ": here"
            assert sandbox.ends(signal.SIGINT, _AT_ONCE) == 0
        assert sandbox.said.endswith("\n  Ended.\n")
        assert is_gone(bot)
    asked, confirmed, undone = re.split(r"Ana Silva presses \[.*\]\n", sandbox.said)
    for part in (
        "Ana Silva (on-call):  /aureus scale bridge 5",
        "SCALE BRIDGE FROM 3 TO 5",
        "… Waiting",
        "Who owns the number  people; no autoscaler",
        "Risk  low – between the baseline (3) and twice of it",
        "Set aureus/aureus-bridge to 5 replicas",
        "Way back: Set aureus/aureus-bridge to 3 replicas.",
        "[Confirm]  [Cancel]",
    ):
        assert part in asked
    assert "Done in" in confirmed
    assert "5 of 5 pods ready" in confirmed
    assert "[Undo]" in confirmed
    assert "taken back by Ana Silva" in undone
    assert max(map(len, sandbox.said.splitlines())) <= 80


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_bot_still_starts_ends_all_of_it_at_once(tmp_path: Path, sign: signal.Signals) -> None:
    port = free_port()
    with child(tmp_path, "sandbox", env={"PORT": str(port)}) as sandbox:
        bot = started(sandbox, port)
        assert sandbox.ends(sign, _AT_ONCE) == 0
        assert sandbox.said == "\n  Ended.\n"
        assert is_gone(bot)


def test_the_bot_does_not_outlive_a_sandbox_that_was_killed(tmp_path: Path) -> None:
    port = free_port()
    with child(tmp_path, "sandbox", env={"PORT": str(port)}) as sandbox:
        bot = started(sandbox, port)
        sandbox.ends(signal.SIGKILL)
    psutil.wait_procs([psutil.Process(bot)] if not is_gone(bot) else [], timeout=PATIENCE)
    assert is_gone(bot)


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with occupied() as port:
        code, out, err = runs("sandbox", env={"PORT": str(port)})
    assert (code, out) == (1, "")
    assert err == f"Port {port} cannot be used (Address already in use). Choose another: PORT=8124 make try\n"


@pytest.mark.parametrize("port", ["http", "65536", "-1", "²", "8 1"])
def test_what_is_no_port_is_a_sentence(port: str) -> None:
    code, out, err = runs("sandbox", env={"PORT": port})
    assert (code, out) == (1, "")
    assert err == f"PORT is “{port}”, and a port is a number from 0 (any that is free) to 65535.\n"


def test_another_trouble_of_the_machine_is_not_blamed_on_the_port() -> None:
    code, out, err = runs("tests.programs.cramped", sys.executable, "-m", "sandbox", env={"PORT": "0"})
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("The sandbox could not go on: [Errno 24] Too many open files")
    assert "PORT" not in err
