"""The search adapter that takes bookings, too, and what can be wrong with that."""

from tests.kit.hostile.flaws import ADAPTER, QUALITY, README, RESULT, Edit, Flaw

POST = '        await self.client.post(f"{self.settings.base_url}/bookings", json=wish, headers=self._headers())\n'

METHODS = f"""    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        wish = {{"reference": request.client_reference, "offer": request.offer_ref}}
{POST}        return Reservation("1", ReservationStatus.CONFIRMED)

    async def find(self, client_reference: str) -> Reservation | None:
        return None

    async def status(self, reference: str) -> Reservation | None:
        return None

    async def cancel(self, reference: str) -> Reservation | Refusal:
        return Refusal(RefusalReason.UNKNOWN_BOOKING, "There is no such booking.")

    def _headers("""

WITH_BOOKING: tuple[Edit, ...] = (
    (ADAPTER, "class Adapter(SearchAdapter[Settings]):", "class Adapter(SearchAdapter[Settings], BookingAdapter):"),
    (ADAPTER, "{Capability.SEARCH, ", "{Capability.SEARCH, Capability.BOOKING, "),
    (ADAPTER, "    def _headers(", METHODS),
    (
        ADAPTER,
        "from parkgraph.sdk import AdapterSettings",
        (
            "from parkgraph.sdk.booking import *\n"
            "from parkgraph.sdk import Unavailable\n"
            "from parkgraph.sdk import AdapterSettings"
        ),
    ),
    (RESULT, "valid_until=self.valid_until)", "bookable=True, valid_until=self.valid_until)"),
    (README, "`PRICES`, `SEARCH`", "`BOOKING`, `PRICES`, `SEARCH`"),
    (QUALITY, "[rules]\n", '[rules]\nbooked-once = "met"\nown-reference = "met"\n'),
)

BOOKING = (
    Flaw(
        "booked-once",
        "sent again",
        ((ADAPTER, POST, f"        try:\n    {POST}        except Unavailable:\n    {POST}"),),
    ),
    Flaw(
        "booked-once",
        "lost is refused",
        (
            (
                ADAPTER,
                POST,
                (
                    f"        try:\n    {POST}        except Unavailable:\n"
                    '            return Refusal(RefusalReason.REFUSED, "It does not work.")\n'
                ),
            ),
        ),
    ),
    Flaw("own-reference", "none", ((ADAPTER, '"reference": request.client_reference, ', ""),)),
)
