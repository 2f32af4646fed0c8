"""The database as one file, and a database out of that file, by PostgreSQL's own pg_dump and pg_restore.

A dump is what the database was at one moment, whoever writes meanwhile. A restore happens wholly or not at all.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

from parkgraph.db import binaries, migrations
from parkgraph.db.engine import Database
from parkgraph.db.errors import BackupError

_OURS: Final = ("--no-owner", "--no-privileges")
"""The rights on a database are its operator's, and another one's elsewhere."""

_RELATIONS: Final = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
)


async def dump(database: Database, file: Path, environ: Mapping[str, str]) -> None:
    """Writes all of the database into `file`, for nobody else to read; the file is whole, or is not there.

    `environ`: of the programs, which also look there for what the URL does not say. Raises BackupError.
    """
    with _whole(file) as draft:
        await _run("pg_dump", database, environ, "--format=custom", "--file", str(draft))


async def restore(database: Database, file: Path, environ: Mapping[str, str]) -> None:
    """Fills an empty database with what `file` holds, and brings the schema up to date.

    Servers that start meanwhile wait. Raises BackupError, also where the database is not empty, and SchemaTooNewError.
    """
    if not os.access(file, os.R_OK):
        raise BackupError(f"{file}: there is no such file")
    turn = await database.connect()
    try:
        await turn.execute("SELECT pg_advisory_lock($1)", migrations.LOCK)
        if await turn.fetchval(_RELATIONS):
            raise BackupError("the database is not empty, and a restore overwrites nothing: give it a new one")
        await _run("pg_restore", database, environ, "--single-transaction", "--exit-on-error", str(file))
    finally:
        await turn.close()
    await migrations.upgrade(database)


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A draft beside `file`, for nobody else to read, that takes its name when all is written."""
    if file.exists():
        raise BackupError(f"{file} exists already: choose another name")
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor) as written:
            yield draft
            os.fsync(written.fileno())
        os.link(draft, file)  # refuses where a file came up meanwhile
    finally:
        draft.unlink()


async def _run(name: str, database: Database, environ: Mapping[str, str], *arguments: str) -> None:
    program = await _program(name, database)
    url, password = without_password(database.url)
    process = await asyncio.create_subprocess_exec(
        program,
        *_OURS,
        f"--dbname={url}",
        *arguments,
        env={**environ, **({"PGPASSWORD": password} if password else {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode != 0:
        first, *_ = complaint.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
        raise BackupError(first)


async def _program(name: str, database: Database) -> Path:
    """The one of the server's version, or of the next one; where none is embedded, the system's."""
    if not binaries.are_installed():
        found = shutil.which(name)
        if found is None:
            raise BackupError(f"there is no {name}: install PostgreSQL's client, or parkgraph[embedded]")
        return Path(found)
    connection: asyncpg.Connection = await database.connect()
    try:
        server = connection.get_server_version().major
    finally:
        await connection.close()
    return binaries.program(name, min((v for v in binaries.FOLDERS if v >= server), default=max(binaries.FOLDERS)))


def without_password(url: str) -> tuple[str, str | None]:
    """A URL that may be seen in a list of processes, and the password that it had."""
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    query = dict(parse_qsl(parts.query))
    given = query.pop("password", None)
    shown = urlunsplit(parts._replace(netloc=f"{user}{at}{host}", query=urlencode(query)))
    return shown, given or unquote(password) or None
