"""`placesChanged`: what of the places in view is other than before, while somebody looks at them."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

import strawberry

from parkgraph.api import ids as graph_ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.inputs import BoundsInput
from parkgraph.api.places import Place
from parkgraph.graph.watching import Changed, Watched

MAX_IDS: Final = 100


@public
@strawberry.type(description="Places that are other than before; at most one telling a second, of the latest state.")
class PlacesChanged:
    version: str = strawberry.field(description="From where to watch on after a break, as `since`.")
    places: list[Place]
    gone: list[strawberry.ID] = strawberry.field(description="Of places that are no longer there, or left the box.")
    missed: bool = strawberry.field(description="More has changed than is told: ask for the places anew.")

    @staticmethod
    def of(changed: Changed) -> "PlacesChanged":
        return PlacesChanged(
            version=changed.version,
            places=[Place.of(place) for place in changed.places],
            gone=[strawberry.ID(graph_ids.encode(graph_ids.PLACE, gone.hex)) for gone in changed.gone],
            missed=changed.missed,
        )


@public
@strawberry.type
class PlaceSubscription:
    @strawberry.subscription(description="Of the places in a box, or of at most 100 by their ids.")
    async def places_changed(
        self,
        info: Info,
        bounds: BoundsInput | None = None,
        ids: list[strawberry.ID] | None = None,
        since: Annotated[
            str | None, strawberry.argument(description="A version that was told before; null: from now on.")
        ] = None,
    ) -> AsyncIterator[PlacesChanged]:
        changes = info.context.graph.watching.watch(_watched(info, bounds, ids), since)
        del info, bounds, ids  # and all that executed the document: thousands wait here
        async for changed in changes:
            told = PlacesChanged.of(changed)
            del changed
            yield told
            del told


def _watched(info: Info, bounds: BoundsInput | None, ids: list[strawberry.ID] | None) -> Watched:
    """By the ids that the places have now. Raises BadUserInputError."""
    if (bounds is None) == (ids is None):
        raise BadUserInputError("placesChanged: give either bounds or ids.")
    if bounds is not None:
        return Watched(bounds.to_domain())
    asked = [graph_ids.place_id(each) for each in ids or ()]
    if not 1 <= len(asked) <= MAX_IDS:
        raise BadUserInputError(f"ids: between 1 and {MAX_IDS} of them.")
    found = (info.context.graph.find(each) for each in asked)
    return Watched(ids=frozenset((place.id if place else each) for each, place in zip(asked, found, strict=True)))
