"""Tools of the checks: the system's, and those of PyPI and npm, each in an environment of its own, made when needed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = Path(__file__).parent / "locks"
SECONDS: Final = 300
"""For one run of a tool."""


class Missing(Exception):
    """What the message names is not on this machine."""


class Failed(Exception):
    """The tool found something; the message is what it said."""


def system(name: str) -> Path:
    """A program of the system. Raises Missing."""
    found = shutil.which(name)
    if found is None:
        raise Missing(name)
    return Path(found)


def python(tool: str) -> Path:
    """The interpreter of a tool's environment: `.venv-tools-…` of what its lock file names. Raises Missing."""
    home, lock = ROOT / f".venv-tools-{tool}", LOCKS / f"{tool}.lock"
    stamp = home / ".installed"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(lock))
        done = subprocess.run([home / "bin/python", *install], capture_output=True, check=False)
        if done.returncode:
            raise Missing(f"{tool} (its packages cannot be had)")
        stamp.touch()
    return home / "bin/python"


def npm(tool: str) -> Path:
    """A program of npm's, installed by its lock file into an environment of its own. Raises Missing."""
    home, node = ROOT / f".venv-tools-{tool}", system("npm")
    stamp, locks = home / ".installed", [LOCKS / tool / "package.json", LOCKS / tool / "package-lock.json"]
    if not stamp.exists() or any(stamp.stat().st_mtime < lock.stat().st_mtime for lock in locks):
        home.mkdir(exist_ok=True)
        for lock in locks:
            shutil.copy(lock, home)
        done = subprocess.run(
            [node, "ci", "--silent", "--no-audit", "--no-fund"], cwd=home, capture_output=True, check=False
        )
        if done.returncode:
            raise Missing(f"{tool} (its packages cannot be had)")
        stamp.touch()
    return home / "node_modules" / ".bin" / tool


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, environ: Mapping[str, str] | None = None, text: str = ""
) -> str:
    """What a tool prints. Raises Failed where it ends otherwise than well."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**os.environ, **(environ or {})}, input=text, capture_output=True,
        text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise Failed((done.stdout + done.stderr).strip())
    return done.stdout
