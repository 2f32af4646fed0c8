"""What a query costs: the fields of its answer, were every list full.

A field costs 1, a search more, since it looks at every place in its area, and offers more, since they are priced. To
book or to cancel costs so much that a request, which has one deadline, has room for one of them. A yard's calendar
costs as much as the most ranges that a page of it may have. What stands in a list counts as often as the list is
long: as `first` says for lists of a page, else LIST times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graphql import GraphQLArgument, GraphQLObjectType, GraphQLSchema, get_nullable_type, is_list_type

from parkgraph.api.inputs import MAX_PAGE
from parkgraph.api.shape import Shape

SEARCH: Final = 1000
OFFERS: Final = 10
BOOKING: Final = 30_000
CALENDAR: Final = 15_000
LIST: Final = 2

WEIGHTS: Final[Mapping[str, int]] = {
    "nearby": SEARCH,
    "within": SEARCH,
    "placesNamed": SEARCH,
    "offers": OFFERS,
    "bookOffer": BOOKING,
    "cancelBooking": BOOKING,
    "calendar": CALENDAR,
}


@dataclass(frozen=True, slots=True)
class Price:
    """Of a field, by its name: where types share a name, the dearer. `page`: the page size if none is given."""

    weight: int = 1
    is_list: bool = False
    page: int | None = None


UNKNOWN: Final = Price()


def prices(schema: GraphQLSchema) -> Mapping[str, Price]:
    """The price of every field of the schema."""
    found: dict[str, Price] = {}
    for kind in schema.type_map.values():
        for name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            before = found.get(name, UNKNOWN)
            found[name] = Price(
                weight=WEIGHTS.get(name, 1),
                is_list=before.is_list or is_list_type(get_nullable_type(field.type)),
                page=_default(field.args["first"]) if "first" in field.args else before.page,
            )
    return found


def cost(
    shape: Shape, prices: Mapping[str, Price], variables: Mapping[str, object], parent_page: int | None = None
) -> int:
    """The cost of an answer of this shape. `variables`: those of the request over the operation's defaults."""
    total = 0
    for field in shape:
        price = prices.get(field.name, UNKNOWN)
        total += price.weight
        if field.fields:
            page = price.page and _page(field.first, price.page, variables)
            times = (page or parent_page or LIST) if price.is_list else 1
            total += times * cost(field.fields, prices, variables, page)
    return total


def pages_vary(shape: Shape) -> bool:
    """Whether a variable says how long a page is."""
    return any(isinstance(field.first, str) or pages_vary(field.fields) for field in shape)


def _page(first: int | str | None, default: int, variables: Mapping[str, object]) -> int:
    """The page size; one that will be refused counts as the largest."""
    value = variables.get(first, default) if isinstance(first, str) else default if first is None else first
    return value if isinstance(value, int) and 1 <= value <= MAX_PAGE else MAX_PAGE


def _default(first: GraphQLArgument) -> int:
    return first.default_value if isinstance(first.default_value, int) else MAX_PAGE
