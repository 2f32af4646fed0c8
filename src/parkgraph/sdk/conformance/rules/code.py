"""Rules about the source: what an adapter imports."""

import ast
from collections.abc import Iterator
from functools import lru_cache
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
    for path, name in _imported(subject):
        first, *rest = name.split(".")
        if first == "parkgraph" and (not rest or rest[0] not in ROOMS):
            yield Problem(path, f"it imports {name}.", "Import parkgraph.sdk and parkgraph.domain only.")


@rule("no-own-client", "An adapter builds no client of its own: it is handed one that is bounded.")
def no_own_client(subject: Subject) -> Iterator[Problem]:
    for path, name in _imported(subject):
        parts = name.split(".")
        if any(".".join(parts[:length]) in CLIENTS for length in (1, 2, 3)):
            yield Problem(path, f"it imports {name}.", "Ask self.client.")


def reaching(subject: Subject) -> Iterator[Problem]:
    """What its source reaches for besides its client, be it run by the samples or not."""
    for path, name in _imported(subject):
        if name.partition(".")[0] in WAYS_OUT:
            yield Problem(path, f"it imports {name}.", "Ask self.client, and keep nothing outside of the process.")
    for where, node in _nodes(subject):
        if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT:
            yield Problem(f"{where}:{node.lineno}", "it reads the environment.", "Take it from self.settings.")


IMPORTERS: Final = frozenset({"__import__", "import_module", "importlib.import_module"})


@lru_cache(maxsize=1)
def _nodes(subject: Subject) -> tuple[tuple[str, ast.AST], ...]:
    """Every part of its source, and the file. Several rules ask for it, one after the other."""
    code = subject.code
    files = {path.relative_to(code).as_posix(): path for path in sorted(code.rglob("*.py"))}
    parsed = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in files.items()}
    return tuple((name, node) for name, tree in parsed.items() for node in ast.walk(tree))


def _imported(subject: Subject) -> Iterator[tuple[str, str]]:
    """Every module that is imported, wherever in the source, and the file."""
    for where, node in _nodes(subject):
        if isinstance(node, ast.Call) and node.args and isinstance(name := node.args[0], ast.Constant):
            if isinstance(name.value, str) and ast.unparse(node.func) in IMPORTERS:
                yield where, name.value
        elif isinstance(node, ast.Import):
            yield from ((where, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((where, name) for name in (names if node.module in ("parkgraph", "urllib") else [node.module]))
