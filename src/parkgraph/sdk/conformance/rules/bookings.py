"""Rules about networks that take bookings: a lost reply must not become a second booking."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk.booking import BookingAdapter, BookingRequest, Driver
from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.stage import Request
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.faults import NetworkFault, Unavailable

REFERENCE: Final = "parkgraph-7f3a5d1c9e"
LOGIN: Final = re.compile(r"log-?in|token|auth", re.IGNORECASE)
TOKEN: Final = b'{"access_token": "x", "token": "x", "token_type": "bearer", "expires_in": 3600}'
"""The samples cannot answer a login, which a booking may begin with."""


@rule("booked-once", "A booking whose reply is lost is a fault, and is not sent again.", of=BookingAdapter)
def booked_once(subject: Subject) -> Iterator[Problem]:
    sent, outcome = _reserve(subject)
    if len(sent) > 1:
        yield Problem("reserve", "it is sent again.", "Let the fault pass: find() is asked what became of it.")
    elif not isinstance(outcome, NetworkFault):
        yield Problem("reserve", f"the lost reply gives {type(outcome).__name__}.", "Let the fault pass.")


@rule("own-reference", "A booking carries our client_reference, so that find() sees it.", of=BookingAdapter)
def own_reference(subject: Subject) -> Iterator[Problem]:
    sent, _ = _reserve(subject)
    if not any(REFERENCE in _everything(request) for request in sent):
        yield Problem(
            "reserve", "our reference is not sent along.", "Send it in the field that the network lists it by."
        )


def _reserve(subject: Subject) -> tuple[list[Request], object]:
    """Requests that nothing in the samples answers, which a reservation made; and how it ended."""
    listing, offer = _bookable(subject)
    unanswered: list[Request] = []
    seen = {exchange.request for result in subject.baseline.values() for exchange in result.exchanges}

    def lose(_number: int, request: Request) -> Response | Exception | None:
        if request.method != "POST" or request in seen:
            return None
        if LOGIN.search(request.url):
            return Response(200, {}, TOKEN)
        unanswered.append(request)
        return Unavailable("the connection broke off")

    wish = BookingRequest(
        REFERENCE,
        listing.local_id,
        offer.ref,
        subject.stay,
        Vehicle(),
        offer.total or Money(Decimal(0), "EUR"),
        Driver("S-PG 2026", "Kim Muster", "kim@example.org", "+49 711 0000000"),
    )
    adapter = subject.staged(lose)
    if not isinstance(adapter, BookingAdapter):
        raise NotApplicable("it takes no bookings")
    try:
        outcome: object = subject.run(adapter.reserve(wish))
    except Exception as fault:  # noqa: BLE001  (whatever leaves an adapter is what is judged)
        outcome = fault
    if not unanswered:
        raise NotApplicable("the samples lead to no booking")
    return unanswered, outcome


def _bookable(subject: Subject) -> tuple[Listing, ListingOffer]:
    for _, listing in subject.listings():
        for offer in listing.offers:
            if offer.bookable:
                return listing, offer
    raise NotApplicable("no offer of the samples can be booked")


def _everything(request: Request) -> str:
    return json.dumps([request.url, request.params, request.body, dict(request.headers)])
