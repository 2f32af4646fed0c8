"""One PostgreSQL cluster on disk: making it, launching its server, knowing whether it runs.

Knows nothing of who shares the cluster: `EmbeddedServer` calls it under its lock.
"""

import asyncio
import os
import pwd
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import psutil

from parkgraph.db import binaries, launcher, processes, socket_dir
from parkgraph.db.errors import EmbeddedError

Version = Literal[16, 18]

# Byte order everywhere, so that an index means the same on every machine; 18 brings Unicode's letter cases besides.
_LOCALE: Final[dict[int, tuple[str, ...]]] = {
    16: ("--no-locale",),
    18: ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
}
_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_min_messages": "warning",
    # Neither statements nor values reach the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_LOG_BYTES: Final = 4 * 1024 * 1024


class Cluster:
    """The cluster in `data_dir/postgres`. The account that owns that folder runs its server."""

    user: Final = "parkgraph"

    def __init__(self, data_dir: Path, version: Version) -> None:
        self.path = data_dir / "postgres"
        self.log = data_dir / "postgres.log"
        self._data_dir = data_dir
        self._socket_link = data_dir / "socket"
        self._version_of_a_new_one = version
        self._child: int | None = None

    def is_usable(self) -> bool:
        """Whether this process may run the cluster: it is not there yet, or is our user's, or we are root."""
        return os.geteuid() == 0 or not self.path.exists() or self.path.stat().st_uid == os.geteuid()

    async def create(self) -> None:
        """Makes the cluster if there is none, beside its place, and renames it: one that is there is whole.

        What an earlier attempt left half made is removed.
        """
        for half_made in self._data_dir.glob("postgres.new-*"):
            await processes.kill_all(half_made)
            shutil.rmtree(half_made, ignore_errors=True)
        if self.path.exists():
            return
        # The server of a cluster that was deleted under it would take the new one's socket along when it ends.
        await processes.kill_all(self.path)
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self._data_dir))
        uid, gid = _account()
        os.chown(new, uid, gid)
        version = self._version_of_a_new_one
        options = ("-D", str(new), "-U", self.user, "--auth=trust", "--encoding=UTF8", *_LOCALE[version])
        await _run(_command(uid, gid, new, binaries.program("initdb", version), *options))
        _rename(new, self.path)

    async def launch(self) -> None:
        """Starts a server where none lives, and does not wait: `launching` and `postmaster` say what became of it."""
        await processes.kill_all(self.path)
        sockets = socket_dir.make(self.path, self._socket_link)
        # PostgreSQL itself forgets a pid that is free, but believes in one that a zombie or a stranger has.
        for lock in (self.path / "postmaster.pid", sockets / socket_dir.LOCK):
            lock.unlink(missing_ok=True)
        self._spawn(sockets)

    def _spawn(self, sockets: Path) -> None:
        settings = _SETTINGS | {"unix_socket_directories": str(sockets)}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        owner = self.path.stat()
        postgres = binaries.program("postgres", self._version())
        self._child = os.posix_spawn(
            sys.executable,
            _command(owner.st_uid, owner.st_gid, self.path, postgres, "-D", str(self.path), *options),
            _ENVIRONMENT,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )

    def launching(self) -> bool:
        """Whether what this object launched last has not ended."""
        if self._child is not None:
            try:
                ended, _ = os.waitpid(self._child, os.WNOHANG)
            except ChildProcessError:
                ended = self._child
            if ended:
                self._child = None
        return self._child is not None

    def lives(self) -> bool:
        """Whether a server lives: what this object launched is our child, of which to ask takes a single call."""
        return self.launching() or self.postmaster() is not None

    def postmaster(self) -> psutil.Process | None:
        """The cluster's living server, whoever launched it."""
        self.launching()
        try:
            first, *_ = (self.path / "postmaster.pid").read_text().splitlines()
            return processes.server(int(first), self.path)
        except (FileNotFoundError, ValueError):
            return None

    async def end(self) -> None:
        """Ends the server and all that belongs to it."""
        if (postmaster := self.postmaster()) is not None:
            await processes.end(postmaster)
        await processes.kill_all(self.path)
        self.launching()
        socket_dir.remove(self.path, self._socket_link)

    def sockets(self) -> Path | None:
        """The folder of the server's socket, once there is one."""
        return socket_dir.find(self.path, self._socket_link)

    def last_words(self) -> str:
        """The last line of the server's log."""
        return _last_line(self.log.read_bytes()) if self.log.exists() else "it wrote no log"

    def bound_log(self) -> None:
        """Keeps the log bounded: when it exceeds its limit, it moves to the one older file."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > _LOG_BYTES:
                shutil.copyfile(self.log, self.log.with_name("postgres.log.1"))
                os.truncate(self.log, 0)

    def _version(self) -> int:
        """The version that made the cluster is the one that opens it."""
        try:
            version = int((self.path / "PG_VERSION").read_text())
        except (OSError, ValueError):
            raise EmbeddedError(f"{self.path} is no PostgreSQL cluster: choose another data_dir") from None
        if version not in binaries.FOLDERS:
            raise EmbeddedError(f"{self.path} was made by PostgreSQL {version}, which is not embedded")
        return version


def _account() -> tuple[int, int]:
    """The uid and gid for a new cluster: our own, or, as root, those of a user that systems have."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return account.pw_uid, account.pw_gid
    raise EmbeddedError("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it instead")


def _command(uid: int, gid: int, directory: Path, program: Path, *arguments: str) -> list[str]:
    script = Path(launcher.__file__)
    return [sys.executable, "-I", "-S", *map(str, (script, uid, gid, directory, program)), *arguments]


async def _run(command: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=_ENVIRONMENT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise EmbeddedError(f"the embedded PostgreSQL could not be set up: {_last_line(complaint)}")


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")


def _rename(source: Path, target: Path) -> None:
    """Renames within one folder, and has that outlast a power cut."""
    source.rename(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
