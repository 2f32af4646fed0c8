"""A page of places, in answer to one search."""

import strawberry

from parkgraph.api.access import public
from parkgraph.api.networks import SourceReport
from parkgraph.api.offers import Exclusion, Offer
from parkgraph.api.places import Place
from parkgraph.api.steady import mostly_shown_by, objects_are, shown_by
from parkgraph.api.values import PageInfo
from parkgraph.graph import search
from parkgraph.graph.hit import Hit
from parkgraph.graph.named import Named


def _node(hit: strawberry.Parent[Hit]) -> Place:
    return hit.place  # type: ignore[return-value]


def _distance(hit: strawberry.Parent[Hit]) -> int | None:
    return hit.distance_m


def _offers(hit: strawberry.Parent[Hit]) -> list[Offer]:
    return hit.offers  # type: ignore[return-value]


@public
@objects_are(Hit)
@shown_by("kept")
@mostly_shown_by("again", apart=("cursor", "distance"))
@strawberry.type(description="What belongs to this search, not to the place.")
class PlaceEdge:
    cursor: str
    node: Place = strawberry.field(resolver=_node)
    distance: int | None = strawberry.field(resolver=_distance, description="Metres, from `near`.")
    offers: list[Offer] = strawberry.field(
        resolver=_offers, description="For the search's stay and vehicle, cheapest first; empty without a stay."
    )
    cheapest: Offer | None = strawberry.field(description="Among PRICED and FREE.")
    excluded: list[Exclusion] = strawberry.field(description="Why this vehicle or stay does not fit.")


@public
@strawberry.type(description="A place whose name was asked for.")
class NamedPlace:
    subject: strawberry.Private[Named]

    @strawberry.field
    def place(self) -> Place:
        return Place.of(self.subject.place)

    @strawberry.field(description="Metres, from `near`.")
    def distance(self) -> int:
        return round(self.subject.distance_m)


@public
@shown_by("kept")
@strawberry.type(description="A page of places, and what every network did for it.")
class PlaceConnection:
    subject: strawberry.Private[search.Answer]

    @property
    def kept(self) -> search.FoundPage | None:
        """The page, where it was found before."""
        return self.subject.page if self.subject.was_found_again else None

    @strawberry.field
    def edges(self) -> list[PlaceEdge]:
        return self.subject.page.hits  # type: ignore[return-value]

    @strawberry.field
    def nodes(self) -> list[Place]:
        return self.subject.places  # type: ignore[return-value]

    @strawberry.field
    def page_info(self) -> PageInfo:
        hits = self.subject.hits
        return PageInfo(
            has_next_page=self.subject.has_next,
            has_previous_page=self.subject.has_previous,
            start_cursor=hits[0].cursor if hits else None,
            end_cursor=hits[-1].cursor if hits else None,
        )

    @strawberry.field(description="In all pages.")
    def total_count(self) -> int:
        return self.subject.total

    @strawberry.field
    def sources(self) -> list[SourceReport]:
        return [SourceReport(subject=report) for report in self.subject.sources]
