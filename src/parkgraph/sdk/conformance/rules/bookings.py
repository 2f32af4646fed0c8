"""Rules about networks that take bookings: a lost reply must not become a second booking."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Final

from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk.booking import BookingAdapter, BookingRequest, Driver
from parkgraph.sdk.client import Response
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.stage import Instead, Request
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


@rule(
    "booking-faults",
    "Where the network fails, find, status and cancel fail, too: none says that there is no booking, or asks twice.",
    of=BookingAdapter,
)
def booking_faults(subject: Subject) -> Iterator[Problem]:
    calls: dict[str, Callable[[BookingAdapter], Awaitable[object]]] = {
        "find": lambda adapter: adapter.find(REFERENCE),
        "status": lambda adapter: adapter.status("4711"),
        "cancel": lambda adapter: adapter.cancel("4711"),
    }
    for name, call in calls.items():
        answers: dict[str, Response | Exception] = {
            "Unavailable": Unavailable("the connection broke off"),
            "a page of HTML": Response(200, {}, b"<!DOCTYPE html><html><body>Maintenance</body></html>"),
        }
        for what, answer in answers.items():
            asked: list[Request] = []

            def fail(
                _number: int, request: Request, asked: list[Request] = asked, answer: Response | Exception = answer
            ) -> Response | Exception:
                if LOGIN.search(request.url):
                    return Response(200, {}, TOKEN)
                asked.append(request)
                return answer

            outcome = _outcome(subject, fail, call)
            if not isinstance(outcome, NetworkFault):
                yield Problem(name, f"{what} gives {type(outcome).__name__}.", "Let the fault pass: nothing is known.")
            elif any(request in asked[:place] for place, request in enumerate(asked)):
                yield Problem(name, f"{what} is answered by asking again.", "Let the fault pass.")


def _outcome(subject: Subject, instead: Instead, call: Callable[[BookingAdapter], Awaitable[object]]) -> object:
    """What it gives, or raises."""
    adapter = subject.staged(instead)
    if not isinstance(adapter, BookingAdapter):
        raise NotApplicable("it takes no bookings")
    try:
        return subject.run(call(adapter))
    except Exception as fault:  # noqa: BLE001  (whatever leaves an adapter is what is judged)
        return fault


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
    outcome = _outcome(subject, lose, lambda adapter: adapter.reserve(wish))
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
