"""Rules about networks that are asked one question at a time."""

from collections.abc import Iterator
from typing import Final

from parkgraph.domain.geo import Bounds, Circle, Coordinates
from parkgraph.domain.place import Listing
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.subject import SEARCH, WITHOUT_STAY, Subject
from parkgraph.sdk.contract import SearchAdapter

HALF_OF_A_BOX_DEG: Final = 0.05
"""At the most: some five kilometres."""


@rule("in-area", "What is found lies in the area that was asked for, be it a circle or a box.", of=SearchAdapter)
def in_area(subject: Subject) -> Iterator[Problem]:
    if SEARCH not in subject.answers:
        raise NotApplicable("nothing was found")
    found = [item.location for item in subject.answers[SEARCH].items if isinstance(item, Listing)]
    if len({(at.latitude, at.longitude) for at in found}) < 2:
        raise NotApplicable("the sample has no two places")
    at, circle = _circle(found)
    areas: dict[str, Circle | Bounds] = {"a circle": circle, "a box": _box(at, found)}
    for name, area in areas.items():
        result = subject.ask(subject.search(f"search in {name}", area, subject.stay))
        if result.raised is not None:
            yield Problem(f"search in {name}", f"it ends in {type(result.raised).__name__}.", "Answer for any area.")
        elif result.batch is not None:
            inside = [item for item in result.batch.items if isinstance(item, Listing) and area.contains(item.location)]
            if len(inside) < len(result.batch.items):
                yield Problem(
                    f"search in {name}", "a place outside of it is found.", "Leave out what area.contains() denies."
                )
            elif not inside:
                yield Problem(
                    f"search in {name}", "the place in it is not found.", "Ask the network for the whole area."
                )


def _circle(found: list[Coordinates]) -> tuple[Coordinates, Circle]:
    """A circle around one of the places, and none of the others; if one can be had, such that its box holds another."""
    circles = [(at, Circle(at, 0.99 * min(at.distance_m(other) for other in found if other != at))) for at in found]
    return next(
        (
            (at, circle)
            for at, circle in circles
            if any(other != at and circle.bounds.contains(other) for other in found)
        ),
        circles[0],
    )


def _box(at: Coordinates, found: list[Coordinates]) -> Bounds:
    """A box around one of the places, and none of the others."""
    nearest = min(
        max(abs(at.latitude - other.latitude), abs(at.longitude - other.longitude)) for other in found if other != at
    )
    half = min(nearest / 2, HALF_OF_A_BOX_DEG)
    return Bounds(
        max(-90.0, at.latitude - half),
        max(-180.0, at.longitude - half),
        min(90.0, at.latitude + half),
        min(180.0, at.longitude + half),
    )


@rule("offers-need-a-stay", "Without a stay nothing is priced.", of=SearchAdapter)
def offers_need_a_stay(subject: Subject) -> Iterator[Problem]:
    if WITHOUT_STAY not in subject.answers:
        raise NotApplicable("the network is not asked without a stay")
    for item in subject.answers[WITHOUT_STAY].items:
        if isinstance(item, Listing) and item.offers:
            yield Problem(f"{WITHOUT_STAY}, {item.local_id}", "it has an offer.", "Leave offers empty.")
