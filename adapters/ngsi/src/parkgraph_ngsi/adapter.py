"""The edge: settings, what the network is, and the one request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from parkgraph.domain.geo import Bounds
from parkgraph.domain.money import check_currency
from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    Batch,
    Capability,
    FeedAdapter,
    Malformed,
    NetworkInfo,
    PublisherName,
    PublisherSettings,
    Response,
    Url,
    aside,
    read_feed,
)
from parkgraph_ngsi.facility import to_listing

TOTALS = ("fiware-total-count", "ngsild-results-count")
"""Headers in which a broker says how many entities there are, where it is asked to."""


def _check_bounds(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    Bounds(*box)
    return box


Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
HeaderValue = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]


class Settings(PublisherSettings):
    """Of one city's broker."""

    url: Url = Field(
        description="Address of the entities: …/v2/entities?type=OffStreetParking&limit=1000 (NGSI-v2, with or without "
        "options=keyValues) or …/ngsi-ld/v1/entities?type=OffStreetParking&limit=1000."
    )
    token: SecretStr | None = Field(default=None, description="Token or key that the broker asks for.")
    token_header: Header = Field(
        default="Authorization",
        description="Header of the token: as a Bearer in Authorization, bare in any other, such as X-Auth-Token.",
    )
    service: HeaderValue | None = Field(default=None, description="Tenant of NGSI-v2, sent as Fiware-Service.")
    service_path: HeaderValue | None = Field(default=None, description="Its part, sent as Fiware-ServicePath.")
    tenant: HeaderValue | None = Field(default=None, description="Tenant of NGSI-LD, sent as NGSILD-Tenant.")
    currency: Annotated[str, AfterValidator(check_currency)] = Field(
        default="EUR", description="Currency (ISO 4217) of prices that name none."
    )
    bounds: Annotated[tuple[float, float, float, float], AfterValidator(_check_bounds)] | None = Field(
        default=None, description="South, west, north and east in degrees; entities outside are rejected."
    )
    name: PublisherName = "NGSI OffStreetParking"
    region: Region | None = Field(
        default=None, description="ISO 3166 code of the city's country, or its part, for public holidays: DE-BW."
    )


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {
        "url": "file:heidelberg.json",
        "name": "Parken in Heidelberg",
        "homepage": "https://parken.heidelberg.de",
        "attribution": "Stadt Heidelberg",
        "licence": "terms of Heidelberg's data platform",
        "region": "DE-BW",
    }

    @property
    def info(self) -> NetworkInfo:
        box = self._bounds
        return NetworkInfo(
            name=self.settings.name,
            timezone=self.settings.timezone,
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY, Capability.PRICES}),
            coverage=() if box is None else (box,),
            homepage=self.settings.homepage,
            attribution=self.settings.attribution,
            licence=self.settings.licence,
            region=self.settings.region,
            refresh_every=timedelta(minutes=5),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        response = await self.client.get(self.settings.url, headers=self._headers())
        rows = _rows(await aside(response.json, exact=True))
        batch = await read_feed(rows, lambda row: to_listing(row, self.settings.currency, self._bounds), _id)
        return batch.but(complete=not _more_than(len(rows), response))

    @property
    def _bounds(self) -> Bounds | None:
        return None if self.settings.bounds is None else Bounds(*self.settings.bounds)

    def _headers(self) -> Mapping[str, str]:
        headers = {
            "Accept": "application/json",
            "Fiware-Service": self.settings.service,
            "Fiware-ServicePath": self.settings.service_path,
            "NGSILD-Tenant": self.settings.tenant,
        }
        if self.settings.token is not None:
            token, header = self.settings.token.get_secret_value(), self.settings.token_header
            headers[header] = f"Bearer {token}" if header.lower() == "authorization" else token
        return {name: value for name, value in headers.items() if value is not None}


def _rows(document: object) -> list[Any]:
    """A list of entities, as it is, in a graph (JSON-LD) or as features (GeoJSON); or the one asked for by its id."""
    if isinstance(document, dict) and isinstance(features := document.get("features"), list):
        return [_of_feature(feature) for feature in features]
    if isinstance(document, dict) and isinstance(graph := document.get("@graph"), list):
        return graph
    if isinstance(document, dict) and "id" in document and "type" in document:
        return [_of_feature(document)]
    if not isinstance(document, list):
        raise Malformed("the answer is not a list of entities")
    return document


def _of_feature(feature: Any) -> Any:
    """The entity whose other attributes are the feature's properties (ETSI GS CIM 009, 4.5.16)."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return feature
    return {"location": feature.get("geometry"), **properties, "id": feature.get("id")}


def _id(row: Any) -> object:
    return row["id"]


def _more_than(count: int, response: Response) -> bool:
    """Whether the broker says that there are more entities than it sent."""
    totals = [response.headers.get(name, "") for name in TOTALS]
    return any(total.isascii() and total.isdigit() and int(total[:9]) > count for total in totals)
