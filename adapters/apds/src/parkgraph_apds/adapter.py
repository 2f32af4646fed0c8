"""The edge: settings, what the network is, and its requests."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    Batch,
    Capability,
    Denied,
    FeedAdapter,
    NetworkFault,
    NetworkInfo,
    PublisherName,
    PublisherSettings,
    Url,
    Zone,
    read_feed,
)
from parkgraph_apds.occupancy import to_update
from parkgraph_apds.pages import Rows, read_pages
from parkgraph_apds.place import is_place, to_listing
from parkgraph_apds.rates import NO_TARIFF, Tariff, to_tariff
from parkgraph_apds.rights import entitlement, is_written_out, references
from parkgraph_apds.values import fields, identifier, zone

AT_A_TIME: Final = 8
"""Requests for single rights and rates."""

Resource = Mapping[str, object]
Resources = Mapping[str, Resource | None]


class Settings(PublisherSettings):
    """One server that speaks APDS, such as the UK's National Parking Platform; all of it, or one area of it."""

    base_url: Url = Field(description="Address under which /places lies, such as https://server/v1/parking.")
    token: SecretStr | None = Field(default=None, description="Sent as a bearer token; none where none is asked for.")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Of the centre of the area, in degrees.")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Likewise; give both or none.")
    radius: int = Field(default=5000, gt=0, le=500_000, description="Of the area, in metres.")
    rights_path: Literal["rights", "rights/specs"] = Field(
        default="rights", description="Where right specifications lie: rights (NPP), or rights/specs (APDS itself)."
    )
    name: PublisherName = "APDS"
    timezone: Zone = ZoneInfo("Europe/London")

    @property
    def area(self) -> Circle | None:
        """None: wherever the server has places."""
        if self.latitude is None or self.longitude is None:
            return None
        return Circle(Coordinates(self.latitude, self.longitude), self.radius)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together: give both or none")
        return self


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {
        "base_url": "file:.",
        "attribution": "Manchester City Council, Q-Park",
        "licence": "facts, written down by hand",
    }

    @property
    def info(self) -> NetworkInfo:
        area = self.settings.area
        return NetworkInfo(
            name=self.settings.name,
            timezone=self.settings.timezone,
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY, Capability.PRICES}),
            coverage=(area.bounds,) if area else (),
            homepage=self.settings.homepage or "https://www.allianceforparkingdatastandards.org",
            attribution=self.settings.attribution,
            licence=self.settings.licence,
            refresh_every=timedelta(hours=6),
            occupancies_every=timedelta(minutes=3),
            max_per_minute=600,
        )

    async def listings(self) -> Batch[Listing]:
        places = await self._places("all")
        tariffs, complete = await self._tariffs(places.rows)
        rows = list(zip(places.rows, tariffs, strict=True))
        batch = await read_feed(rows, lambda row: to_listing(*row), lambda row: _id(row[0]))
        return batch.but(complete=places.complete and complete, as_of=places.as_of)

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        """Of the list of places; where it carries none, place by place."""
        places = await self._places("occupancy")
        rows, complete = list(filter(_has_occupancy, places.rows)), places.complete
        if not rows:
            ids = [place_id for place in places.rows if is_place(place) and (place_id := _id(place))]
            answers = (await self._each("places", ids, "occupancy")).values()
            rows, complete = list(filter(_has_occupancy, answers)), complete and None not in answers
        batch = await read_feed(rows, to_update, _id)
        return batch.but(complete=complete, as_of=places.as_of)

    async def _places(self, expand: str) -> Rows:
        asked = {"expand": expand}
        if area := self.settings.area:
            asked |= {
                "latitude": str(area.centre.latitude),
                "longitude": str(area.centre.longitude),
                "radius": str(self.settings.radius),
            }

        async def page(offset: int) -> object:
            return await self._get("places", asked | ({"offset": str(offset)} if offset else {}))

        return await read_pages(page)

    async def _tariffs(self, places: Sequence[object]) -> tuple[list[Tariff], bool]:
        """One for each row, and whether all that they need could be had. It is better to have a place without it."""
        named = [references(fields(place).get("rightSpecifications")) if is_place(place) else {} for place in places]
        rights = await self._resources(self.settings.rights_path, named, "rateEligibility")
        zones = [zone(fields(place).get("timeZone")) or self.info.timezone for place in places]
        entitled = [
            entitlement([rights[name] for name in names], where) for names, where in zip(named, zones, strict=True)
        ]
        rates = [{each.rate_id: each.table} if each else {} for each in entitled]
        tables = await self._resources("rates", rates, "rateLineCollections")
        tariffs = [
            to_tariff(tables[each.rate_id], each.validity, where) if each else NO_TARIFF
            for each, where in zip(entitled, zones, strict=True)
        ]
        return tariffs, None not in (*rights.values(), *tables.values())

    async def _resources(self, path: str, named: Iterable[Mapping[str, Resource]], key: str) -> Resources:
        """What is written out where it is named, and asked for where it is only named."""
        known: dict[str, Resource] = {}
        missing: dict[str, None] = {}
        for resources in named:
            for name, resource in resources.items():
                if is_written_out(resource, key):
                    known[name] = resource
                else:
                    missing[name] = None
        return {**await self._each(path, [name for name in missing if name not in known], "all"), **known}

    async def _each(self, path: str, ids: Sequence[str], expand: str) -> Resources:
        """By id; None is one that could not be had."""
        turns = asyncio.Semaphore(AT_A_TIME)

        async def one(name: str) -> Resource | None:
            async with turns:
                try:
                    return fields(await self._get(f"{path}/{quote(name, safe='')}", {"expand": expand})) or None
                except Denied:
                    raise
                except NetworkFault:
                    return None

        return dict(zip(ids, await asyncio.gather(*map(one, ids)), strict=True))

    async def _get(self, path: str, params: Mapping[str, str]) -> Any:
        headers = {"Accept": "application/json"}
        if self.settings.token is not None:
            headers["Authorization"] = f"Bearer {self.settings.token.get_secret_value()}"
        address = f"{self.settings.base_url.rstrip('/')}/{path}"
        return (await self.client.get(address, params=params, headers=headers)).json(exact=True)


def _id(place: object) -> str | None:
    return identifier(fields(place).get("id"))


def _has_occupancy(place: object) -> bool:
    return bool(fields(place).get("occupancy"))
