"""The answers of a live network as samples, without what must not be in one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from parkgraph.kit.errors import KitError
from parkgraph.kit.scrub import scrub
from parkgraph.networks.network import Network
from parkgraph.sdk.conformance.stage import Exchange, Request, Stage
from parkgraph.sdk.conformance.subject import AdapterClass, Subject
from parkgraph.sdk.contract import AdapterSettings

_CREDENTIALS: Final = frozenset({"client_id", "username"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """`demo`: the settings that replay the files. `items` and `replayed`: what was read live, and from the files.

    `left`: requests that a replay cannot answer.
    """

    files: tuple[Path, ...]
    demo: Mapping[str, Any]
    items: int
    replayed: int
    left: tuple[str, ...]


def record(network: Network, into: Path) -> Recorded:
    """Ask the network as ParkGraph does, once, and keep its answers. Raises KitError, and overwrites nothing."""
    given = network.adapter
    adapter_class: AdapterClass = type(given)
    stage = Stage(given.client)
    live = Subject(adapter_class, into, live=adapter_class(given.settings, stage))
    try:
        items = _items(live)
    finally:
        live.run(network.aclose())
        live.close()
    secrets = [value.get_secret_value() for _, value in given.settings if isinstance(value, SecretStr)]
    files, left = _files(stage.exchanges, given.settings)
    _write(into, {name: scrub(content, secrets) for name, content in files.items()})
    demo = _demo(given.settings, stage.exchanges)
    replay = Subject(adapter_class, into, demo=demo)
    try:
        replayed = _items(replay)
    finally:
        replay.close()
    return Recorded(tuple(into / name for name in files), demo, items, replayed, tuple(left))


def _items(subject: Subject) -> int:
    """Raises KitError where a call fails: nothing is recorded by halves."""
    for name, result in subject.baseline.items():
        if result.raised is not None:
            raise KitError(f"{name} ends in {type(result.raised).__name__}: {result.raised}")
    return sum(len(result.batch.items) for result in subject.baseline.values() if result.batch is not None)


def _files(exchanges: Iterable[Exchange], settings: AdapterSettings) -> tuple[dict[str, bytes], list[str]]:
    """What to write under which name, so that ReplayClient finds it again; and the requests that it could not."""
    files: dict[str, bytes] = {}
    left: list[str] = []
    first: dict[str, Request] = {}
    for request, content in {exchange.request: exchange.response.content for exchange in exchanges}.items():
        stem = _stem(request, settings) if request.method == "GET" else None
        if stem is None:
            left.append(f"{request.method} {urlsplit(request.url)._replace(query='', fragment='').geturl()}")
            continue
        other = first.setdefault(stem, request)
        asked = "" if other is request else _difference(request, other)
        files[_file(stem, asked, content)] = content
    return files, left


def _stem(request: Request, settings: AdapterSettings) -> str | None:
    """Where below the samples the answer belongs; None for an address that the settings do not lead to."""
    for name, address in _addresses(settings):
        if request.url == address:
            return Path(urlsplit(address).path).name or name
        base = f"{address.rstrip('/')}/"
        if request.url.startswith(base):
            return urlsplit(request.url.removeprefix(base)).path
    return None


def _addresses(settings: AdapterSettings) -> list[tuple[str, str]]:
    """The settings that are addresses, the longest first."""
    found = [(name, value) for name, value in settings if isinstance(value, str) and "://" in value]
    return sorted(found, key=lambda setting: -len(setting[1]))


def _difference(request: Request, other: Request) -> str:
    """The parameter that tells the two requests apart, as ReplayClient looks for it."""
    before = dict(other.params)
    differing = ((key, value) for key, value in request.params if before.get(key) != value)
    return next((f"@{key}={quote(value, safe=' ,:+')}" for key, value in differing), "")


def _file(stem: str, asked: str, content: bytes) -> str:
    is_json = content.lstrip()[:1] in (b"{", b"[")
    if stem.endswith("/"):
        return f"{stem}index.json"
    if asked:
        return f"{stem}{asked}{'.json' if is_json else ''}"
    return f"{stem}.json" if is_json and not Path(stem).suffix else stem


def _demo(settings: AdapterSettings, exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """Settings that differ from their defaults, without credentials, and with addresses of files."""
    asked = {exchange.request.url for exchange in exchanges}
    files = {
        name: f"file:{Path(urlsplit(address).path).name or name}" if address in asked else "file:."
        for name, address in _addresses(settings)
        if any(url == address or url.startswith(f"{address.rstrip('/')}/") for url in asked)
    }
    given = settings.model_dump(mode="json", exclude_defaults=True)
    secret = {name for name, value in settings if isinstance(value, SecretStr)}
    kept = {name: value for name, value in given.items() if name not in secret | _CREDENTIALS | files.keys()}
    return kept | files


def _write(into: Path, files: Mapping[str, bytes]) -> None:
    folder = into.resolve()
    paths = {folder / name: content for name, content in files.items()}
    for path in paths:
        if not path.resolve().is_relative_to(folder):
            raise KitError("a request leads outside of the folder")
        if path.exists():
            raise KitError(f"{path} exists already: record into another folder")
    for path, content in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
