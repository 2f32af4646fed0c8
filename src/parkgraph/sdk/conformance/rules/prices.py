"""The rule that a price is what a driver pays, which no look at an answer can tell."""

from collections.abc import Iterator

from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import price
from parkgraph.sdk.conformance.quality import PRICE, KnownPrice, read
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.contract import Capability, FeedAdapter


@rule(
    "known-price",
    "Who gives prices states in quality.toml what the network asks for one stay, and it comes out to the cent.",
    last=True,
)
def known_price(subject: Subject) -> Iterator[Problem]:
    if subject.home is None:
        raise NotApplicable("only its code is installed")
    if Capability.PRICES not in subject.info.capabilities:
        raise NotApplicable("the network has no prices")
    quality = read(subject.home)
    if quality.mistakes:
        raise NotApplicable("quality.toml is not understood")
    if not quality.prices:
        yield Problem("quality.toml", "no price is stated.", PRICE)
    for known in quality.prices:
        yield from _compared(subject, known)


def _compared(subject: Subject, known: KnownPrice) -> Iterator[Problem]:
    listings = [listing for _, listing in subject.listings() if listing.local_id == known.listing]
    if not listings:
        yield Problem("quality.toml", f"no listing of the samples has the id {known.listing}.", "Name one that is.")
        return
    if issubclass(subject.adapter_class, FeedAdapter) and known.stay is None:
        yield Problem("quality.toml", f"the price of {known.listing} is of no stay.", PRICE)
        return
    totals = [total for listing in listings for total in _totals(subject, listing, known)]
    if known.money not in totals:
        gives = " or ".join(f"{total.amount} {total.currency}" for total in dict.fromkeys(totals)) or "no price"
        yield Problem(
            known.listing,
            f"it costs {known.total}, and the adapter gives {gives}.",
            "Look at the unit of the network's amounts, and at what one of them is for.",
        )


def _totals(subject: Subject, listing: Listing, known: KnownPrice) -> Iterator[Money]:
    """Of its offers, or of its rates for that stay."""
    yield from (offer.total for offer in listing.offers if offer.total is not None)
    if known.stay is not None:
        total = price(listing.rates, known.stay, subject.info.timezone).total
        if total is not None:
            yield total
