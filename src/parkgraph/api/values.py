"""What types of many rooms have."""

from decimal import Decimal
from typing import cast

import strawberry

from parkgraph.api.access import public
from parkgraph.api.steady import objects_are, said_by
from parkgraph.domain import geo, money


@public
@strawberry.interface(description="Anything with an id that can be asked for again.")
class Node:
    @strawberry.field
    def id(self) -> strawberry.ID:
        raise NotImplementedError


@public
@objects_are(geo.Coordinates)
@strawberry.type(description="WGS 84, decimal degrees.")
class Coordinates:
    latitude: float
    longitude: float

    @staticmethod
    def of(position: geo.Coordinates) -> "Coordinates":
        return cast("Coordinates", position)


@public
@objects_are(money.Money)
@said_by(amount="text")
@strawberry.type(description="An exact amount with its ISO 4217 code.")
class Money:
    amount: Decimal
    currency: str

    @staticmethod
    def of(value: money.Money) -> "Money":
        return cast("Money", value)


@public
@strawberry.type(description="Relay's page information.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None
