"""From installed adapters and settings to networks that can run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points, version
from math import ceil
from pathlib import Path
from typing import Any, Final

import structlog

from parkgraph.networks.addresses import wrong_address
from parkgraph.networks.demo import Moving
from parkgraph.networks.network import Network
from parkgraph.sdk.contract import AdapterSettings, BaseAdapter, FeedAdapter, SearchAdapter
from parkgraph.sdk.replay import ReplayClient
from parkgraph.sdk.transport import HttpClient
from parkgraph.settings import OF_A_NETWORK, NetworkSettings, Settings, SettingsError
from parkgraph.settings_source import Source, read_table

_log = structlog.get_logger(__name__)

GROUP: Final = "parkgraph.adapters"
"""The entry-point group under which a distribution offers its adapter."""

DEMO: Final[Mapping[str, str]] = {"bahn": "bahn", "stuttgart": "datex2", "sbb": "sbb"}
"""The demo's networks, and the adapters that replay their samples."""

AdapterClass = type[FeedAdapter[Any]] | type[SearchAdapter[Any]]

REQUESTS_OF_A_REFRESH: Final = 6
"""Two documents, each asked for three times at the most."""


def discover() -> Mapping[str, AdapterClass]:
    """The installed adapters by name, but for those that cannot be used, which are logged.

    Raises SettingsError where two distributions offer one name.
    """
    return _find_and_report().classes


def build(settings: Settings, only: str | None = None) -> list[Network]:
    """The enabled networks, or `only` this one, be it enabled or not. Raises SettingsError."""
    installed = _find_and_report()
    return [
        _build(network_id, network, installed)
        for network_id, network in settings.networks.items()
        if (network_id == only if only else network.enabled)
    ]


def build_demo(settings: Settings, *, moving: bool = False) -> list[Network]:
    """The demo's networks, which replay samples. Raises SettingsError where an adapter is missing.

    `moving`: their counts and prices change with the clock.
    """
    installed = _find_and_report()
    demo = demo_settings(settings, installed)
    return [
        _build(network_id, network, installed, replays=True, moving=moving)
        for network_id, network in demo.networks.items()
    ]


@dataclass(frozen=True, slots=True)
class Installed:
    """`broken`: what is wrong with those that cannot be used."""

    classes: Mapping[str, AdapterClass]
    broken: Mapping[str, str]

    def get(self, name: str, source: Source) -> AdapterClass:
        """The adapter that this table of settings names. Raises SettingsError."""
        if name in self.classes:
            return self.classes[name]
        if name in self.broken:
            raise SettingsError(f"{source.name('adapter')} must be an adapter that works: {self.broken[name]}.")
        known = ", ".join(sorted(self.classes)) or "none"
        raise SettingsError(f"{source.name('adapter')} must be an installed adapter: {known}.")


def demo_settings(settings: Settings, installed: Installed) -> Settings:
    """These settings with the demo's networks in place of their own. Raises SettingsError."""
    networks: dict[str, NetworkSettings] = {}
    for network_id, name in DEMO.items():
        source = Source(f"networks.{network_id}", f"PARKGRAPH_NETWORKS_{network_id.upper()}_")
        source = replace(source, values=installed.get(name, source).demo)
        networks[network_id] = NetworkSettings(adapter=name, source=source)
    return settings.model_copy(update={"networks": networks})


def _find_and_report() -> Installed:
    installed = find()
    for name, reason in installed.broken.items():
        _log.warning("adapter_unusable", adapter=name, reason=reason)
    return installed


def find() -> Installed:
    """What is installed. Raises SettingsError where two distributions offer one name."""
    offers: dict[str, EntryPoint] = {}
    for offer in entry_points(group=GROUP):
        other = offers.setdefault(offer.name, offer)
        if _distribution(other) != _distribution(offer):
            both = " and ".join(sorted((_distribution(other), _distribution(offer))))
            raise SettingsError(f"The adapter {offer.name} must come from one distribution, not from {both}.")
    classes: dict[str, AdapterClass] = {}
    broken: dict[str, str] = {}
    for name, offer in sorted(offers.items()):
        try:
            loaded = offer.load()
        except Exception as fault:  # noqa: BLE001  (a broken distribution may raise anything)
            broken[name] = f"{name} of {_distribution(offer)} cannot be imported ({type(fault).__name__}: {fault})"
            continue
        if isinstance(loaded, type) and issubclass(loaded, (FeedAdapter, SearchAdapter)):
            classes[name] = loaded
        else:
            broken[name] = f"{name} of {_distribution(offer)} is neither a FeedAdapter nor a SearchAdapter"
    return Installed(classes, broken)


def _distribution(offer: EntryPoint) -> str:
    return offer.dist.name if offer.dist else "an unnamed distribution"


def _build(
    network_id: str, network: NetworkSettings, installed: Installed, *, replays: bool = False, moving: bool = False
) -> Network:
    adapter_class = installed.get(network.adapter, network.source)
    own = read_table(adapter_class.Settings, network.source, also=OF_A_NETWORK)
    wrong = wrong_address(own.model_dump(), allow_private=network.allow_private, replays=replays)
    if wrong:
        key, right = wrong
        raise SettingsError(f"{network.source.name(key)} {right}.")
    every = timedelta(seconds=network.refresh_seconds) if network.refresh_seconds else None
    source = _fingerprint(network.adapter, own, replays=replays)
    if replays:
        adapter = adapter_class(own, ReplayClient(_samples(adapter_class)))
        if moving and isinstance(adapter, FeedAdapter):
            adapter = Moving(adapter)
        return Network(network_id, adapter, replayed=True, refresh_every=every, source=source)
    client = HttpClient(allow_private=network.allow_private, user_agent=f"parkgraph/{version('parkgraph')}")
    adapter = adapter_class(own, client)
    built = Network(
        network_id, adapter, client=client, refresh_every=every, max_concurrent=network.max_concurrent, source=source
    )
    client.allow(allowed_per_minute(built.info.max_per_minute, every), built.info.max_concurrent)
    return built


def allowed_per_minute(declared: int, every: timedelta | None) -> int:
    """What the network allows, or what the operator's own cadence takes: that was meant, and is no fault."""
    if every is None:
        return declared
    return max(declared, ceil(REQUESTS_OF_A_REFRESH * timedelta(minutes=1) / every))


def _fingerprint(adapter: str, settings: AdapterSettings, *, replays: bool) -> str:
    """Where a network's data come from: what was stored under other settings is not its own. Holds no secret."""
    described = f"{adapter} {replays} {settings.model_dump_json()}"
    return sha256(described.encode()).hexdigest()[:16]


def _samples(adapter_class: type[BaseAdapter[Any]]) -> Path:
    """In the package of an installed adapter; beside `src/` of one that is installed as editable."""
    package = sys.modules[adapter_class.__module__.partition(".")[0]]
    folder = Path(package.__file__ or ".").parent
    return folder / "samples" if (folder / "samples").is_dir() else folder.parents[1] / "samples"
