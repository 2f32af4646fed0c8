"""The search adapter that takes bookings, too, and what can be wrong with that."""

from tests.kit.hostile.flaws import ADAPTER, QUALITY, README, RESULT, Edit, Flaw

POST = '        await self.client.post(f"{self.settings.base_url}/bookings", json=wish, headers=self._headers())\n'

GET = '        response = await self.client.get(f"{self.settings.base_url}/bookings", params=question)\n'

METHODS = f"""    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        wish = {{"reference": request.client_reference, "offer": request.offer_ref}}
{POST}        return Reservation("1", ReservationStatus.CONFIRMED)

    async def find(self, client_reference: str) -> Reservation | None:
        return await self._booking({{"reference": client_reference}})

    async def status(self, reference: str) -> Reservation | None:
        return await self._booking({{"id": reference}})

    async def cancel(self, reference: str) -> Reservation | Refusal:
        if await self._booking({{"id": reference}}) is None:
            return Refusal(RefusalReason.UNKNOWN_BOOKING, "There is no such booking.")
        return Reservation(reference, ReservationStatus.CANCELLED)

    async def _booking(self, question: Mapping[str, str]) -> Reservation | None:
{GET}        bookings = response.json()["bookings"]
        return Reservation(bookings[0]["id"], ReservationStatus.CONFIRMED) if bookings else None

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
    (QUALITY, "[rules]\n", '[rules]\nbooked-once = "met"\nown-reference = "met"\nbooking-faults = "met"\n'),
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
    Flaw(
        "booking-faults",
        "no answer is no booking",
        ((ADAPTER, GET, f"        try:\n    {GET}        except Unavailable:\n            return None\n"),),
    ),
    Flaw(
        "booking-faults",
        "asked again",
        ((ADAPTER, GET, f"        try:\n    {GET}        except Unavailable:\n    {GET}"),),
    ),
    Flaw(
        "booking-faults",
        "any booking",
        (
            (
                ADAPTER,
                'return await self._booking({"reference": client_reference})',
                'return Reservation("1", "CONFIRMED")',
            ),
        ),
    ),
    Flaw("own-reference", "none", ((ADAPTER, '"reference": request.client_reference, ', ""),)),
)
