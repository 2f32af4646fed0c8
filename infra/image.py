"""`make image`: builds the image for real, starts it, and judges the server in it from outside.

    python -m infra.image [--adapters "bahn sbb"] [--keep]

With Docker where its engine runs; else with buildah, in a chroot and on a base that mmdebstrap makes, for which nobody
has to be allowed anything but to be root. Writes the figure `image_mb`.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Protocol

import httpx
from rich.console import Console

from bench.figures import record
from parkgraph.db.embedded import EmbeddedServer

ROOT: Final = Path(__file__).resolve().parents[1]
TAG: Final = "parkgraph:check"
BASE: Final = "localhost/parkgraph-base"
KEY: Final = "A" * 43 + "="
OUT: Final = Console(stderr=True)
LEAVE_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/var/cache/apt/*")
"""What official base images leave out, too."""


class Engine(Protocol):
    """What builds an image and runs a container of it, which sees the ports of this machine."""

    def build(self, arguments: Sequence[str]) -> None: ...

    def megabytes(self) -> float:
        """Of the image, unpacked, with its base."""

    def run(self, environ: dict[str, str], *command: str) -> list[str]:
        """The command that runs this one, or the image's own, in a container."""


class Docker:
    """Docker's command line, and the engine behind it."""

    def build(self, arguments: Sequence[str]) -> None:
        sh("docker", "build", "--tag", TAG, *arguments, str(ROOT))

    def megabytes(self) -> float:
        return int(sh("docker", "image", "inspect", "--format", "{{.Size}}", TAG)) / 1e6

    def run(self, environ: dict[str, str], *command: str) -> list[str]:
        given = [f"--env={name}={value}" for name, value in environ.items()]
        entry = ["--entrypoint", command[0]] if command else []
        rest = command[1:]
        return ["docker", "run", "--rm", "--read-only", "--tmpfs=/tmp", "--network=host", *given, *entry, TAG, *rest]


class Buildah:
    """buildah without an engine: RUN and the container itself are in a chroot."""

    def __init__(self, scratch: Path) -> None:
        self._buildah = (
            "buildah",
            f"--root={scratch / 'store'}",
            f"--runroot={scratch / 'run'}",
            "--storage-driver=vfs",
        )
        self._scratch = scratch

    def build(self, arguments: Sequence[str]) -> None:
        self._base()
        self("bud", "--isolation=chroot", f"--tag={TAG}", f"--build-arg=BASE={BASE}", *self._ways_to_packages(),
             *arguments, str(ROOT))  # fmt: skip

    def megabytes(self) -> float:
        container = self("from", "--pull-never", TAG)
        try:
            return int(sh("du", "--summarize", "--bytes", self("mount", container)).split()[0]) / 1e6
        finally:
            self("rm", container)

    def run(self, environ: dict[str, str], *command: str) -> list[str]:
        container = self("from", "--pull-never", TAG)
        image = json.loads(self("inspect", "--type=image", TAG))["OCIv1"]["config"]
        own = command or [*image["Entrypoint"], *image.get("Cmd", ())]
        given = [f"--env={name}={value}" for name, value in environ.items()]
        return [*self._buildah, "run", "--isolation=chroot", *given, container, "--", *own]

    def __call__(self, *arguments: str) -> str:
        return sh(*self._buildah, *arguments)

    def _base(self) -> None:
        """Debian with its Python, as small as official bases are."""
        archive = self._scratch / "base.tar"
        release = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())
        left_out = [f"--dpkgopt=path-exclude={path}" for path in LEAVE_OUT]
        sh("mmdebstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates", *left_out,
           release[1] if release else "stable", str(archive))  # fmt: skip
        container = self("from", "scratch")
        self("add", container, str(archive), "/")
        self("commit", container, BASE)
        self("rm", container)
        archive.unlink()

    def _ways_to_packages(self) -> list[str]:
        """The configuration of pip that this machine has, and the folders that it names, where they are."""
        lines = sh(sys.executable, "-m", "pip", "config", "list").splitlines()
        values = dict(
            re.findall(r"^(?:global|user|:env:)\.([\w-]+)='(.*)'$", line)[0] for line in lines if "='" in line
        )
        configuration = self._scratch / "pip.conf"
        configuration.write_text("[global]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
        text = " ".join(values.values())
        # An index may lead to files beside itself.
        folders = {Path(index).parent for index in re.findall(r"file://(/[^\s'\\]+)", text)}
        folders |= {Path(path) for path in re.findall(r"(?<![\w:/])/[^\s'\\]+", text)}
        return [
            f"--volume={configuration}:/etc/pip.conf:ro",
            *(f"--volume={path}:{path}:ro" for path in sorted(folders) if path.exists()),
        ]


def sh(*command: str) -> str:
    """What it prints. Ends all where it fails, with its last words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:6])}: {(done.stderr or done.stdout).strip()[-3000:]}")
    return done.stdout.strip()


@contextmanager
def engine() -> Iterator[Engine]:
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        yield Docker()
        return
    absent = [name for name in ("buildah", "mmdebstrap") if shutil.which(name) is None]
    if absent:
        sys.exit(f"There is no engine of Docker here, and no {' and no '.join(absent)}: install them, or start one.")
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        yield Buildah(Path(folder))


async def forward(socket: str) -> tuple[asyncio.Server, int]:
    """A port of loopback that leads to a socket of PostgreSQL's, so that a container reaches it."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pump(reader, ours), pump(theirs, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def judge(built: Engine) -> int:
    """Starts the image on a database of its own, and runs the black-box suite against it. The suite's exit code."""
    with tempfile.TemporaryDirectory(prefix="image-data-") as folder, ExitStack() as stack:
        database = EmbeddedServer(Path(folder))
        try:
            url = await database.start()
            socket = httpx.URL(url).params["host"] + "/.s.PGSQL.5432"
            listener, database_port = await forward(socket)
            environ = {
                "PARKGRAPH_DATABASE_URL": f"postgresql://parkgraph@127.0.0.1:{database_port}/parkgraph",
                "PARKGRAPH_YARDS_PLATES_KEY": KEY,
                "PARKGRAPH_SERVER_DEMO": "true",
                "PARKGRAPH_SERVER_PORT": str(free_port()),
            }
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(*built.run(environ), stderr=subprocess.DEVNULL)
            try:
                server = f"http://127.0.0.1:{environ['PARKGRAPH_SERVER_PORT']}"
                await ready(server, process)
                OUT.print(f"It is ready after {time.monotonic() - started:.1f} s.")
                key = built.run(
                    environ, "parkgraph", "key", "create", "--account=image", "--label=image", "--role=owner"
                )
                making = await asyncio.create_subprocess_exec(*key, stdout=subprocess.PIPE)
                token = (await making.communicate())[0].decode().split()[-1]
                suite = [sys.executable, "-m", "pytest", "-q", "--confcutdir=tests/blackbox", "tests/blackbox"]
                environ = {**os.environ, "BLACKBOX_URL": server, "BLACKBOX_TOKEN": token}
                judging = await asyncio.create_subprocess_exec(*suite, env=environ, cwd=ROOT)
                return await judging.wait()
            finally:
                process.terminate()
                await asyncio.wait_for(process.wait(), 40)
                listener.close()
                stack.close()
        finally:
            await database.stop()


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def ready(url: str, process: asyncio.subprocess.Process, patience: float = 90) -> None:
    end = time.monotonic() + patience
    async with httpx.AsyncClient() as http:
        while time.monotonic() < end and process.returncode is None:
            try:
                if (await http.get(f"{url}/readyz", timeout=5)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    sys.exit("The server in the image did not become ready.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra.image", description="Builds the image and judges it from outside.")
    parser.add_argument("--adapters", default="*", help='folders of adapters/, such as "bahn sbb"; all by default')
    given = parser.parse_args()
    revision = sh("git", "-C", str(ROOT), "rev-parse", "HEAD")
    with engine() as built:
        with OUT.status(f"Building with {type(built).__name__}"):
            started = time.monotonic()
            built.build([f"--build-arg=ADAPTERS={given.adapters}", f"--build-arg=REVISION={revision}"])
            seconds, size = time.monotonic() - started, built.megabytes()
        OUT.print(f"{TAG}: {size:.0f} MB with its base, built in {seconds:.0f} s.")
        code = asyncio.run(judge(built))
    if code == 0 and given.adapters == "*":
        record({"image_mb": (size, "MB, unpacked, with its base")})
    return code


if __name__ == "__main__":
    sys.exit(main())
