"""One place as the network writes it, ending in a listing."""

from collections.abc import Mapping
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_apds.occupancy import supply_of, to_occupancy
from parkgraph_apds.rates import NO_TARIFF, Tariff
from parkgraph_apds.values import count, fields, identifier, number, objects, text, zone

PLACES: Final = (None, "place", "parkingPlace")
"""Types of a facility; the others are parts of one, or an area with several."""

KINDS: Final = {
    "offStreetStructure": PlaceKind.GARAGE,
    "offStreetSurface": PlaceKind.SURFACE,
    "onStreet": PlaceKind.ON_STREET,
}


def is_place(row: object) -> bool:
    """Whether it is a facility. A network that names no types lists nothing else."""
    return fields(row).get("type") in PLACES


def to_listing(place: object, tariff: Tariff = NO_TARIFF) -> Listing:
    """Raises ValueError for what is not a public facility with an id, a name and a position."""
    row = fields(place)
    if not is_place(row):
        raise RowRejected("it is not a place, but a part of one or an area around it")
    local_id, name = identifier(row.get("id")), text(row.get("name"))
    if local_id is None or name is None:
        raise RowRejected("it has no id" if local_id is None else "it has no name")
    traits = next(iter(objects(row.get("characteristics"))), {})
    if traits.get("openToPublic") is False:
        raise RowRejected("it is not open to the public")
    total = count(traits.get("spacesTotal"))
    return Listing(
        local_id=local_id,
        name=name,
        location=_position(row),
        kind=_kind(traits),
        address=_address(fields(row.get("placeStreetAddress"))),
        operator=_operator(row),
        capacity=supply_of(row.get("occupancy")) if total is None else total,
        occupancy=to_occupancy(row.get("occupancy")),
        opening_hours=_hours(fields(row.get("openingTimes"))),
        features=_features(traits),
        rates=tariff.rates,
        tariff_text=tariff.text,
        timezone=zone(row.get("timeZone")),
    )


def _position(row: Mapping[str, object]) -> Coordinates:
    """A GeoJSON point: longitude before latitude."""
    numbers = fields(row.get("indicativePointLocation")).get("coordinates")
    if not isinstance(numbers, list) or len(numbers) < 2:
        raise RowRejected("it has no position")
    longitude, latitude = number(numbers[0]), number(numbers[1])
    if longitude is None or latitude is None:
        raise RowRejected("its position is not two numbers")
    return Coordinates(float(latitude), float(longitude))


def _kind(traits: Mapping[str, object]) -> PlaceKind:
    structure = traits.get("structureType")
    if structure != "onStreet" and traits.get("structureGrade") == "underground":
        return PlaceKind.UNDERGROUND
    return KINDS.get(structure, PlaceKind.UNKNOWN) if isinstance(structure, str) else PlaceKind.UNKNOWN


def _address(address: Mapping[str, object]) -> str | None:
    lines = sorted(objects(address.get("addressLines")), key=lambda line: count(line.get("order")) or 0)
    town = " ".join(filter(None, (text(address.get("postCode")), text(address.get("city")))))
    return ", ".join(filter(None, (*(text(line.get("text")) for line in lines), town))) or None


def _operator(row: Mapping[str, object]) -> str | None:
    """APDS had `contacts`, and has `responsibilityRoleAssignments` with contact points."""
    contacts = [contact for contact in objects(row.get("contacts")) if contact.get("type") == "operator"]
    for role in objects(row.get("responsibilityRoleAssignments")):
        contacts += objects(role.get("contactPoints")) if role.get("type") == "operator" else ()
    return next(filter(None, (text(contact.get("organisationName")) for contact in contacts)), None)


def _hours(times: Mapping[str, object]) -> str | None:
    """Open all day and all year; what access times beside that mean is not certain."""
    always = times.get("available24hours") is True and times.get("openAllYear") is True
    return "24/7" if always and not times.get("accessAndEgress") else None


def _features(traits: Mapping[str, object]) -> frozenset[Feature]:
    found = {
        Feature.ACCESSIBLE: traits.get("disabledAccess") is True,
        Feature.EV_CHARGING: bool(count(traits.get("evChargingPoints"))),
        Feature.GUARDED: traits.get("staffed") == "fullTime",
    }
    return frozenset(feature for feature, there in found.items() if there)
