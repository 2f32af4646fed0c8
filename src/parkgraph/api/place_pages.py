"""A page of places, in answer to one search."""

import strawberry

from parkgraph.api.access import public
from parkgraph.api.networks import SourceReport
from parkgraph.api.offers import Exclusion, Offer
from parkgraph.api.places import Place
from parkgraph.api.steady import mostly_shown_by, shown_by
from parkgraph.api.values import PageInfo
from parkgraph.graph import search
from parkgraph.graph.hit import Hit
from parkgraph.graph.named import Named
from parkgraph.graph.priced import Priced


@public
@shown_by("kept")
@mostly_shown_by("again", apart=("cursor", "distance"))
@strawberry.type(description="What belongs to this search, not to the place.")
class PlaceEdge:
    subject: strawberry.Private[Hit]
    ends: strawberry.Private[float]

    @property
    def kept(self) -> Hit | None:
        """The hit, where its page was found before."""
        return self.subject if self.subject.is_kept else None

    @property
    def again(self) -> Priced | None:
        """The place for this stay, where another search found it too."""
        priced = self.subject.priced
        return priced if priced.was_found_again else None

    @strawberry.field
    def cursor(self) -> str:
        return self.subject.cursor

    @strawberry.field
    def node(self) -> Place:
        return Place(subject=self.subject.place, ends=self.ends)

    @strawberry.field(description="Metres, from `near`.")
    def distance(self) -> int | None:
        return self.subject.distance_m

    @strawberry.field(description="For the search's stay and vehicle, cheapest first; empty without a stay.")
    def offers(self) -> list[Offer]:
        return self.subject.priced.offers  # type: ignore[return-value]

    @strawberry.field(description="Among PRICED and FREE.")
    def cheapest(self) -> Offer | None:
        return self.subject.cheapest  # type: ignore[return-value]

    @strawberry.field(description="Why this vehicle or stay does not fit.")
    def excluded(self) -> list[Exclusion]:
        return [Exclusion(code=e.code, text=e.text) for e in self.subject.excluded]


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
        return [PlaceEdge(subject=hit, ends=self.subject.ends) for hit in self.subject.hits]

    @strawberry.field
    def nodes(self) -> list[Place]:
        return [Place.of(hit.place, self.subject.ends) for hit in self.subject.hits]

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
