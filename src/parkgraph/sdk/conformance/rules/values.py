"""Rules about what was answered: they judge the items alone, of the samples or of a live network."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.sdk.conformance.currencies import CURRENCIES
from parkgraph.sdk.conformance.facts import amounts
from parkgraph.sdk.conformance.facts import instants as instants_of
from parkgraph.sdk.conformance.refused import by_domain, refused
from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.subject import Result, Subject
from parkgraph.sdk.contract import FeedAdapter

NULL_ISLAND_DEG: Final = 0.01
HEIGHTS_CM: Final = range(100, 1001)
"""A car fits under the least; the most is a hall that no sign limits."""
MOST_SPACES: Final = 200_000
WITH_OFFSET: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
"""An instant of ISO 8601 in a document."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
FINEST_RATE: Final = -6
"""Digits after the point of a rate for a minute; more are the noise of a binary fraction."""


@rule(
    "positions",
    "Every position lies in the declared coverage, latitude first, and none is 0/0.",
    on_answers=True,
)
def positions(subject: Subject) -> Iterator[Problem]:
    coverage = subject.info.coverage
    for where, listing in subject.listings():
        at = listing.location
        if abs(at.latitude) < NULL_ISLAND_DEG and abs(at.longitude) < NULL_ISLAND_DEG:
            yield Problem(where, "its position is 0/0.", "Reject the row: it has no position.")
        elif coverage and not inside(coverage, at):
            if _swapped(coverage, at):
                yield Problem(where, "latitude and longitude are swapped.", "Read them the other way round.")
            else:
                yield Problem(
                    where, "its position is outside of info.coverage.", "Reject the row, or widen the coverage."
                )


def inside(coverage: tuple[Bounds, ...], at: Coordinates) -> bool:
    return any(box.contains(at) for box in coverage)


def _swapped(coverage: tuple[Bounds, ...], at: Coordinates) -> bool:
    return abs(at.longitude) <= 90 and inside(coverage, Coordinates(at.longitude, at.latitude))


@rule(
    "units",
    "Heights are centimetres, and counts are spaces: neither metres, nor millimetres, nor placeholders.",
    on_answers=True,
)
def units(subject: Subject) -> Iterator[Problem]:
    for where, item in subject.items():
        if isinstance(item, Listing) and item.max_height_cm is not None:
            height = item.max_height_cm
            if not HEIGHTS_CM.start <= height < HEIGHTS_CM.stop:
                advice = "Multiply metres by 100." if height < HEIGHTS_CM.start else "Divide millimetres by 10."
                yield Problem(where, f"max_height_cm is {height}, which is no height of a garage.", advice)
        for name, count in counts(item):
            if count > MOST_SPACES:
                yield Problem(where, f"{name} is no number of spaces.", "Make a placeholder None.")


def counts(item: Listing | OccupancyUpdate) -> Iterator[tuple[str, int]]:
    """Every number of spaces that is known, and its name."""
    occupancy = item.occupancy
    found = [("capacity", item.capacity)] if isinstance(item, Listing) else []
    found += [("occupancy.vacant", occupancy.vacant), ("occupancy.capacity", occupancy.capacity)] if occupancy else []
    for audience in item.audiences:
        found += [("audiences.capacity", audience.capacity), ("audiences.vacant", audience.vacant)]
    yield from ((name, count) for name, count in found if count is not None)


@rule("instants", "Every instant has an offset, and none that was observed lies in the future.", on_answers=True)
def instants(subject: Subject) -> Iterator[Problem]:
    latest = datetime.now(UTC) + CLOCKS_DIFFER
    for call, result in subject.baseline.items():
        if refused(str(result.raised)) == "instant":
            yield Problem(call, f"{result.raised}.", "Give it the zone in which the network writes.")
        said = _said_with_offset(result)
        for name, at in instants_of(result.batch) if result.batch is not None else ():
            if at.utcoffset() is not None and at not in said.get(at.replace(tzinfo=None), {at}):
                yield Problem(call, f"{name} has another offset than its text.", "Keep the offset that is written.")
    if not any(result.batch is not None for result in subject.baseline.values()):
        return
    for call, batch in subject.answers.items():
        if batch.as_of is not None and batch.as_of > latest:
            yield Problem(call, "as_of is in the future.", "Check the time zone in which the network writes.")
        for row, reason in by_domain(batch, "instant"):
            yield Problem(f"{call}, {row}", f"{reason}.", "Give it the zone in which the network writes.")
    for where, item in subject.items():
        for name, at in instants_of(item):
            if at.utcoffset() is None:
                yield Problem(where, f"{name} has no offset.", "Give it the zone in which the network writes.")
            elif name in ("occupancy.observed_at", "updated_at") and at > latest:
                yield Problem(where, f"{name} is in the future.", "Check the time zone in which the network writes.")


def _said_with_offset(result: Result) -> Mapping[datetime, set[datetime]]:
    """Instants that the documents of a call write with an offset, by the time that their clock shows."""
    said: dict[datetime, set[datetime]] = {}
    for exchange in result.exchanges:
        for text in WITH_OFFSET.findall(exchange.response.content):
            with suppress(ValueError):
                at = datetime.fromisoformat(text.decode().replace(" ", "T"))
                said.setdefault(at.replace(tzinfo=None), set()).add(at)
    return said


@rule(
    "occupancy",
    "An occupancy agrees with itself: no more spaces are vacant than there are, and none where it is full.",
    on_answers=True,
)
def occupancy(subject: Subject) -> Iterator[Problem]:
    for where, item in subject.items():
        of = item.occupancy
        if of is None or of.vacant is None:
            continue
        if of.capacity is not None and of.vacant > of.capacity:
            yield Problem(where, "more spaces are vacant than there are.", "Leave unknown what is of other spaces.")
        if of.vacant == 0 and of.level in (OccupancyLevel.VACANT, OccupancyLevel.FEW):
            yield Problem(where, f"none is vacant, and its level is {of.level}.", "Use level_of().")
        if of.vacant > 0 and of.level is OccupancyLevel.FULL:
            yield Problem(where, f"{of.vacant} are vacant, and its level is FULL.", "Use level_of().")


@rule("hours", "Opening hours are in the syntax of OpenStreetMap.", on_answers=True)
def hours(subject: Subject) -> Iterator[Problem]:
    for where, listing in subject.listings():
        if listing.opening_hours is not None:
            try:
                OpeningHours(listing.opening_hours)
            except ParserError:
                yield Problem(where, "its opening hours cannot be read.", 'Write them as in "Mo-Fr 08:00-20:00".')


@rule(
    "money",
    "An amount is an exact Decimal, zero or more, in a currency of ISO 4217.",
    on_answers=True,
)
def money(subject: Subject) -> Iterator[Problem]:
    for call, batch in subject.answers.items():
        for row, reason in by_domain(batch, "money"):
            yield Problem(f"{call}, {row}", f"{reason}.", "Read it by response.json(exact=True), and as it is.")
    for where, listing in subject.listings():
        if listing.rates and listing.rates.currency not in CURRENCIES:
            yield Problem(where, "its rates are in a currency that does not exist.", "Use the code of ISO 4217.")
        for name, amount, currency in amounts(listing):
            if not isinstance(amount, Decimal):
                yield Problem(where, f"{name} is a {type(amount).__name__}.", "Read it by response.json(exact=True).")
            elif amount < 0:
                yield Problem(where, f"{name} is negative.", "Reject the row, or leave the price unknown.")
            elif _finest(amount) < FINEST_RATE:
                yield Problem(where, f"{name} carries the noise of a float.", "Read it by response.json(exact=True).")
            elif currency not in CURRENCIES:
                yield Problem(where, f"{name} is in a currency that does not exist.", "Use the code of ISO 4217.")
        for offer in listing.offers:
            if offer.total and offer.total.amount != offer.total.rounded().amount:
                yield Problem(where, f"offers[{offer.ref}] cannot be paid.", "Round to the currency's minor unit.")


def _finest(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


@rule(
    "offers",
    "An offer with a price has its exact total, and one without says why.",
    on_answers=True,
)
def offers(subject: Subject) -> Iterator[Problem]:
    for where, listing in subject.listings():
        refs = [offer.ref for offer in listing.offers]
        if listing.offers and issubclass(subject.adapter_class, FeedAdapter):
            yield Problem(where, "a feed has offers.", "Give rates: who asks about a stay is not known here.")
        if len(set(refs)) < len(refs):
            yield Problem(where, "two offers have one ref.", "Use the network's own id of the offer.")
        for offer in listing.offers:
            if problem := _inconsistent(offer):
                yield Problem(f"{where}, offer {offer.ref}", *problem)


def _inconsistent(offer: ListingOffer) -> tuple[str, str] | None:
    priced = offer.status in (OfferStatus.PRICED, OfferStatus.FREE)
    if not offer.ref:
        return "it has no ref.", "Use the network's own id of the offer."
    if priced != (offer.total is not None):
        return f"{offer.status} and its total do not fit.", "PRICED and FREE have a total, the others have none."
    if priced and offer.reason is not None:
        return f"{offer.status} has a reason of why not.", "Leave the reason None."
    if not priced and offer.reason is None:
        return f"{offer.status} has no reason.", "Say why, by an OfferReason."
    if offer.total is None:
        return None
    if (offer.status is OfferStatus.FREE) != (offer.total.amount == 0):
        return f"{offer.status} and its total do not fit.", "FREE is a total of 0, and a total of 0 is FREE."
    if offer.lines and sum(line.amount.amount for line in offer.lines) != offer.total.amount:
        return "its lines do not add up to its total.", "Leave the lines out, or find the one that is missing."
    return None
