"""The questions."""

from typing import Annotated

import strawberry

from parkgraph.api import deadline, ids
from parkgraph.api.access import public
from parkgraph.api.bookings import find_booking
from parkgraph.api.context import Info
from parkgraph.api.gate_desk import GateDeskQuery
from parkgraph.api.gate_office import GateOfficeQuery
from parkgraph.api.gate_sessions import find_own_session
from parkgraph.api.gates import GateQuery
from parkgraph.api.gates import available as gates_available
from parkgraph.api.inputs import (
    BoundsInput,
    CoordinatesInput,
    PlaceFilterInput,
    StayInput,
    VehicleInput,
    circle,
    page_size,
    searched_name,
)
from parkgraph.api.listings import Listing
from parkgraph.api.networks import Network
from parkgraph.api.place_pages import NamedPlace, PlaceConnection
from parkgraph.api.places import Place
from parkgraph.api.privacy import PrivacyQuery
from parkgraph.api.remembered import remembered
from parkgraph.api.values import Node
from parkgraph.api.viewer import ViewerQuery
from parkgraph.api.yard_allotments import YardAllotmentQuery
from parkgraph.api.yard_bookings import find_yard_booking
from parkgraph.api.yard_desk import YardDeskQuery
from parkgraph.api.yards import YardQuery, find_yard
from parkgraph.domain.geo import Area
from parkgraph.domain.pricing import ANY_CAR
from parkgraph.graph.question import NO_FILTER, PlaceSort, Question
from parkgraph.graph.search import Answer, Search


@public
@strawberry.type
class PlaceQuery:
    @strawberry.field(description="Places around a point, at most 50 km away.")
    def nearby(
        self,
        info: Info,
        near: CoordinatesInput,
        radius: Annotated[int, strawberry.argument(description="Metres.")] = 1000,
        stay: StayInput | None = None,
        vehicle: VehicleInput | None = None,
        filter: PlaceFilterInput | None = None,  # noqa: A002
        sort: PlaceSort = PlaceSort.DISTANCE,
        first: int = 20,
        after: str | None = None,
    ) -> PlaceConnection:
        return _find(info, _around(near, radius, stay, vehicle, filter, sort), first, after)

    @strawberry.field(description="Places in a box.")
    def within(
        self,
        info: Info,
        bounds: BoundsInput,
        stay: StayInput | None = None,
        vehicle: VehicleInput | None = None,
        filter: PlaceFilterInput | None = None,  # noqa: A002
        sort: PlaceSort = PlaceSort.DISTANCE,
        first: int = 20,
        after: str | None = None,
    ) -> PlaceConnection:
        return _find(info, _inside(bounds, stay, vehicle, filter, sort), first, after)

    @strawberry.field(
        description="Places whose names and addresses have every word of a name, or words that begin so; small mistakes"
        " are forgiven where nothing else is found. Those first that fit best and are near."
    )
    async def places_named(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="As somebody types it; at most 100 characters.")],
        near: CoordinatesInput,
        first: int = 10,
    ) -> list[NamedPlace]:
        found = await info.context.search.named(searched_name(name), near.to_domain(), page_size(first))
        return [NamedPlace(subject=hit) for hit in found]

    @strawberry.field(description="Null where the id is well formed and unknown.")
    def place(self, info: Info, id: strawberry.ID) -> Place | None:  # noqa: A002
        found = info.context.graph.find(ids.place_id(id))
        return Place.of(found) if found else None

    @strawberry.field(
        description="A place, listing, booking, yard, a yard's booking or a session; null where the id is well formed"
        " and unknown."
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002
        match ids.decode(id)[0]:
            case ids.LISTING:
                key = ids.listing_key(id)
                listing = info.context.graph.find_listing(key)
                return Listing.of(key, listing) if listing else None
            case ids.BOOKING:
                return await find_booking(info, ids.booking_id(id))
            case ids.YARD:
                return await find_yard(info, ids.yard_id(id))
            case ids.YARD_BOOKING:
                return await find_yard_booking(info, ids.yard_booking_id(id))
            case ids.SESSION:
                with gates_available():
                    return await find_own_session(info, ids.session_id(id))
        found = info.context.graph.find(ids.place_id(id))
        return Place.of(found) if found else None

    @strawberry.field(description="Every enabled network and its state.")
    def networks(self, info: Info) -> list[Network]:
        return [Network(subject=network) for network in info.context.networks]


@strawberry.type
class Query(
    PlaceQuery,
    ViewerQuery,
    YardQuery,
    YardDeskQuery,
    YardAllotmentQuery,
    GateQuery,
    GateOfficeQuery,
    GateDeskQuery,
    PrivacyQuery,
):
    """The root: what the rooms ask, put together."""


def _find(info: Info, question: Question, first: int, after: str | None) -> PlaceConnection:
    """At once where it was found before, as most is that is asked; else to be waited for, as any resolver may say."""
    search, size, arrived = info.context.search, page_size(first), deadline.arrived()
    again = None if arrived is None else search.find_again(question, size, after, arrived)
    if again is None:
        return _searched(search, question, size, after, arrived)  # type: ignore[return-value]
    return _page(again)


async def _searched(
    search: Search, question: Question, size: int, after: str | None, arrived: float | None
) -> PlaceConnection:
    return _page(await search.find(question, size, after, arrived))


def _page(answer: Answer) -> PlaceConnection:
    deadline.answer_by(answer.ends)
    return PlaceConnection(subject=answer)


@remembered
def _around(
    near: CoordinatesInput,
    radius: int,
    stay: StayInput | None,
    vehicle: VehicleInput | None,
    wanted: PlaceFilterInput | None,
    sort: PlaceSort,
) -> Question:
    return _question(circle(near, radius), stay, vehicle, wanted, sort)


@remembered
def _inside(
    bounds: BoundsInput,
    stay: StayInput | None,
    vehicle: VehicleInput | None,
    wanted: PlaceFilterInput | None,
    sort: PlaceSort,
) -> Question:
    return _question(bounds.to_domain(), stay, vehicle, wanted, sort)


def _question(
    area: Area,
    stay: StayInput | None,
    vehicle: VehicleInput | None,
    wanted: PlaceFilterInput | None,
    sort: PlaceSort,
) -> Question:
    return Question(
        area=area,
        stay=stay.to_domain() if stay else None,
        vehicle=vehicle.to_domain() if vehicle else ANY_CAR,
        filter=wanted.to_domain() if wanted else NO_FILTER,
        sort=sort,
    )
