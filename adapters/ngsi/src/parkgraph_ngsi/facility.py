"""One OffStreetParking, ending in a listing. The attributes are those of Smart Data Models and of cities that add to
them (Heidelberg: `lat`, `lon`, `parking_type`, `prices`…).
"""

import re
from typing import Final

from parkgraph.domain.geo import Bounds
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel, level_of
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_ngsi import values
from parkgraph_ngsi.entity import Entity, plain, read_entity
from parkgraph_ngsi.hours import opening_hours
from parkgraph_ngsi.position import position
from parkgraph_ngsi.rates import read_tariff

TYPE: Final = "OffStreetParking"

CARS: Final = {"car", "anyvehicle", "carorlightvehicle", "carwithtrailer", "carwithcaravan"}
NOT_PUBLIC: Final = {"private", "onlyresidents", "onlywithpermit"}
NO_PERMIT: Final = {"nopermitneeded", "none"}

KINDS: Final = {
    PlaceKind.PARK_AND_RIDE: {"parkandride", "parkandridecarpark"},
    PlaceKind.UNDERGROUND: {"underground"},
    PlaceKind.GARAGE: {"parkinggarage", "multistorey", "multilevel", "automatedparkinggarage"},
    PlaceKind.SURFACE: {"ground", "parkinglot", "surface", "openspace", "field"},
}

LEVELS: Final = {
    OccupancyLevel.CLOSED: {"closed", "closedabnormal", "geschlossen"},
    OccupancyLevel.FULL: {"full", "fullatentrance"},
    OccupancyLevel.FEW: {"almostfull"},
    OccupancyLevel.VACANT: {"spacesavailable"},
}
FAULTS: Final = {"stoerung", "störung"}
"""The counting is out of order: what it counts is not so."""

AUDIENCES: Final = {
    "handicappedParkingSpots": Audience.DISABLED,
    "womenParkingSpots": Audience.WOMEN,
    "familyParkingSpots": Audience.FAMILY,
}

FEATURES: Final = {
    Feature.COVERED: {"covered", "underground"},
    Feature.LIT: {"lighting", "floodlight"},
    Feature.GUARDED: {"staff", "staffed", "guarded", "guard24hours", "securitystaff", "patrolled"},
    Feature.ACCESSIBLE: {"accessable", "accessible", "fordisabled"},
    Feature.EV_CHARGING: {"electricchargingstation", "forelectricalcharging"},
    Feature.TOILETS: {"toilet", "bathroom", "handicappedbathroom"},
    Feature.ELEVATOR: {"elevator"},
    Feature.CARD_PAYMENT: {"creditcard", "debitcard", "moneycard"},
    Feature.CASH_PAYMENT: {"cash"},
    Feature.MOBILE_PAYMENT: {"google", "googlecheckout", "paypal"},
    Feature.CAR_SHARING: {"carsharing"},
    Feature.BIKE_PARKING: {"bikeparking"},
}

MODIFIED: Final = ("dateModified", "modifiedAt")
OBSERVED: Final = ("occupancyModified", "observationDateTime", "dateObserved", "TimeInstant", *MODIFIED)
COUNTED: Final = ("availableSpotNumber", "occupiedSpotNumber")


def to_listing(row: object, currency: str, bounds: Bounds | None = None) -> Listing:
    """Raises RowRejected for what is not a car park that anyone may use, or lies outside of `bounds`."""
    entity = read_entity(row)
    _check(entity)
    local_id = entity.text("id")
    if local_id is None:
        raise RowRejected("it has no id")
    location = position(entity)
    if bounds is not None and not bounds.contains(location):
        raise RowRejected("its position is outside of the bounds that are configured")
    tariff = read_tariff(entity, currency)
    return Listing(
        local_id=local_id,
        name=entity.text("name", "alternateName", "staticName") or local_id,
        location=location,
        kind=_kind(entity),
        address=_address(entity),
        operator=_operator(entity),
        capacity=_capacity(entity),
        occupancy=_occupancy(entity),
        audiences=tuple(
            AudienceCapacity(audience, spaces)
            for name, audience in AUDIENCES.items()
            if (spaces := entity.count(name)) is not None
        ),
        opening_hours=opening_hours(entity),
        max_height_cm=_centimetres(entity),
        features=_features(entity),
        rates=tariff.to_rates(),
        tariff_text=tariff.to_text(),
        url=_url(entity),
        updated_at=entity.instant(*MODIFIED),
    )


def _check(entity: Entity) -> None:
    types = entity.texts("type")
    if types and TYPE not in {re.split(r"[/#:]", name)[-1] for name in types}:
        raise RowRejected(f"it is not of the type {TYPE}")
    allowed, forbidden = entity.words("allowedVehicleType"), entity.words("forbiddenVehicleType")
    if (allowed and not allowed & CARS) or forbidden & {"car", "anyvehicle"}:
        raise RowRejected("it is not for cars")
    permits = entity.words("requiredPermit")
    if permits and not permits & NO_PERMIT:
        raise RowRejected("it needs a permit")
    category = entity.words("category")
    if category & NOT_PUBLIC and "public" not in category:
        raise RowRejected("it is not open to the public")


def _kind(entity: Entity) -> PlaceKind:
    said = entity.words("category", "layout", "usageScenario", "parking_type")
    found = next((kind for kind, words in KINDS.items() if said & words), PlaceKind.UNKNOWN)
    highest = entity.number("highestFloor")
    return PlaceKind.UNDERGROUND if found is PlaceKind.GARAGE and highest is not None and highest < 0 else found


def _address(entity: Entity) -> str | None:
    """An object (schema.org's PostalAddress), a text, or attributes of the entity itself."""
    address = entity.value("address")
    if isinstance(address, str):
        return values.text(address)
    parts = {name: plain(part) for name, part in address.items()} if isinstance(address, dict) else {}
    street, code, town = (
        values.text(parts.get(name)) or entity.text(name) for name in ("streetAddress", "postalCode", "addressLocality")
    )
    return ", ".join(part for part in (street, " ".join(part for part in (code, town) if part)) if part) or None


def _operator(entity: Entity) -> str | None:
    provider = entity.value("provider")
    return values.text(plain(provider.get("name")) if isinstance(provider, dict) else provider)


def _capacity(entity: Entity) -> int | None:
    """A car park without a single space is one whose total is not known."""
    return entity.count("totalSpotNumber") or None


def _occupancy(entity: Entity) -> Occupancy | None:
    """None where neither a count nor the status says how full it is."""
    said = entity.words("status")
    capacity, vacant, occupied = _capacity(entity), *(entity.count(name) for name in COUNTED)
    if vacant is None and capacity is not None and occupied is not None and occupied <= capacity:
        vacant = capacity - occupied
    if said & FAULTS or entity.count("totalSpotNumber") == 0 or (capacity and vacant and vacant > capacity):
        vacant = None
    level = next((level for level, words in LEVELS.items() if said & words), OccupancyLevel.UNKNOWN)
    if vacant is not None and level not in (OccupancyLevel.CLOSED, OccupancyLevel.FULL):
        level = level_of(vacant, capacity)
    if vacant is None and level is OccupancyLevel.UNKNOWN:
        return None
    return Occupancy(vacant, capacity, level, entity.observed_at(*COUNTED) or entity.instant(*OBSERVED))


def _centimetres(entity: Entity) -> int | None:
    """The network writes metres."""
    metres = entity.number("maximumAllowedHeight")
    return int(metres * 100) if metres is not None and 1 <= metres <= 10 else None


def _features(entity: Entity) -> frozenset[Feature]:
    said = entity.words("facilities", "security", "layout", "category", "usageScenario", "acceptedPaymentMethod")
    found = {feature for feature, words in FEATURES.items() if said & words}
    if entity.count("handicappedParkingSpots"):
        found.add(Feature.ACCESSIBLE)
    stations = entity.value("chargingStations")
    if isinstance(stations, list) and stations:
        found.add(Feature.EV_CHARGING)
    if _kind(entity) is PlaceKind.UNDERGROUND:
        found.add(Feature.COVERED)
    return frozenset(found)


def _url(entity: Entity) -> str | None:
    url = entity.text("website", "url", limit=500)
    return url if url and re.match(r"https?://\S+$", url) else None
