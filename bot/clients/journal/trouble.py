"""What the database says when it cannot, as sentences that people read."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import Full

#: SQLite's primary result codes (https://www.sqlite.org/rescode.html): what happened, and what to do next.
_SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "failing",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_CANTOPEN: "closed",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}

#: PostgreSQL's SQLSTATE codes, or their classes of two characters (its manual, appendix A).
_POSTGRESQL = {
    "55P03": "locked",
    "40P01": "locked",
    "40001": "locked",
    "57014": "slow",
    "53100": "full",
    "25006": "a standby",
    "53": "away",
    "58": "failing",
    "57": "away",
    "08": "away",
    "28": "closed",
    "3D": "closed",
    "42501": "closed",
    "25P03": "away",
    "XX001": "damaged",
    "XX002": "damaged",
}

_SENTENCES = {
    "locked": (
        "{name} is locked by another process",
        "Try again in a moment; if it stays so, end whatever keeps it open (a backup, a console).",
    ),
    "slow": ("{name} took too long", "Try again in a moment; if it stays so, look at the load of the database."),
    "full": ("There is no room left for {name}", "Make room on its disk, then try again."),
    "failing": ("The disk under {name} failed ({said})", "Look at the disk and at the system's log, then try again."),
    "read-only": (
        "{name} can only be read",
        "Give the bot's user the right to write the file and its folder, then try again.",
    ),
    "a standby": ("{name} can only be read: it may be a standby", "Point DATABASE_URL to the primary, then try again."),
    "closed": ("{name} cannot be opened ({said})", "Look at DATABASE_URL and at the rights of its user."),
    "damaged": (
        "{name} is damaged ({said})",
        "Stop the bot, keep a copy of what is there, and restore it from a backup.",
    ),
    "away": (
        "{name} does not answer ({said})",
        "See whether the database runs and can be reached; the next request tries again by itself.",
    ),
}


def kind_of(error: BaseException) -> str:
    """What is wrong with the store, in a word; empty when the store is well and the statement was wrong."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    if isinstance(cause, psycopg.Error):
        code = cause.sqlstate or ""
        known = _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2])
        if known:
            return known
        # Without a code nothing came from the server: the connection could not be made, or broke.
        return "away" if isinstance(cause, psycopg.OperationalError) and not code else ""
    return ""


def full(error: BaseException, name: str, outcome: str = "nothing was stored") -> Full | None:
    """The error as the port knows it; ``None`` when it is none of the store's. ``outcome`` says what became of it."""
    kind = kind_of(error)
    if not kind:
        return None
    what, then = _SENTENCES[kind]
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
    what = what.format(name=name, said=said)
    return Full(f"{what[0].upper()}{what[1:]}: {outcome}. {then}")


def lost_in_commit(name: str) -> Full:
    """The one case in which nobody can know."""
    return Full(
        f"The connection to {name} broke while it was storing: it may be stored, or not, and nothing is half stored. "
        "Asking again is safe: what is stored already is not stored twice."
    )


def no_folder(name: str, error: OSError) -> Full:
    """The folder of a SQLite file is not there and cannot be made."""
    return Full(
        f"T{name[1:]} cannot be opened, since its folder cannot be made ({error.strerror}): nothing was stored. "
        "Make the folder, or name another file in DATABASE_URL."
    )


def closed(name: str, outcome: str = "nothing was stored") -> Full:
    """Somebody asks while the bot is stopping."""
    return Full(f"T{name[1:]} is closed, since the bot is stopping: {outcome}. Ask again when it has started.")
