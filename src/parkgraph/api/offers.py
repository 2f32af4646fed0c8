"""Prices for a stay, and how to take them."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import strawberry

from parkgraph.api import offer_ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.listings import Listing
from parkgraph.api.networks import Network, network_of
from parkgraph.api.steady import objects_are
from parkgraph.api.values import Money
from parkgraph.domain import pricing
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.graph import offers
from parkgraph.graph.offers import ExclusionCode


@public
@strawberry.type(description="Equal consecutive units of a price.")
class PriceLine:
    label: str
    from_: datetime = strawberry.field(name="from")
    to: datetime
    quantity: int
    unit_amount: Money | None
    amount: Money

    @staticmethod
    def of(line: pricing.PriceLine) -> "PriceLine":
        return PriceLine(
            label=line.label,
            from_=line.start,
            to=line.end,
            quantity=line.quantity,
            unit_amount=Money.of(line.unit_amount) if line.unit_amount else None,
            amount=Money.of(line.amount),
        )


def _id(offer: strawberry.Parent[offers.Offer]) -> strawberry.ID:
    return strawberry.ID(offer_ids.encode(offer))


def _network(offer: strawberry.Parent[offers.Offer], info: Info) -> Network:
    return network_of(info, offer.key.network)


def _listing(offer: strawberry.Parent[offers.Offer]) -> Listing:
    return Listing.of(offer.key, offer.listing)


def _tariff_text(offer: strawberry.Parent[offers.Offer]) -> str | None:
    return offer.listing.tariff_text


def _lines(offer: strawberry.Parent[offers.Offer]) -> list[PriceLine]:
    return [PriceLine.of(line) for line in offer.lines]


@public
@objects_are(offers.Offer)
@strawberry.type(description="One network's price for one stay, and how to take it.")
class Offer:
    id: strawberry.ID = strawberry.field(resolver=_id)
    network: Network = strawberry.field(resolver=_network)
    listing: Listing = strawberry.field(resolver=_listing)
    status: OfferStatus = strawberry.field(
        description="PRICED and FREE have a total; the other two have a reason and sort last."
    )
    reason: OfferReason | None
    reason_text: str | None
    total: Money | None
    converted: Money | None = strawberry.field(
        description="The total in the currency in which offers are compared, if that is another; null without a rate."
    )
    lines: list[PriceLine] = strawberry.field(resolver=_lines, description="They add up to the total exactly.")
    tariff_text: str | None = strawberry.field(
        resolver=_tariff_text, description="The network's own words about its prices."
    )
    vacant: int | None = strawberry.field(
        description="Spaces that are left for the whole stay; null where nobody counts them."
    )
    bookable: bool = strawberry.field(description="Whether `bookOffer` takes it.")
    url: str | None
    valid_until: datetime | None

    @staticmethod
    def all(found: Sequence[offers.Offer]) -> "list[Offer]":
        return cast("list[Offer]", found)


@public
@objects_are(offers.Exclusion)
@strawberry.type(description="Why a vehicle or a stay does not fit.")
class Exclusion:
    code: ExclusionCode
    text: str
