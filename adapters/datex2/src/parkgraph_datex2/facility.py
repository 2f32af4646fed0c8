"""A parkingFacility or parkingRecord, as a listing."""

import re
from typing import Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_datex2.document import facility_id, xsi_type
from parkgraph_datex2.hours import opening_hours
from parkgraph_datex2.position import Projection, position
from parkgraph_datex2.values import MAX_TEXT, count, height_cm, instant, text

_KINDS: Final = {
    "multiStorey": PlaceKind.GARAGE,
    "undergroundAndMultistorey": PlaceKind.GARAGE,
    "automatedParkingGarage": PlaceKind.GARAGE,
    "underground": PlaceKind.UNDERGROUND,
    "openSpace": PlaceKind.SURFACE,
    "field": PlaceKind.SURFACE,
}
"""`singleLevel` is not among them: Stuttgart says it of every garage."""

_AUDIENCES: Final = {
    "disabled": Audience.DISABLED,
    "women": Audience.WOMEN,
    "families": Audience.FAMILY,
    "residents": Audience.RESIDENTS,
    "employees": Audience.STAFF,
    "staff": Audience.STAFF,
    "longTerm": Audience.LONG_TERM,
    "shortTerm": Audience.GENERAL,
    "battery": Audience.ELECTRIC,
    "motorcycle": Audience.MOTORCYCLE,
    "bicycle": Audience.BICYCLE,
}
_AUDIENCE_WORDS: Final = (
    "personTypeForWhichSpacesAssigned",
    "parkingDuration",
    "applicableForUser",
    "fuelType",
    "vehicleType",
)
_ANY_CAR: Final = frozenset({"car", "anyVehicle"})

_REGISTER_NUMBER: Final = re.compile(r"[0-9]+ / ")


def to_listing(row: Element, project: Projection | None, zone: ZoneInfo) -> Listing:
    """Raises RowRejected where there is no id, name or position."""
    if xsi_type(row) == "GroupOfParkingSites":
        raise RowRejected("is a group of sites, not a facility")
    name = _name(row)
    return Listing(
        local_id=facility_id(row),
        name=name,
        location=position(row, project),
        kind=_kind(row, name),
        address=_address(row),
        operator=_operator(row),
        # No facility has 0 spaces: it stands for a number that nobody entered.
        capacity=count(text(row, "totalParkingCapacity", "parkingNumberOfSpaces")) or None,
        audiences=_audiences(row),
        opening_hours=opening_hours(row),
        max_height_cm=_max_height_cm(row),
        updated_at=instant(text(row, "parkingFacilityRecordVersionTime", "parkingRecordVersionTime"), zone),
    )


def _name(row: Element) -> str:
    name = text(
        row, "parkingFacilityName/values/value", "parkingName/values/value", "parkingFacilityName", "parkingName"
    )
    if name is None:
        raise RowRejected(f"has no name of at most {MAX_TEXT} characters")
    return name


def _kind(row: Element, name: str) -> PlaceKind:
    if name.startswith("P+R ") or any(usage.text == "parkAndRide" for usage in row.iter("parkingUsageScenario")):
        return PlaceKind.PARK_AND_RIDE
    if text(row, "urbanParkingSiteType") == "onStreetParking":
        return PlaceKind.ON_STREET
    return _KINDS.get(text(row, "parkingLayout", "parkingFacilityLayout") or "", PlaceKind.UNKNOWN)


def _address(row: Element) -> str | None:
    """One line; None unless street and city are given."""
    contact = row.find("parkingSiteAddress")
    if contact is None:
        return None
    street = text(contact, "contactDetailsStreet")
    city = text(contact, "contactDetailsCity/values/value", "contactDetailsCity")
    if street is None or city is None:
        return None
    number, postcode = text(contact, "contactDetailsHouseNumber"), text(contact, "contactDetailsPostcode")
    return f"{' '.join(filter(None, (street, number)))}, {' '.join(filter(None, (postcode, city)))}"


def _operator(row: Element) -> str | None:
    """The operator, else the owner: Stuttgart names its operators there, behind a number of its register."""
    for party in ("operator", "owner"):
        if name := text(row, f"{party}/contactOrganisationName/values/value", f"{party}/contactName"):
            return _REGISTER_NUMBER.sub("", name, count=1)
    return None


def _max_height_cm(row: Element) -> int | None:
    """The lowest of the limits."""
    limits = [
        height
        for vehicles in ("characteristicsOfPermittedVehicles", "onlyAssignedParking/vehicleCharacteristics")
        for limit in row.iterfind(f"{vehicles}/heightCharacteristic")
        if (text(limit, "comparisonOperator") or "").startswith("lessThan")
        and (height := height_cm(text(limit, "vehicleHeight"))) is not None
    ]
    return min(limits, default=None)


def _audiences(row: Element) -> tuple[AudienceCapacity, ...]:
    """Spaces set aside. 0 is left out: Stuttgart writes it for every audience that nobody counted.

    An audience that is given twice has an unknown capacity, for groups of spaces may overlap.
    """
    capacities: dict[Audience, int | None] = {}
    for path, number in (
        ("assignedParkingSpaces/assignedParkingSpaces", "numberOfAssignedParkingSpaces"),
        ("groupOfParkingSpaces/parkingSpaceBasics", "parkingNumberOfSpaces"),
    ):
        for group in row.iterfind(path):
            audience, spaces = _audience(group), count(text(group, number))
            if audience is not None and spaces:
                capacities[audience] = None if audience in capacities else spaces
    return tuple(AudienceCapacity(audience, spaces) for audience, spaces in capacities.items())


def _audience(group: Element) -> Audience | None:
    """The one audience of a group; None for a mixture and for words that the domain does not know."""
    words = {(element.text or "").strip() for name in _AUDIENCE_WORDS for element in group.iter(name)} - _ANY_CAR
    return _AUDIENCES.get(words.pop()) if len(words) == 1 else None
