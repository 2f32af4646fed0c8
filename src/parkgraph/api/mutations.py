"""What changes something."""

from typing import Annotated

import strawberry

from parkgraph.api import ids, inputs, offer_ids
from parkgraph.api.access import public
from parkgraph.api.accounts import AccountMutation
from parkgraph.api.bookings import BookOfferResult, CancelBookingResult, booked, cancelled, unavailable
from parkgraph.api.context import Info
from parkgraph.api.gate_desk import GateDeskMutation
from parkgraph.api.gate_office import GateOfficeMutation
from parkgraph.api.gates import GateMutation
from parkgraph.api.inputs import DriverInput
from parkgraph.api.matches import MatchMutation
from parkgraph.api.privacy import PrivacyMutation
from parkgraph.api.vehicles import VehicleMutation
from parkgraph.api.yard_allotments import YardAllotmentMutation
from parkgraph.api.yard_booking_mutations import YardBookingMutation
from parkgraph.api.yard_desk import YardDeskMutation
from parkgraph.api.yard_editing import YardEditingMutation
from parkgraph.api.yard_links import YardLinksMutation
from parkgraph.bookings.service import BookingsUnavailable
from parkgraph.bookings.wish import Wish


@public
@strawberry.type
class BookingMutation:
    @strawberry.field(description="Book an offer that is `bookable`, once for each key however often it is asked.")
    async def book_offer(
        self,
        info: Info,
        offer_id: strawberry.ID,
        idempotency_key: Annotated[
            str,
            strawberry.argument(
                description="Of this wish alone, and not to be guessed, such as a random UUID. Keep it until the"
                " outcome is known, and ask again with it.",
            ),
        ],
        driver: DriverInput,
    ) -> BookOfferResult:
        key, terms = inputs.idempotency_key(idempotency_key), offer_ids.decode(offer_id)
        wish = Wish(key, terms, driver.to_domain(), info.context.principal.subject)
        try:
            return booked(await info.context.bookings.book(wish))
        except BookingsUnavailable:
            raise unavailable() from None

    @strawberry.field(description="Cancel a booking. One that is cancelled already is answered as it is.")
    async def cancel_booking(self, info: Info, booking_id: strawberry.ID) -> CancelBookingResult:
        try:
            found = ids.booking_id(booking_id, "bookingId")
            return cancelled(await info.context.bookings.cancel(found, info.context.principal.subject))
        except BookingsUnavailable:
            raise unavailable() from None


@strawberry.type
class Mutation(
    BookingMutation,
    AccountMutation,
    MatchMutation,
    YardEditingMutation,
    YardBookingMutation,
    YardDeskMutation,
    YardAllotmentMutation,
    YardLinksMutation,
    VehicleMutation,
    GateMutation,
    GateOfficeMutation,
    GateDeskMutation,
    PrivacyMutation,
):
    """The root: what the rooms change, put together."""
