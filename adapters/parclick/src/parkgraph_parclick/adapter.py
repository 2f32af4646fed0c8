"""The edge: what the network is, and what it is asked."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, ClassVar

from parkgraph.domain.geo import Area, Circle, bounds_of, circle_around
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import (
    Batch,
    BookingAdapter,
    BookingRequest,
    Capability,
    Malformed,
    NetworkInfo,
    RateLimited,
    Refusal,
    Refused,
    Reservation,
    SearchAdapter,
    Unavailable,
)
from parkgraph_parclick.api import NOT_AVAILABLE, Api
from parkgraph_parclick.desk import Desk
from parkgraph_parclick.parking import to_listing
from parkgraph_parclick.product import unavailable
from parkgraph_parclick.question import VEHICLE_TYPES, WIDEST_M, Clock, local, place_parameters
from parkgraph_parclick.settings import Settings
from parkgraph_parclick.stock import LOCALE, Stock
from parkgraph_parclick.zones import CENTRAL, COVERAGE, zones_in


class Adapter(SearchAdapter[Settings], BookingAdapter):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"base_url": "file:api"}

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="Parclick",
            timezone=CENTRAL,
            capabilities=frozenset({Capability.SEARCH, Capability.PRICES, Capability.QUOTE, Capability.BOOKING}),
            coverage=COVERAGE,
            homepage="https://parclick.com",
            attribution="Parclick",
            licence="the terms of the integrator's own contract",
            max_per_minute=60,
            needs_stay=True,
            search_max_age=timedelta(minutes=1),
        )

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        """What is sold for the stay; the network prices a stay only, so that without one nothing is asked.

        It takes local times: an area with two clocks is asked with both, and each car park is priced by its own.
        """
        vehicle_type = VEHICLE_TYPES.get(vehicle.kind)
        if stay is None or vehicle_type is None:
            return Batch()
        circle = circle_around(area)
        clocks = dict.fromkeys(Clock.of(stay, zone) for zone in zones_in(bounds_of(circle)))
        batches = await asyncio.gather(*(self._search(circle, vehicle_type, stay, clock) for clock in clocks))
        return _together(batches).but(complete=False if circle.radius_m > WIDEST_M else None)

    async def quote(self, local_id: str, stay: Stay, vehicle: Vehicle) -> tuple[ListingOffer, ...]:
        """The best pass, which is what a booking costs; none for a vehicle that the network does not know."""
        vehicle_type = VEHICLE_TYPES.get(vehicle.kind)
        if vehicle_type is None:
            return ()
        parking = await self._stock.details(local_id)
        zone = parking.zone if parking else CENTRAL
        products = await self._stock.products(local_id, vehicle_type, Clock.of(stay, zone))
        offers = (product.to_offer(local(stay, zone), self.settings.currency) for product in products)
        return tuple(offers) or (unavailable(local_id),)

    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        return await self._desk.reserve(request)

    async def find(self, client_reference: str) -> Reservation | None:
        return await self._desk.find(client_reference)

    async def status(self, reference: str) -> Reservation | None:
        return await self._desk.status(reference)

    async def cancel(self, reference: str) -> Reservation | Refusal:
        return await self._desk.cancel(reference)

    @cached_property
    def _api(self) -> Api:
        return Api(self.settings, self.client)

    @cached_property
    def _stock(self) -> Stock:
        return Stock(self._api)

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._api, self._stock, self.settings.currency)

    async def _search(self, circle: Circle, vehicle_type: str, stay: Stay, clock: Clock) -> Batch[Listing]:
        """One clock's answer. What a later page's fault leaves is not complete, as is a stay that is not accepted."""
        params = {
            **place_parameters(circle),
            **clock.parameters,
            "group": "search",
            "locale": LOCALE,
            "vehicleType": vehicle_type,
        }
        rows: list[Any] = []
        complete = False
        try:
            async for page in self._api.pages("/v1/parking/list", params):
                rows += page.items
                complete = page.is_last
        except (Unavailable, RateLimited, Malformed) as fault:
            if not rows and not (isinstance(fault, Refused) and fault.status == NOT_AVAILABLE):
                raise
        read = partial(to_listing, stay=stay, asked=clock, currency=self.settings.currency)
        batch = self.known_rows.read(rows, read, lambda row: row["id"], asked=(repr(stay), clock))
        return batch.but(complete=complete)


def _together(batches: Sequence[Batch[Listing]]) -> Batch[Listing]:
    """The answers to several clocks: of a car park, the one with offers."""
    if len(batches) == 1:
        return batches[0]
    listings: dict[str, Listing] = {}
    for batch in batches:
        for listing in batch.items:
            if listing.offers or listing.local_id not in listings:
                listings[listing.local_id] = listing
    rejected = dict.fromkeys(row for batch in batches for row in batch.rejected)
    return Batch(tuple(listings.values()), tuple(rejected), all(batch.complete for batch in batches))
