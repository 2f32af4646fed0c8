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
        *("ssl", "tornado", "urllib.request", "urllib3", "websocket", "websockets", "xmlrpc"),
    }
)
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
        if any(".".join(parts[:length]) in CLIENTS for length in (1, 2)):
            yield Problem(path, f"it imports {name}.", "Ask self.client.")


def _imported(code: Path) -> Iterator[tuple[str, str]]:
    """Every module that is imported, wherever in the source, and the file."""
    for path in sorted(code.rglob("*.py")):
        where = path.relative_to(code).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((where, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (
                    (where, name) for name in (names if node.module in ("parkgraph", "urllib") else [node.module])
                )
