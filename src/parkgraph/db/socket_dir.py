"""Where a server's Unix socket is: in its cluster, or behind the link `data_dir/socket` where that path cannot be used.

A socket's path must fit into 103 bytes, which a deep folder exceeds. The folder that stands in has a random name, is
made with mode 0700 and belongs to the server's account, so nobody else can put a socket there or connect to ours.
"""

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

# sun_path holds 104 bytes on macOS and 108 on Linux, the terminating one included.
_LONGEST = 103
LOCK = ".s.PGSQL.5432.lock"


def find(cluster: Path, link: Path) -> Path | None:
    """The folder in use; None where one is needed that is not there."""
    if _fits(cluster):
        return cluster
    if not link.is_symlink():
        return None
    target = link.readlink()
    return target if target.is_dir() and not target.is_symlink() else None


def make(cluster: Path, link: Path) -> Path:
    """The folder to use, made if need be; the one of before if it is still ours, so that its URL stays true."""
    owner = cluster.stat()
    found = find(cluster, link)
    if found is not None and _belongs_to(found, owner.st_uid):
        return found
    base = next(base for base in (tempfile.gettempdir(), "/tmp") if _fits(Path(base) / "parkgraph-12345678"))  # noqa: S108
    made = Path(tempfile.mkdtemp(prefix="parkgraph-", dir=base))
    os.chown(made, owner.st_uid, owner.st_gid)
    link.unlink(missing_ok=True)
    link.symlink_to(made)
    return made


def remove(cluster: Path, link: Path) -> None:
    """Removes the folder that stood in, if there is one."""
    found = find(cluster, link)
    if found is not None and found != cluster and _belongs_to(found, cluster.stat().st_uid):
        shutil.rmtree(found, ignore_errors=True)
        link.unlink(missing_ok=True)


def _fits(directory: Path) -> bool:
    # In PostgreSQL's setting a comma separates folders and a quote has its meaning; so they do in a URL's host.
    is_plain = re.fullmatch(r"[\w./+-]+", str(directory), re.ASCII) is not None
    return is_plain and len(os.fsencode(directory / LOCK)) <= _LONGEST


def _belongs_to(directory: Path, uid: int) -> bool:
    status = directory.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == uid and stat.S_IMODE(status.st_mode) == 0o700
