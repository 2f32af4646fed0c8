"""How sure it is that two listings are one place: a weighted sum of evidence, as log-odds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from operator import mul
from typing import Self

from parkgraph.graph.matching.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic: above 0 is more likely one place than two; 2.2 is nine to one."""

    bias: float
    weights: Evidence

    def log_odds(self, evidence: Evidence) -> float:
        products: Iterable[float] = map(mul, self.weights, evidence)
        return self.bias + sum(products)

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Self:
        """From a weight for each kind of evidence and the `bias`. Raises KeyError without one of them."""
        return cls(weights["bias"], Evidence(*(weights[kind] for kind in Evidence._fields)))


def load() -> Model:
    """The committed weights, which `make train-matching` writes."""
    document = json.loads(files(__package__).joinpath("weights.json").read_text())
    return Model.of(document["weights"])


TRAINED = load()
