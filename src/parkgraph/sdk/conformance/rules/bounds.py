"""The rule that no number comes through that cannot be, however wrong an answer is."""

from collections.abc import Iterator

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.conformance.facts import amounts
from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.rules.values import HEIGHTS_CM, MOST_SPACES, counts, inside
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.conformance.ward import wounded


@rule(
    "bounds",
    "However wrong an answer is, a place lies in the coverage, its counts and height can be, no amount is negative.",
)
def bounds(subject: Subject) -> Iterator[Problem]:
    # What the samples themselves show is for the rules about values to say.
    usual = {problem for _, item in subject.items() for problem in _beyond(subject, item)}
    for wound in wounded(subject):
        for item in wound.changed:
            for problem in _beyond(subject, item):
                if problem not in usual:
                    yield Problem(wound.where, problem, "Bound it: the row is rejected, or it is None.")


def _beyond(subject: Subject, item: Listing | OccupancyUpdate) -> Iterator[str]:
    for name, count in counts(item):
        if count > MOST_SPACES:
            yield f"{name} is no number of spaces."
    if isinstance(item, Listing):
        if subject.info.coverage and not inside(subject.info.coverage, item.location):
            yield "its position is outside of info.coverage."
        if item.max_height_cm is not None and item.max_height_cm not in HEIGHTS_CM:
            yield "max_height_cm is no height of a garage."
        for _, amount, _ in amounts(item):
            if amount < 0:
                yield "a price is negative."
