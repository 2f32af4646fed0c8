"""The adapter of the stand-in network. A test installs it as a distribution of its own, as a partner would."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Area, Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    BookingAdapter,
    BookingRequest,
    Capability,
    NetworkInfo,
    Refusal,
    RefusalReason,
    Reservation,
    ReservationStatus,
    SearchAdapter,
    Url,
)


class Settings(AdapterSettings):
    base_url: Url


class Adapter(SearchAdapter[Settings], BookingAdapter):
    Settings = Settings

    @property
    def info(self) -> NetworkInfo:
        capabilities = frozenset({Capability.SEARCH, Capability.BOOKING})
        return NetworkInfo("Stand-in", ZoneInfo("Europe/Berlin"), capabilities, max_per_minute=6_000)

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        rows = (await self.client.get(f"{self.settings.base_url}/facilities")).json()
        return Batch(tuple(_listing(row, stay) for row in rows))

    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        said = {
            "our_reference": request.client_reference,
            "offer": request.offer_ref,
            "total": str(request.total.amount),
            "plate": request.driver.plate,
        }
        reply = (await self.client.post(f"{self.settings.base_url}/reservations", json=said)).json()
        if "dearer" in reply:
            return Refusal(RefusalReason.PRICE_CHANGED, "It has become dearer.")
        return _reservation(reply)

    async def find(self, client_reference: str) -> Reservation | None:
        reply = await self.client.get(
            f"{self.settings.base_url}/reservations", params={"our_reference": client_reference}
        )
        return _reservation(found) if (found := reply.json()) else None

    async def status(self, reference: str) -> Reservation | None:
        reply = await self.client.get(f"{self.settings.base_url}/reservations/{reference}")
        return _reservation(found) if (found := reply.json()) else None

    async def cancel(self, reference: str) -> Reservation | Refusal:
        reply = await self.client.post(f"{self.settings.base_url}/reservations/{reference}/cancel")
        return _reservation(reply.json())


def _listing(row: Mapping[str, Any], stay: Stay | None) -> Listing:
    price = Money(Decimal(row["price"]), "EUR")
    offer = ListingOffer(f"offer-of-{row['id']}", OfferStatus.PRICED, price, bookable=True)
    return Listing(row["id"], row["name"], Coordinates(48.78, 9.18), offers=(offer,) if stay else ())


def _reservation(row: Mapping[str, Any]) -> Reservation:
    status = ReservationStatus.CANCELLED if row["cancelled"] else ReservationStatus.CONFIRMED
    return Reservation(row["reference"], status, Money(Decimal(row["total"]), "EUR"))
