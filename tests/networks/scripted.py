"""Networks whose answers a test writes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Area, Circle, Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyUpdate
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.contract import AdapterSettings, Capability, FeedAdapter, NetworkInfo, SearchAdapter
from parkgraph.sdk.replay import ReplayClient

T = TypeVar("T")

NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
STUTTGART: Final = Coordinates(48.78, 9.18)
AROUND: Final = Circle(STUTTGART, 1_000)
INFO: Final = NetworkInfo("Scripted", ZoneInfo("Europe/Berlin"), frozenset({Capability.LISTINGS}))
SEARCH_INFO: Final = replace(INFO, capabilities=frozenset({Capability.SEARCH}))

HANG: Final = object()
"""An answer that never comes."""


class Script:
    """Answers one after the other; the last one for ever. An exception is raised."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.calls = 0

    def next(self, *answers: object) -> None:
        """From now on, these."""
        self._answers = list(answers)

    async def play(self) -> Any:
        self.calls += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is HANG:
            await asyncio.Event().wait()
        if isinstance(answer, BaseException):
            raise answer
        return answer


class ScriptedFeed(FeedAdapter[AdapterSettings]):
    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, info: NetworkInfo, listings: Script, occupancies: Script) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path(__file__).parent))
        self._info = info
        self.script = listings
        self.live = occupancies

    @property
    def info(self) -> NetworkInfo:
        return self._info

    async def listings(self) -> Batch[Listing]:
        batch: Batch[Listing] = await self.script.play()
        return batch

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        batch: Batch[OccupancyUpdate] = await self.live.play()
        return batch


class ScriptedSearch(SearchAdapter[AdapterSettings]):
    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, info: NetworkInfo, script: Script, quotes: Script) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path(__file__).parent))
        self._info = info
        self.script = script
        self.quotes = quotes

    @property
    def info(self) -> NetworkInfo:
        return self._info

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        batch: Batch[Listing] = await self.script.play()
        return batch

    async def quote(self, local_id: str, stay: Stay, vehicle: Vehicle) -> tuple[ListingOffer, ...]:
        offers: tuple[ListingOffer, ...] = await self.quotes.play()
        return offers


def feed(
    network_id: str,
    *answers: object,
    live: Iterable[object] = (),
    every: timedelta = timedelta(hours=1),
    live_every: timedelta = timedelta(minutes=1),
    **info: Any,
) -> Network:
    """A feed network. `live` gives it live data apart."""
    live = tuple(live)
    facts = replace(INFO, name=network_id, refresh_every=every, occupancies_every=live_every if live else None, **info)
    return Network(network_id, ScriptedFeed(facts, Script(*answers), Script(*live)))


def search(network_id: str, *answers: object, quotes: Iterable[object] = (), **info: Any) -> Network:
    """A search network. `quotes` makes it one that quotes."""
    quotes = tuple(quotes)
    facts = replace(SEARCH_INFO, name=network_id, **info)
    if quotes:
        facts = replace(facts, capabilities=facts.capabilities | {Capability.QUOTE})
    return Network(network_id, ScriptedSearch(facts, Script(*answers), Script(*quotes)))


def script(network: Network) -> Script:
    adapter = network.adapter
    assert isinstance(adapter, ScriptedFeed | ScriptedSearch)
    return adapter.script


def live_script(network: Network) -> Script:
    assert isinstance(network.adapter, ScriptedFeed)
    return network.adapter.live


def quote_script(network: Network) -> Script:
    assert isinstance(network.adapter, ScriptedSearch)
    return network.adapter.quotes


def listing(local_id: str, **facts: Any) -> Listing:
    return Listing(local_id, facts.pop("name", f"Garage {local_id}"), facts.pop("location", STUTTGART), **facts)


def batch(*items: T | str, **more: Any) -> Batch[Any]:
    """A batch of listings; a text is the id of one."""
    return Batch(tuple(listing(item) if isinstance(item, str) else item for item in items), **more)


def update(local_id: str, vacant: int | None, observed_at: datetime | None = NOW, **more: Any) -> OccupancyUpdate:
    return OccupancyUpdate(local_id, Occupancy(vacant, 100, observed_at=observed_at), **more)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


async def eventually(holds: Callable[[], bool], what: str = "what was expected", seconds: float = 10) -> None:
    """Waits until it holds; fails if it does not come to."""
    try:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{what} did not come about") from None


async def eventually_async(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = 10) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what} did not come about") from None
