"""The contract between ParkGraph and a network. An adapter implements one class and imports only `sdk` and `domain`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from parkgraph.domain.geo import Area, Bounds
from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.client import Client
from parkgraph.sdk.known_rows import KnownRows


class Capability(StrEnum):
    """What a network can do: declared in its NetworkInfo, never probed."""

    LISTINGS = "LISTINGS"
    OCCUPANCY = "OCCUPANCY"
    PRICES = "PRICES"
    SEARCH = "SEARCH"
    QUOTE = "QUOTE"
    BOOKING = "BOOKING"


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """A network as data.

    `coverage`: boxes outside which it has nothing, and is not asked; empty: a search network is asked anywhere, and a
    feed covers what its listings do. `timezone`: where its places are.
    `region`: the ISO 3166 code whose public holidays count ("HK", "DE-BW"), where its places share one.
    `refresh_every` and `occupancies_every`: the network's own cadence (the latter None: no separate live data).
    `max_age`: an occupancy older than this is not fresh. `may_store`, `may_merge`: what the licence allows.
    `may_shrink`: an empty or much smaller answer than the last one is no sign of a fault, and believed at once.
    `max_per_minute`: requests that the network allows. `max_concurrent`: calls of the adapter at a time.
    `needs_stay`: a search without a stay makes no sense to it. `search_max_age`: for how long its answer to a search or
    a quote answers the same question again, but for offers that name their own `valid_until`, which then counts.
    """

    name: str
    timezone: ZoneInfo
    capabilities: frozenset[Capability]
    coverage: tuple[Bounds, ...] = ()
    homepage: str | None = None
    attribution: str | None = None
    licence: str | None = None
    region: str | None = None
    may_store: bool = True
    may_merge: bool = True
    may_shrink: bool = False
    max_age: timedelta = timedelta(minutes=15)
    refresh_every: timedelta = timedelta(hours=1)
    occupancies_every: timedelta | None = None
    max_per_minute: int = 60
    max_concurrent: int = 10
    needs_stay: bool = False
    search_max_age: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        if self.max_concurrent < 1:
            raise ValueError(f"max_concurrent must be at least 1, not {self.max_concurrent}")
        if self.search_max_age < timedelta():
            raise ValueError(f"search_max_age must not be negative, not {self.search_max_age}")


class AdapterSettings(BaseModel):
    """Base of an adapter's own settings: an unknown key is an error, and nothing changes after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


SettingsT = TypeVar("SettingsT", bound=AdapterSettings)


class BaseAdapter(ABC, Generic[SettingsT]):
    """One configured network. It gets its settings and its HTTP client handed in.

    It never builds a client, reads the environment, sleeps, retries, caches (but for a search's `known_rows`) or logs a
    secret, and raises nothing but the faults of `parkgraph.sdk.faults`.
    """

    Settings: ClassVar[type[AdapterSettings]]
    demo: ClassVar[Mapping[str, str]] = {}
    """Settings under which it replays its own samples; empty where it has none."""

    def __init__(self, settings: SettingsT, client: Client) -> None:
        self.settings = settings
        self.client = client

    @property
    @abstractmethod
    def info(self) -> NetworkInfo:
        """The network as data; may depend on the settings, never on the network's answer."""


class FeedAdapter(BaseAdapter[SettingsT]):
    """A network that publishes everything it has."""

    @abstractmethod
    async def listings(self) -> Batch[Listing]:
        """Every facility, with live data where it comes in the same document."""

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        """Live data, where it comes apart; called only where `info.occupancies_every` is set."""
        return Batch(complete=False)


class SearchAdapter(BaseAdapter[SettingsT]):
    """A network that answers one question at a time."""

    @abstractmethod
    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        """Facilities in the area; with a stay, their ready offers for it. Rows are best read by `known_rows`."""

    @cached_property
    def known_rows(self) -> KnownRows[Listing]:
        """Reads rows, and knows those of earlier searches."""
        return KnownRows()

    async def quote(self, local_id: str, stay: Stay, vehicle: Vehicle) -> tuple[ListingOffer, ...]:
        """Ready offers of one facility; called only where Capability.QUOTE is declared."""
        return ()


Adapter = FeedAdapter[AdapterSettings] | SearchAdapter[AdapterSettings]
