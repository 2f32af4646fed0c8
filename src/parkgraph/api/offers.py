"""Prices for a stay, and how to take them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from parkgraph.api import offer_ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.listings import Listing
from parkgraph.api.networks import Network, network_of
from parkgraph.api.steady import shown_by
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


@public
@shown_by("subject")
@strawberry.type(description="One network's price for one stay, and how to take it.")
class Offer:
    subject: strawberry.Private[offers.Offer]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(offer_ids.encode(self.subject))

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.subject.key.network)

    @strawberry.field
    def listing(self) -> Listing:
        return Listing.of(self.subject.key, self.subject.listing)

    @strawberry.field(description="PRICED and FREE have a total; the other two have a reason and sort last.")
    def status(self) -> OfferStatus:
        return self.subject.status

    @strawberry.field
    def reason(self) -> OfferReason | None:
        return self.subject.reason

    @strawberry.field
    def reason_text(self) -> str | None:
        return self.subject.reason_text

    @strawberry.field
    def total(self) -> Money | None:
        return self.subject.total  # type: ignore[return-value]

    @strawberry.field(
        description="The total in the currency in which offers are compared, if that is another; null without a rate."
    )
    def converted(self) -> Money | None:
        return self.subject.converted  # type: ignore[return-value]

    @strawberry.field(description="They add up to the total exactly.")
    def lines(self) -> list[PriceLine]:
        return [PriceLine.of(line) for line in self.subject.lines]

    @strawberry.field(description="The network's own words about its prices.")
    def tariff_text(self) -> str | None:
        return self.subject.listing.tariff_text

    @strawberry.field(description="Spaces that are left for the whole stay; null where nobody counts them.")
    def vacant(self) -> int | None:
        return self.subject.vacant

    @strawberry.field(description="Whether `bookOffer` takes it.")
    def bookable(self) -> bool:
        return self.subject.bookable

    @strawberry.field
    def url(self) -> str | None:
        return self.subject.url

    @strawberry.field
    def valid_until(self) -> datetime | None:
        return self.subject.valid_until

    @staticmethod
    def all(found: Sequence[offers.Offer]) -> list["Offer"]:
        return [Offer(subject=offer) for offer in found]


@public
@strawberry.type(description="Why a vehicle or a stay does not fit.")
class Exclusion:
    code: ExclusionCode
    text: str
