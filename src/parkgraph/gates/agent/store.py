"""The agent's own store: SQLite in a thread of its own, where a job is a transaction that outlives a power cut."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

from parkgraph.privacy.keys import kept_key
from parkgraph.privacy.vault import Vault
from parkgraph.start_error import StartError

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

PAGE_BYTES: Final = 4096
RESERVE_PAGES: Final = 512
"""Kept free in the file for cars at the line when the rest of it is full."""
BALLAST_BYTES: Final = 8_000_000
"""Kept free on the disk for the same, and given back to it when somebody else has filled it."""

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE boots (boot_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    boot_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    added_at REAL NOT NULL,
    not_before REAL NOT NULL DEFAULT 0,
    UNIQUE (boot_id, sequence)
);
CREATE INDEX events_by_due ON events (not_before);
CREATE INDEX heartbeats ON events (event_id) WHERE kind = 'heartbeat';
CREATE TABLE dead_letters (
    event_id TEXT PRIMARY KEY,
    boot_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB,
    code TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE sources (
    camera TEXT NOT NULL, source_event_id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (camera, source_event_id)
) WITHOUT ROWID;
CREATE INDEX sources_by_age ON sources (at);
CREATE TABLE passages (ref TEXT PRIMARY KEY, camera TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE commands (
    command_id TEXT PRIMARY KEY,
    passage_ref TEXT NOT NULL,
    barrier TEXT NOT NULL,
    lane TEXT,
    boot_id TEXT NOT NULL,
    by_server INTEGER NOT NULL,
    state TEXT NOT NULL,
    at REAL NOT NULL,
    acknowledged TEXT
) WITHOUT ROWID;
CREATE INDEX commands_to_acknowledge ON commands (at) WHERE acknowledged IS NOT state;
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE reserve (id INTEGER PRIMARY KEY, filler BLOB NOT NULL);
"""


class StoreFull(Exception):
    """There is no room for it, not even in the reserve."""


class StoreBroken(StartError):
    """The disk or the file is damaged, or another agent has it; the sentence says which."""


class Store:
    """Opened for one agent at a time. `vault` seals what is personal in it.

    `is_full`: what is not about a car at the line has no room any more.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        self._max_pages = max(max_bytes // PAGE_BYTES, 2 * RESERVE_PAGES)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None
        self.is_full = False
        self.vault: Vault

    async def __aenter__(self) -> Self:
        await self._in_thread(self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._in_thread(self._close)
        self._thread.shutdown()

    async def run(self, job: Job[T], *, reserve: bool = False) -> T:
        """Do the job in one transaction; when this returns, it is on the disk. Raises StoreFull, StoreBroken.

        `reserve`: it is about a car at the line, and may take the room that is kept for those.
        """
        return await self._in_thread(lambda: self._attempt(job, reserve=reserve))

    async def refill(self) -> None:
        """Make the reserve whole again, as far as there is room for it."""
        await self._in_thread(self._refill)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        # A job that has begun is done to its end, whatever becomes of who waits for it.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.vault = Vault(kept_key(self._folder, "store.key"))
            self._lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBroken(f"{self._folder}: another agent has this data_dir") from None
        except (OSError, ValueError) as fault:
            raise StoreBroken(f"{self._folder}: the data_dir cannot be used ({fault})") from None
        file = self._folder / "gate.sqlite3"
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        try:
            file.chmod(0o600)
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                f"max_page_count = {self._max_pages}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise StoreBroken(f"{file}: a newer agent has written this; run that one")
            if version < _VERSION:
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        except sqlite3.DatabaseError as fault:
            raise StoreBroken(f"{file}: the store cannot be used ({fault})") from None
        self._connection = connection
        self._refill()

    def _close(self) -> None:
        if self._connection:
            self._connection.close()
        if self._lock is not None:
            os.close(self._lock)

    def _attempt(self, job: Job[T], *, reserve: bool) -> T:
        try:
            return self._transact(job)
        except StoreFull:
            self.is_full = True
            if not reserve:
                raise
        self._ballast.unlink(missing_ok=True)
        self._transact(lambda connection: connection.execute("DELETE FROM reserve"))
        return self._transact(job)

    def _transact(self, job: Job[T]) -> T:
        connection = self._connection
        if connection is None:
            raise StoreBroken("the store is closed")
        try:
            connection.execute("BEGIN IMMEDIATE")
            done = job(connection)
            connection.execute("COMMIT")
        except BaseException as fault:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not isinstance(fault, sqlite3.DatabaseError) or isinstance(fault, sqlite3.IntegrityError):
                raise
            if fault.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StoreFull("the store is full") from None
            raise StoreBroken(f"the store cannot be used ({fault.sqlite_errorname})") from None
        return done

    def _refill(self) -> None:
        assert self._connection
        (held,) = self._connection.execute("SELECT count(*) FROM reserve").fetchone()
        missing = RESERVE_PAGES - held
        if missing and self._free_pages() < missing + RESERVE_PAGES // 4:
            return
        try:
            self._transact(
                lambda connection: connection.executemany(
                    "INSERT INTO reserve (filler) VALUES (zeroblob(?))", [(PAGE_BYTES - 200,)] * missing
                )
            )
            self._fill_ballast()
        except (StoreFull, OSError):
            self._ballast.unlink(missing_ok=True)
            return
        self.is_full = False

    def _fill_ballast(self) -> None:
        """Raises OSError where the disk has no room."""
        with self._ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)

    def _free_pages(self) -> int:
        assert self._connection
        pages = {
            name: int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("max_page_count", "page_count", "freelist_count")
        }
        return pages["max_page_count"] - pages["page_count"] + pages["freelist_count"]
