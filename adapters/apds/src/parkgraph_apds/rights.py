"""Right specifications: which rate table a driver without any contract pays by."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from parkgraph_apds.validity import NotUnderstood, Validity, read_dates, read_validity
from parkgraph_apds.values import fields, identifier, objects

CASUAL: Final = (None, "oneTimeUseParking")
GENERAL: Final = {"id", "version", "className", "description", "eligibilityName", "rate", "rateTable"}
"""Keys of an eligibility that is everybody's; any other one names who is meant."""


class Entitlement(NamedTuple):
    """A rate table (a reference to it, or itself written out), and when it holds."""

    rate_id: str
    table: Mapping[str, object]
    validity: Validity


def references(value: object) -> dict[str, Mapping[str, object]]:
    """Other resources by id: references, or the resources themselves."""
    found = ((identifier(entry), entry) for entry in objects(value or []))
    return {key: entry for key, entry in found if key is not None}


def is_written_out(resource: Mapping[str, object], key: str) -> bool:
    """Whether it is the resource itself, not a reference to it."""
    return isinstance(resource.get(key), list)


def entitlement(rights: Sequence[Mapping[str, object] | None], zone: tzinfo) -> Entitlement | None:
    """Of all rights of one place; None is one that could not be read.

    None where it is not certain which table everybody pays by, or when.
    """
    casual = [right for right in rights if right is None or right.get("type") in CASUAL]
    right = casual[0] if len(casual) == 1 else None
    rates = right.get("rateEligibility") if right else None
    if right is None or not isinstance(rates, list) or len(rates) != 1:
        return None
    eligibility = {key: value for key, value in fields(rates[0]).items() if value not in (None, [], {})}
    rate = fields(eligibility.get("rate", eligibility.get("rateTable")))
    rate_id = identifier(rate.get("id"))
    if rate_id is None or set(eligibility) - GENERAL:
        return None
    try:
        validity = read_validity(right.get("validity"), zone) & read_dates(None, right.get("expiry"), zone)
    except NotUnderstood:
        return None
    return Entitlement(rate_id, rate, validity)
