"""The bot as a process: serving, saying from a terminal, verifying the audit."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import time
from typing import Any

import structlog

from bot.app import SystemClock, read_config, running
from bot.clients.journal import Database, SqlJournal
from bot.domain.errors import Refusal
from bot.doors.http import server
from bot.doors.terminal import Terminal
from bot.ports import Clock
from bot.settings import Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings, clock: Clock | None = None) -> int:
    """Serve until SIGTERM or SIGINT; then take nothing new, finish what is in hand, and end."""
    _spare_the_answers()
    log_to_stderr(settings)
    for missing in settings.missing():
        log.warning("%s", missing)
    began = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    listening = _listen(settings.host, settings.port)
    async with contextlib.AsyncExitStack() as stack:
        starting = asyncio.create_task(stack.enter_async_context(running(settings, clock or SystemClock())))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            log.info("stopped while it was starting")
            starting.cancel()
            await asyncio.wait([starting])
            return 0
        bot = starting.result()
        web = server(bot.web)
        serving = asyncio.create_task(web.serve(sockets=[listening]), name="web")
        _spare_the_answers()
        log.info("ready on %s:%s in %.1f s", *listening.getsockname()[:2], time.monotonic() - began)
        ends: list[asyncio.Future[Any]] = [serving, stopping, bot.lost]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if bot.lost.done():
            # Others drive on by now. The engine's threads would wait for its database for ever.
            log.critical("this process must end: %s", bot.lost.result())
            logging.shutdown()
            os._exit(1)
        bot.trouble = "it is stopping"
        log.info("stopping: nothing new is taken, what is in hand is finished")
        web.should_exit = True
        await asyncio.wait([serving], timeout=6)
    return 0


def _spare_the_answers() -> None:
    """Keep the garbage collector from holding answers up: a full pass takes 0.1 s, and everybody waits for it.

    What was made until now stays, so it is never looked through again. What a crowd of commands leaves behind is looked
    through in small pieces (of 20,000 objects each takes 20 ms), and what outlived one of them far less often.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(2_000, 50, 50)


async def say(settings: Settings, words: str, email: str) -> int:
    """Say words as the person of this address; whoever is running drives them, else this process does."""
    log_to_stderr(settings, level=logging.ERROR)
    config, commands = read_config(settings)
    person = config.people.by_email(email)
    if not email:
        raise Refusal("Nobody was named who says this.", "Say who you are: --as you@example.com, or AUREUS_ME.")
    if person is None:
        raise Refusal(
            f"config/people.yaml has nobody with the e-mail address “{email}”.",
            "Say who you are: --as you@example.com, or AUREUS_ME. Nothing was changed.",
        )
    async with running(settings, clock := SystemClock(), (config, commands), guest=True) as bot:
        answered = await Terminal(bot.core, config.people, clock).say(words, person)
    return 0 if answered else 1


async def verify(settings: Settings) -> int:
    """Read the whole journal; 1 when any line is not as it was written."""
    database = await Database.open(settings.database_url, SystemClock())
    try:
        audit = await SqlJournal(database).verify()
    finally:
        await database.close()
    if audit.broken:
        sys.stdout.write(f"The journal was changed: {audit.broken}\n")
        return 1
    sys.stdout.write(f"{audit.lines} lines, each as it was written. Head: {audit.head}\n")
    return 0


def log_to_stderr(settings: Settings, level: int | None = None) -> None:
    """One line an event, as JSON or for people; nothing of it goes to a channel."""
    timed: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    console = settings.log_format == "console"
    shown: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if console else structlog.processors.JSONRenderer()
    )
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        shown,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=timed, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level if level is not None else settings.log_level.upper())
    for noisy in ("httpx", "httpx2", "uvicorn", "apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Bolt warns that it prefers our client to the token of the environment, as it should.
    logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda line: "will be" not in line.getMessage())


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Refusal(
            f"Port {port} on {host} is taken or not allowed: {error.strerror}.", "PORT names another."
        ) from error
    return listening
