"""How well a clustering agrees with labelled pairs, and where it does not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching.clustering import Clustering
from parkgraph.graph.matching.evidence import Evidence, contradicts, weigh
from parkgraph.graph.matching.features import Features
from parkgraph.graph.matching.labels import Label
from parkgraph.graph.matching.model import TRAINED, Model

ALL: Final = "all"
HARD: Final = "hard"


@dataclass(frozen=True, slots=True)
class Score:
    """Labelled pairs, joined rightly and wrongly, left apart rightly and wrongly. A rate of nothing is None."""

    true_same: int = 0
    false_same: int = 0
    true_different: int = 0
    false_different: int = 0

    @property
    def pairs(self) -> int:
        return self.true_same + self.false_same + self.true_different + self.false_different

    @property
    def precision(self) -> float | None:
        return _share(self.true_same, self.true_same + self.false_same)

    @property
    def recall(self) -> float | None:
        return _share(self.true_same, self.true_same + self.false_different)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.true_same, 2 * self.true_same + self.false_same + self.false_different)


@dataclass(frozen=True, slots=True)
class Judged:
    """A label, and what the clustering says."""

    label: Label
    together: bool

    @property
    def wrong(self) -> bool:
        return self.label.same != self.together


@dataclass(frozen=True, slots=True)
class Mistake:
    """A label that the clustering disagrees with. `log_odds` are the model's for the pair alone, above 0 is same."""

    label: Label
    metres: float
    log_odds: float
    contradicts: bool
    evidence: Evidence


def judge(labels: Iterable[Label], clustering: Clustering) -> list[Judged]:
    """Pairs without a label were not judged by anybody, and count for nothing."""
    cluster_of = {key: number for number, cluster in enumerate(clustering.clusters) for key in cluster}
    return [Judged(label, cluster_of[label.a] == cluster_of[label.b]) for label in labels]


def scores(judged: Sequence[Judged]) -> dict[str, Score]:
    """Of all pairs, of each lineage, and of the hard ones."""
    found = {ALL: score(judged)}
    for lineage in sorted({each.label.lineage for each in judged} - {""}):
        found[lineage] = score(each for each in judged if each.label.lineage == lineage)
    if any(each.label.hard for each in judged):
        found[HARD] = score(each for each in judged if each.label.hard)
    return found


def score(judged: Iterable[Judged]) -> Score:
    counts = {(True, True): 0, (False, True): 0, (False, False): 0, (True, False): 0}
    for each in judged:
        counts[each.label.same, each.together] += 1
    return Score(*counts.values())


def mistakes(
    judged: Iterable[Judged], listings: Mapping[ListingKey, Features], model: Model = TRAINED
) -> list[Mistake]:
    """The worst first: those of which the model is surest."""
    found = []
    for each in judged:
        if each.wrong:
            x, y = listings[each.label.a], listings[each.label.b]
            metres = x.location.distance_m(y.location)
            evidence = weigh(x, y, metres)
            found.append(Mistake(each.label, metres, model.log_odds(evidence), contradicts(x, y), evidence))
    return sorted(found, key=lambda mistake: (-abs(mistake.log_odds), mistake.label.a, mistake.label.b))


def _share(some: int, all_: int) -> float | None:
    return some / all_ if all_ else None
