"""The stored rows of the queue. The only module that knows DBOS; every call blocks, so each is made in a thread."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID, WorkflowStatus
from sqlalchemy import URL

from bot.domain.errors import Refusal

# Part of the version, which by default is a hash of the source: every edit would strand what is pending.
VERSION = "1"
# Blocked threads are cheap, and a piece of work that waits for its subject or its time holds one.
THREADS = 128
POLL_SECONDS = 0.5
AGAIN = ":again"


@dataclass(frozen=True)
class Job:
    """A piece of work. ``at`` is when it may begin, in seconds since 1970 by the machine's clock; 0 is at once."""

    work: str
    subject: str
    key: str
    at: float = 0.0

    def again(self) -> "Job | None":
        """The same under a new key; ``None`` when three processes began it and none ended it."""
        return None if self.key.endswith(AGAIN * 2) else replace(self, key=self.key + AGAIN)


class Rows:
    """The rows of one database, and the threads in which ``carry`` is called for each.

    ``carry`` gives a word that is kept with the row. What it raises from ``BaseException`` (not ``Exception``) leaves
    the row as it is, for whoever comes after this process.
    """

    #: DBOS is one for each process.
    _open: ClassVar[bool] = False

    def __init__(self, url: URL, name: str, process: str, carry: Callable[[Job], str]) -> None:
        self._url = url
        self._sqlite = url.get_backend_name() == "sqlite"
        self.opened = False
        self._name = name
        self._process = process
        self._carry = carry
        self._workflow: Callable[[str, str, str, float], str] = self._take

    def open(self) -> None:
        """Make the tables, and begin to take rows whose time has come. ``Refusal`` when this process has one open."""
        if Rows._open:
            raise Refusal(
                "This process has a durable queue open already, and it can hold only one. Nothing was changed.",
                "Close the first one.",
            )
        if self._sqlite:
            self._write_ahead()
        # A handler of its own keeps DBOS from adding one that writes to the console; what it says goes to the root.
        log = logging.getLogger("dbos")
        if not log.handlers:
            log.addHandler(logging.NullHandler())
        DBOS(config=self._config())
        Rows._open = self.opened = True
        try:
            self._workflow = DBOS.workflow(name="carry")(self._function())
            DBOS.launch()
            DBOS.register_queue(self._name, polling_interval_sec=POLL_SECONDS, on_conflict="always_update")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop taking rows. What runs in a thread is not waited for."""
        if self.opened:
            DBOS.destroy(destroy_registry=True)
            Rows._open = self.opened = False

    def put(self, job: Job) -> None:
        """Store it and begin it in a thread of this process; nothing when its key is known."""
        with SetWorkflowID(job.key):
            DBOS.start_workflow(self._workflow, job.work, job.subject, job.key, job.at)

    def park(self, job: Job, seconds: float = 0.0) -> None:
        """Store it for whichever process is there after so many seconds; nothing when its key is known."""
        with SetWorkflowID(job.key), SetEnqueueOptions(delay_seconds=seconds if seconds > 0 else None):
            DBOS.enqueue_workflow(self._name, self._workflow, job.work, job.subject, job.key, job.at)

    def begun(self, process: str | None = None, limit: int = 500) -> Sequence[tuple[str, Job]]:
        """What was begun and did not end, oldest first, with the process that began it."""
        found = DBOS.list_workflows(
            status="PENDING",
            executor_id=process,
            application_name=self._name,
            name="carry",
            limit=limit,
            load_output=False,
        )
        return [(row.executor_id or "", _job(row)) for row in found]

    def drop(self, keys: Sequence[str]) -> None:
        """Mark as given up."""
        DBOS.cancel_workflows(list(keys))

    def forget(self, before: datetime, limit: int = 500) -> int:
        """Delete what ended before that; how many."""
        found = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            completed_before=before.astimezone(UTC).isoformat(),
            application_name=self._name,
            limit=limit,
            load_input=False,
            load_output=False,
        )
        if found:
            DBOS.delete_workflows([row.workflow_id for row in found])
        return len(found)

    def _take(self, work: str, subject: str, key: str, at: float) -> str:
        return self._carry(Job(work, subject, key, at))

    def _function(self) -> Callable[[str, str, str, float], str]:
        # DBOS passes a method's object as an argument to be stored; a plain function has none.
        def carry(work: str, subject: str, key: str, at: float) -> str:
            return self._take(work, subject, key, at)

        return carry

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=self._name,
            system_database_url=self._url.render_as_string(hide_password=False),
            dbos_system_schema=f"{self._name}_queue",
            application_version=f"{self._name} {VERSION}",  # no two names may share one
            executor_id=self._process,
            serializer=DBOSPortableJSONSerializer(),
            log_level="WARNING",
            sys_db_pool_size=2 if self._sqlite else 10,  # writers of one file only wait for each other
            max_executor_threads=THREADS,
            use_listen_notify=False,  # nothing here sends messages between workflows
            notification_listener_polling_interval_sec=0.1,  # reads nothing while nobody listens; closing waits for it
            run_migrations=True,
        )

    def _write_ahead(self) -> None:
        # DBOS has no setting for it, and it is a property of the file: twice the rate of writes.
        if not self._url.database:
            raise Refusal(
                "The queue needs a file. Nothing was changed.", "Write its URL as sqlite:///path/to/queue.db."
            )
        try:
            with closing(sqlite3.connect(self._url.database)) as file:
                file.execute("PRAGMA journal_mode=wal")
        except sqlite3.Error as error:
            raise Refusal(
                f"The file of the queue, {self._url.database}, cannot be used: {error}. Nothing was changed.",
                "Name another file, or move this one away: the journal has what is needed to go on.",
            ) from error


def _job(row: WorkflowStatus) -> Job:
    given: Any = row.input
    work, subject, key, at = given["args"]
    return Job(work, subject, key, at)
