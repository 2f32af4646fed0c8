"""The edge: settings, what the network is, and its two requests."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Final, Literal

from pydantic import Field

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    Capability,
    FeedAdapter,
    Malformed,
    NetworkInfo,
    Url,
    aside,
    read_feed,
)
from parkgraph_hongkong.facility import COVERAGE, to_listing
from parkgraph_hongkong.vacancy import to_update
from parkgraph_hongkong.values import HONG_KONG

ENDPOINT: Final = "/carpark-info-vacancy"


class Settings(AdapterSettings):
    """The network is keyless. An instance is for one kind of vehicle: its spaces, its prices, its vacancies."""

    base_url: Url = Field(
        default="https://api.data.gov.hk/v1", description="Address of the API, in front of /carpark-info-vacancy."
    )
    language: Literal["en_US", "zh_TW", "zh_CN"] = Field(
        default="en_US", description="Language of names, addresses and remarks: en_US, zh_TW or zh_CN."
    )
    vehicle: Literal["privateCar", "motorCycle", "LGV", "HGV", "coach"] = Field(
        default="privateCar", description="Whose spaces and prices: privateCar, motorCycle, LGV, HGV or coach."
    )


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"base_url": "file:v1"}

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="Hong Kong car parks",
            timezone=HONG_KONG,
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY, Capability.PRICES}),
            coverage=(COVERAGE,),
            homepage="https://data.gov.hk/en-data/dataset/hk-dpo-datagovhk1-carpark-info-vacancy",
            attribution="Transport Department and Energizing Kowloon East Office, by DATA.GOV.HK",
            licence="https://data.gov.hk/en/terms-and-conditions",
            region="HK",
            refresh_every=timedelta(minutes=30),
            occupancies_every=timedelta(minutes=2),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        vehicle = self.settings.vehicle
        return await read_feed(await self._results("info"), lambda row: to_listing(row, vehicle), _name)

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        vehicle = self.settings.vehicle
        return await read_feed(await self._results("vacancy"), lambda row: to_update(row, vehicle), _name)

    async def _results(self, data: str) -> list[object]:
        url = self.settings.base_url.rstrip("/").removesuffix(ENDPOINT) + ENDPOINT
        params = {"data": data, "vehicleTypes": self.settings.vehicle, "lang": self.settings.language}
        response = await self.client.get(url, params=params)
        document = await aside(response.json, exact=True)
        results = document.get("results") if isinstance(document, dict) else None
        if not isinstance(results, list):
            raise Malformed("the answer is not a list of car parks under results")
        return results


def _name(row: object) -> object:
    return row["park_Id"] if isinstance(row, dict) else None
