"""Who may import whom. Held here, so that it is not a habit."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "src" / "parkgraph"
ADAPTERS = ROOT / "adapters"

ROOMS: Mapping[str, set[str]] = {
    "domain": set(),
    "sdk": {"domain", "tracing"},
    "db": set(),
    "networks": {"domain", "sdk", "db", "settings", "settings_source", "tracing", "pauses"},
    "bookings": {"domain", "sdk", "db", "networks"},
    "graph": {"domain", "sdk", "db", "networks", "pauses"},
    "accounts": {"domain", "db"},
    "api": {"domain", "sdk", "networks", "graph", "bookings", "accounts", "yards", "privacy", "vehicles", "gates"},
    "privacy": set(),
    "vehicles": {"domain", "db", "privacy"},
    "gates": {"domain", "db", "privacy", "accounts", "yards", "live"},
    "live": {"db"},
    "yards": {"domain", "db", "privacy"},
    "settings": {"settings_source"},
    "settings_source": set(),
    "logs": {"settings", "redaction"},
    "redaction": set(),
    "metrics": {"networks", "api"},
    "middleware": {"logs", "metrics", "api", "tracing"},
    "server": {"lean_sockets", "turning_away"},
    "turning_away": {"api", "lean_requests", "metrics", "middleware"},
    "lean_requests": set(),
    "lean_sockets": set(),
    "web": {"settings"},
    "tracing": set(),
    "pauses": set(),
    "start_error": set(),
    "price_curve": {"domain"},
    "question": {"domain", "sdk", "graph"},
}
"""A room, and the rooms that it may import. Rooms that stand on top (app, services, cli, …) may import all."""

BESIDES: Mapping[str, set[str]] = {"yards/adapter.py": {"sdk"}, "yards/bookable.py": {"sdk"}}
"""Files that may import more than their room does."""

ON_TOP = {
    "app",
    "telemetry",
    "database",
    "services",
    "identity",
    "yard_office",
    "yard_reservations",
    "gate_house",
    "kit",
    "cli",
    "__main__",
}
MIGRATIONS = CORE / "db" / "migrations"

AGENT = CORE / "gates" / "agent"
OF_THE_AGENT = ("gates.agent", "gates.plates", "privacy", "settings_source", "start_error")
"""What of ParkGraph the agent at a barrier is made of; it runs on a small box, without the server."""
LIBRARIES_OF_THE_AGENT = {
    "aiohttp",
    "aiomqtt",
    "cryptography",
    "defusedxml",
    "orjson",
    "prometheus_client",
    "pydantic",
    "starlette",
    "structlog",
    "uvicorn",
}


def imported(source: str) -> Iterator[str]:
    """The dotted names of all modules that this source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(source: str) -> set[str]:
    """The rooms of ParkGraph that this source imports."""
    names = (name.split(".") for name in imported(source))
    return {parts[1] for parts in names if parts[0] == "parkgraph" and len(parts) > 1}


def trespasses(source: str, allowed: set[str]) -> set[str]:
    return {room for room in rooms(source) if room not in allowed and (room in ROOMS or room in ON_TOP)}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


@pytest.mark.parametrize(
    "path",
    [p for p in files(CORE) if room_of(p) in ROOMS and AGENT not in p.parents],
    ids=lambda p: str(p.relative_to(CORE)),
)
def test_a_room_imports_only_what_it_stands_on(path: Path) -> None:
    room = room_of(path)
    # The schema's history has to see every table.
    besides = BESIDES.get(path.relative_to(CORE).as_posix(), set())
    allowed = set(ROOMS) if MIGRATIONS in path.parents else ROOMS[room] | {room} | besides
    assert trespasses(path.read_text(), allowed) == set()


@pytest.mark.parametrize("path", files(ADAPTERS), ids=lambda p: str(p.relative_to(ADAPTERS)))
def test_an_adapter_sees_the_sdk_and_the_domain_only(path: Path) -> None:
    assert trespasses(path.read_text(), {"sdk", "domain"}) == set()


@pytest.mark.parametrize("path", files(AGENT), ids=lambda p: str(p.relative_to(AGENT)))
def test_the_agent_needs_nothing_of_the_server(path: Path) -> None:
    names = list(imported(path.read_text()))
    ours = {name for name in names if name.startswith("parkgraph.")}
    assert {name for name in ours if not name.removeprefix("parkgraph.").startswith(OF_THE_AGENT)} <= {
        "parkgraph.gates"
    }
    others = {name.split(".")[0] for name in names} - {"parkgraph"} - sys.stdlib_module_names
    assert others <= LIBRARIES_OF_THE_AGENT


def test_the_agent_s_command_loads_nothing_of_the_server() -> None:
    ask = "import parkgraph.cli.gate, sys; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True).stdout.split())
    assert "parkgraph.gates.agent.agent" in loaded
    assert loaded.isdisjoint({"sqlalchemy", "sqlmodel", "asyncpg", "strawberry", "parkgraph.db", "parkgraph.networks"})


def test_every_room_has_a_rule() -> None:
    assert {room_of(path) for path in files(CORE)} - {"__init__"} == set(ROOMS) | ON_TOP


@pytest.mark.parametrize("path", files(CORE / "domain"), ids=lambda p: p.name)
def test_the_domain_is_standard_library_only(path: Path) -> None:
    outside = {name.split(".")[0] for name in imported(path.read_text())} - sys.stdlib_module_names - {"parkgraph"}
    assert outside == set()


@pytest.mark.parametrize("path", files(CORE / "api" / "execution"), ids=lambda p: p.name)
def test_the_executor_knows_graphql_and_nothing_of_parking(path: Path) -> None:
    outside = {name for name in imported(path.read_text()) if not name.startswith("parkgraph.api.execution")}
    assert {name.split(".")[0] for name in outside} - sys.stdlib_module_names <= {"graphql", "msgspec", "orjson"}


@pytest.mark.parametrize("path", files(CORE), ids=lambda p: str(p.relative_to(CORE)))
def test_the_core_imports_no_adapter(path: Path) -> None:
    assert not any(name.startswith("parkgraph_") for name in imported(path.read_text()))


@pytest.mark.parametrize("path", files(CORE), ids=lambda p: str(p.relative_to(CORE)))
def test_only_the_metrics_know_prometheus(path: Path) -> None:
    if path not in (CORE / "metrics.py", AGENT / "metrics.py"):
        assert not any(name.startswith("prometheus_client") for name in imported(path.read_text()))


@pytest.mark.parametrize("path", [*CORE.glob("*.py"), *files(CORE / "db")], ids=lambda p: str(p.relative_to(CORE)))
def test_what_serves_loads_alembic_where_it_migrates(path: Path) -> None:
    if MIGRATIONS not in path.parents and path != CORE / "db" / "backup.py":
        module = ast.parse(path.read_text())
        module.body = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = set(imported(ast.unparse(module)))
        assert not {name for name in names if name.startswith(("alembic", "parkgraph.db.migrations"))}


@pytest.mark.parametrize("path", files(ROOT / "tests" / "blackbox"), ids=lambda p: p.name)
def test_the_black_box_suite_knows_nothing_of_what_is_inside(path: Path) -> None:
    assert not any(name.split(".")[0].startswith("parkgraph") for name in imported(path.read_text()))


@pytest.mark.parametrize("path", files(CORE), ids=lambda p: str(p.relative_to(CORE)))
def test_only_the_telemetry_knows_opentelemetry(path: Path) -> None:
    if path != CORE / "telemetry.py":
        assert not any(name.startswith("opentelemetry") for name in imported(path.read_text()))


def disturbs_dice(source: str) -> bool:
    """Whether it may draw from the generator of the whole process, which Hypothesis watches: a server that runs in a
    thread of the tests would end a draw in another one with a warning, or make it look as if it depended on chance.
    """
    names = set(imported(source))
    return {name for name in names if name.split(".")[0] == "random"} not in (
        set(),
        {"random", "random.SystemRandom"},
    ) or (any(name.startswith("tenacity.") and ("random" in name or "jitter" in name) for name in names))


@pytest.mark.parametrize("path", files(CORE) + files(ADAPTERS), ids=lambda p: str(p.relative_to(ROOT)))
def test_chance_comes_from_the_system(path: Path) -> None:
    if "tests" not in path.parts:
        assert not disturbs_dice(path.read_text())


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "from random import uniform",
        "from random import SystemRandom, choice",
        "from tenacity import wait_random_exponential",
        "from tenacity import wait_exponential_jitter",
    ],
)
def test_the_dice_of_the_process_are_noticed(line: str) -> None:
    assert disturbs_dice(line)


def reads_environment(source: str) -> bool:
    return any(name.split(".")[:2] == ["os", "environ"] or name == "os.getenv" for name in imported(source)) or any(
        isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("path", files(CORE) + files(ADAPTERS), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_command_line_hands_over_the_environment(path: Path) -> None:
    if CORE / "cli" not in path.parents and "tests" not in path.parts:
        assert not reads_environment(path.read_text())


@pytest.mark.parametrize(
    "line",
    [
        "import parkgraph.api",
        "from parkgraph.api import schema",
        "from parkgraph import api",
        "from parkgraph.app import create_app",
        "def later():\n    from parkgraph.graph.search import Search",
    ],
)
def test_an_adapter_that_imports_more_would_be_caught(line: str) -> None:
    assert trespasses(line, {"sdk", "domain"})


@pytest.mark.parametrize("line", ["import os\nos.environ['X']", "from os import environ", "import os\nos.getenv('X')"])
def test_a_look_at_the_environment_would_be_caught(line: str) -> None:
    assert reads_environment(line)
