"""The edge: settings, what the network is, and the documents that a converter wants."""

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Final, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    Capability,
    Client,
    FeedAdapter,
    Malformed,
    NetworkInfo,
    Note,
    Url,
    read_feed,
)
from parkgraph_parkapi import library
from parkgraph_parkapi.converter import Converter, Part, Reading
from parkgraph_parkapi.documents import Answer, Request
from parkgraph_parkapi.facility import COVERAGE
from parkgraph_parkapi.live import to_update
from parkgraph_parkapi.row import Believed
from parkgraph_parkapi.site import Site
from parkgraph_parkapi.spot import Spot

Item = TypeVar("Item", Listing, OccupancyUpdate)

MAX_DOCUMENTS: Final = 100
"""Of one reading: the source with the most asks for one document a city."""


class ParkApiSettings(AdapterSettings):
    """One converter of the library."""

    source: str = Field(description="The converter's uid in parkapi-sources, such as karlsruhe.")
    url: Url | None = Field(
        default=None,
        description="Asked in place of every address of the converter but those below static_geojson_base_url.",
    )
    static_geojson_base_url: Url = Field(
        default="https://raw.githubusercontent.com/ParkenDD/parkapi-static-data/main/sources",
        description="Where the static facts of some sources lie (aalen, freiburg, ulm), as <source>.geojson.",
    )
    config: dict[str, SecretStr] = Field(
        default={}, description="The converter's own configuration, such as PARK_API_PBW_API_KEY."
    )
    attribution: Note | None = Field(default=None, description="The words that the licence asks for.")
    licence: Note | None = Field(default=None, description="Licence of the data, where the library does not know it.")

    @field_validator("source")
    @classmethod
    def _known(cls, source: str) -> str:
        if library.CERTIFICATE in library.required_keys(library.find(source)):
            raise ValueError("must be another source: this one asks for a client certificate, which cannot be shown")
        return source

    @field_validator("config")
    @classmethod
    def _of_converters(cls, config: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not all(re.fullmatch(r"PARK_API_[A-Z0-9_]+(?<!_DIR)", key) for key in config):
            raise ValueError("must hold keys of converters (PARK_API_…), and no folders")
        return config

    @model_validator(mode="after")
    def _configured(self) -> Self:
        missing = [key for key in library.required_keys(library.find(self.source)) if not self.config.get(key)]
        if missing:
            raise ValueError(f"config must hold {', '.join(missing)}")
        return self


class Adapter(FeedAdapter[ParkApiSettings]):
    """Live data come with the listings where the converter reads both from one document, and apart where not."""

    Settings: ClassVar[type[ParkApiSettings]] = ParkApiSettings
    demo: ClassVar[Mapping[str, str]] = {"source": "konstanz", "url": "file:konstanz.json"}

    def __init__(self, settings: ParkApiSettings, client: Client) -> None:
        super().__init__(settings, client)
        config = {key: value.get_secret_value() for key, value in settings.config.items()}
        config["STATIC_GEOJSON_BASE_URL"] = settings.static_geojson_base_url.rstrip("/")
        self._converter = Converter(library.find(settings.source), config)
        # One thread: a document over which a converter computes for ever holds up its own network only.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="parkapi")
        self._is_live = self._converter.is_live
        self._lives_apart = self._converter.lives_apart

    @property
    def info(self) -> NetworkInfo:
        source, live = self._converter.info, self._is_live
        often = timedelta(minutes=5)
        return NetworkInfo(
            name=source.name,
            timezone=ZoneInfo(source.timezone),
            capabilities=frozenset({Capability.LISTINGS} | ({Capability.OCCUPANCY} if live else set())),
            coverage=(COVERAGE,),
            homepage=source.public_url,
            attribution=self.settings.attribution or source.attribution_contributor,
            licence=self.settings.licence or source.attribution_license or source.attribution_url,
            refresh_every=often if live and not self._lives_apart else timedelta(hours=6),
            occupancies_every=often if self._lives_apart else None,
        )

    async def listings(self) -> Batch[Listing]:
        documents: dict[Request, Answer] = {}
        static = await self._read(Part.STATIC, documents)
        updates: dict[str, OccupancyUpdate] = {}
        if self._is_live and not self._lives_apart:
            live = await self._read(Part.LIVE, documents)
            batch = await read_feed(live.rows, lambda row: to_update(row, live.believed), _uid)
            updates = {update.local_id: update for update in batch.items}

        def to_listing(row: object) -> Listing:
            return self._to_listing(row, updates, static.believed)

        return _with_refused(await read_feed(static.rows, to_listing, _uid), static)

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        live = await self._read(Part.LIVE, {})
        return _with_refused(await read_feed(live.rows, lambda row: to_update(row, live.believed), _uid), live)

    async def _read(self, part: Part, documents: dict[Request, Answer]) -> Reading:
        """The part; `documents` gets what the converter asked for on the way."""
        loop = asyncio.get_running_loop()
        while True:
            result = await loop.run_in_executor(self._thread, self._converter.read, part, dict(documents))
            if isinstance(result, Reading):
                return result
            if len(documents) == MAX_DOCUMENTS:
                raise Malformed(f"its converter asks for more than {MAX_DOCUMENTS} documents")
            documents[result] = await result.send(self.client, self._address(result.url))

    def _address(self, of_converter: str) -> str:
        static = of_converter.startswith(self.settings.static_geojson_base_url.rstrip("/") + "/")
        return of_converter if static or self.settings.url is None else self.settings.url

    def _to_listing(self, row: object, updates: Mapping[str, OccupancyUpdate], believed: Believed) -> Listing:
        facility = (
            Site.model_validate(row)
            if hasattr(row, "capacity")
            else Spot.model_validate(row).of_source(self.settings.source)
        )
        return facility.to_listing(updates.get(facility.uid), believed)


def _uid(row: object) -> object:
    return getattr(row, "uid", None)


def _with_refused(batch: Batch[Item], reading: Reading) -> Batch[Item]:
    return replace(batch, rejected=(*reading.rejected, *batch.rejected))
