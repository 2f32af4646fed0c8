"""Rules about the source: what an adapter imports."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.subject import Subject

CLIENTS: Final = frozenset(
    {
        *("aiohttp", "ftplib", "grpc", "http.client", "httpx", "niquests", "paramiko", "pycurl", "requests", "socket"),
        *(
            "parkgraph.sdk.transport",
            "ssl",
            "tornado",
            "urllib.request",
            "urllib3",
            "websocket",
            "websockets",
            "xmlrpc",
        ),
    }
)
WAYS_OUT: Final = frozenset(
    {
        "ctypes",
        "dbm",
        "fcntl",
        "mmap",
        "multiprocessing",
        "pty",
        "shelve",
        "shutil",
        "sqlite3",
        "subprocess",
        "tempfile",
    }
)
ENVIRONMENT: Final = frozenset({"environ", "environb", "getenv", "getenvb"})
ROOMS: Final = frozenset({"sdk", "domain"})


@rule("imports", "Of ParkGraph, an adapter imports parkgraph.sdk and parkgraph.domain and nothing else.")
def imports(subject: Subject) -> Iterator[Problem]:
    for path, name in _imported(subject.code):
        first, *rest = name.split(".")
        if first == "parkgraph" and (not rest or rest[0] not in ROOMS):
            yield Problem(path, f"it imports {name}.", "Import parkgraph.sdk and parkgraph.domain only.")


@rule("no-own-client", "An adapter builds no client of its own: it is handed one that is bounded.")
def no_own_client(subject: Subject) -> Iterator[Problem]:
    for path, name in _imported(subject.code):
        parts = name.split(".")
        if any(".".join(parts[:length]) in CLIENTS for length in (1, 2, 3)):
            yield Problem(path, f"it imports {name}.", "Ask self.client.")


def reaching(subject: Subject) -> Iterator[Problem]:
    """What its source reaches for besides its client, be it run by the samples or not."""
    for path, name in _imported(subject.code):
        if name.partition(".")[0] in WAYS_OUT:
            yield Problem(path, f"it imports {name}.", "Ask self.client, and keep nothing outside of the process.")
    for where, tree in _sources(subject.code):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT:
                yield Problem(f"{where}:{node.lineno}", "it reads the environment.", "Take it from self.settings.")


IMPORTERS: Final = frozenset({"__import__", "import_module", "importlib.import_module"})


def _sources(code: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(code.rglob("*.py")):
        yield path.relative_to(code).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imported(code: Path) -> Iterator[tuple[str, str]]:
    """Every module that is imported, wherever in the source, and the file."""
    for where, tree in _sources(code):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in IMPORTERS and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield where, name.value
            elif isinstance(node, ast.Import):
                yield from ((where, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (
                    (where, name) for name in (names if node.module in ("parkgraph", "urllib") else [node.module])
                )
