"""`make train-matching`: learn the weights of matching from labelled pairs, and judge them on areas held out.

Logistic regression with a Gaussian prior around what a careful local would say, so that a kind of evidence of which
few pairs tell (a shared id, a number) keeps a sane weight. The pairs stay where they are: only numbers are written.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Final

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import Features, features, model
from parkgraph.graph.matching.evidence import REACH_M, Evidence, contradicts, weigh
from parkgraph.graph.matching.labels import Label, read_labels, read_listings
from parkgraph.graph.matching.model import Model

WEIGHTS: Final = Path(model.__file__).with_name("weights.json")
MERGE: Final = Path(__file__).resolve().parents[1] / ".." / "shared" / "merge"

PRIOR: Final = Model(
    bias=2.0,
    weights=Evidence(
        distance=-2.0,
        name_alike=3.0,
        name_unlike=-1.5,
        same_house=2.0,
        other_street=-1.0,
        same_code=2.0,
        capacity_near=2.5,
        capacity_apart=-2.0,
        same_structure=0.5,
        garage_and_lot=-1.0,
        street_and_lot=-1.0,
        same_operator=1.0,
        same_external_id=4.0,
        other_users=-2.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen, not learnt.

    `spread`: how far a weight may be from the prior, as a standard deviation. `lenience` is added to the bias: what is
    labelled different was picked for being hard to tell, and groups with one listing of a network at most rule out
    much of what a pair by itself leaves open.
    """

    spread: float = 1.0
    lenience: float = 0.5


CHOSEN: Final = Choice()
CHOICES: Final = tuple(Choice(spread, lenience) for spread in (0.5, 1.0, 2.0) for lenience in (0.0, 0.5, 1.0))

_ROUNDS: Final = 50
_STILL: Final = 1e-9

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What there is to learn from."""

    listings: Mapping[ListingKey, Features]
    labels: Sequence[Label]

    @property
    def areas(self) -> list[str]:
        return sorted({label.area for label in self.labels})


def read(listings: Path, truth: Path) -> Labelled:
    given = read_listings(listings)
    return Labelled({key: features(listing) for key, listing in given.items()}, read_labels(truth, given))


def weighed(listings: Mapping[ListingKey, Features], labels: Iterable[Label]) -> Iterator[tuple[Evidence, bool]]:
    """The pairs that the model is ever asked about: of two networks, in reach, without a contradiction."""
    for label in labels:
        x, y = listings[label.a], listings[label.b]
        metres = x.location.distance_m(y.location)
        if label.a.network != label.b.network and metres <= REACH_M and not contradicts(x, y):
            yield weigh(x, y, metres), label.same


def train(listings: Mapping[ListingKey, Features], labels: Iterable[Label], choice: Choice = CHOSEN) -> Model:
    rows = [((1.0, *evidence), same) for evidence, same in weighed(listings, labels)]
    bias, *weights = fit(rows, (PRIOR.bias, *PRIOR.weights), choice.spread)
    return Model(round(bias + choice.lenience, 2), Evidence(*(round(weight, 2) for weight in weights)))


def fit(rows: Sequence[tuple[Vector, bool]], prior: Vector, spread: float) -> list[float]:
    """The most probable weights, by Newton's method: the posterior is concave, so there is one answer."""
    weights = list(prior)
    size = range(len(prior))
    for _ in range(_ROUNDS):
        gradient = [(prior[i] - weights[i]) / spread**2 for i in size]
        curvature = [[1 / spread**2 if i == j else 0.0 for j in size] for i in size]
        for values, same in rows:
            present = [i for i in size if values[i]]
            chance = _chance(sum(weights[i] * values[i] for i in present))
            for i in present:
                gradient[i] += (same - chance) * values[i]
                for j in present:
                    curvature[i][j] += chance * (1 - chance) * values[i] * values[j]
        step = _solve(curvature, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < _STILL:
            break
    return weights


def _chance(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds >= 0 else exp(log_odds) / (1 + exp(log_odds))


def _solve(matrix: Sequence[Vector], right: Vector) -> list[float]:
    """Gaussian elimination; the matrix is positive definite, so no pivot is 0."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [b - factor * a for a, b in zip(rows[i], rows[j], strict=True)]
    answer = [0.0] * size
    for i in reversed(range(size)):
        answer[i] = (rows[i][size] - sum(rows[i][k] * answer[k] for k in range(i + 1, size))) / rows[i][i]
    return answer


def document(labelled: Labelled) -> dict[str, object]:
    """The weights, and how they came about."""
    trained = train(labelled.listings, labelled.labels)
    return {
        "weights": {"bias": trained.bias, **trained.weights._asdict()},
        "training": {
            "pairs": len(labelled.labels),
            "same": sum(label.same for label in labelled.labels),
            "areas": len(labelled.areas),
            "prior": {"bias": PRIOR.bias, **PRIOR.weights._asdict()},
            "spread": CHOSEN.spread,
            "lenience": CHOSEN.lenience,
        },
    }


def main() -> None:
    from bench import matching_page, matching_protocols  # which trains models itself

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=Path, default=MERGE / "listings-dev.jsonl")
    parser.add_argument("--truth", type=Path, default=MERGE / "truth-dev.tsv")
    chosen = parser.parse_args()
    labelled = read(chosen.listings, chosen.truth)
    learnt = document(labelled)
    judged = matching_protocols.report(labelled)
    WEIGHTS.write_text(json.dumps({**learnt, "held_out": judged}, indent=2) + "\n")
    matching_page.write_quality(learnt, judged, matching_protocols.held_out_log_odds(labelled))
    print(f"wrote {WEIGHTS.name}, {matching_page.PAGE.name} and {matching_page.PLOT.name}")


if __name__ == "__main__":
    main()
