"""How right matching is on what it was not made from, in ways that hold ever more back.

Each model judges only pairs that neither its weights nor, where "chosen" is said, its choices have seen. What no way
can hold back is what people wrote while they looked at these areas: the kinds of evidence, the words, the vetoes. For
that there are the written cities, whose errors were looked at less.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bench import cities
from bench.train_matching import CHOICES, CHOSEN, Choice, Labelled, train, weighed
from parkgraph.graph.matching import cluster, features
from parkgraph.graph.matching.labels import Label
from parkgraph.graph.matching.model import Model
from parkgraph.graph.matching.report import ALL, HARD, Judged, Score, judge, score, scores

INDEPENDENT: Final = "independent"
DRAWS: Final = 20
RESAMPLES: Final = 1_000
INNER_FOLDS: Final = 4
WORSE: Final = {"hidden": 0.5, "metres": 40.0, "capacities": 0.15}

Groups = Callable[[Label], Iterable[str]]
Rates = dict[str, float | int | None]


def report(labelled: Labelled) -> dict[str, dict[str, Rates]]:
    """By protocol, then by kind of pairs."""
    areas = leave_one_out(labelled, of_area)
    return {
        "area": rates(areas),
        "area, chosen anew": rates(leave_one_out(labelled, of_area, choose)),
        "network": rates(leave_one_out(labelled, of_networks)),
        "half of the areas": halves(labelled),
        "areas drawn again": resampled(areas),
        "written cities": {ALL: _rates(score(written(labelled)))},
        "written cities, worsened": {ALL: _rates(score(written(labelled, DRAWS)))},
    }


def leave_one_out(
    labelled: Labelled, groups: Groups, chosen: Callable[[Labelled], Choice] = lambda _: CHOSEN
) -> list[Judged]:
    """Every label judged by models that saw none of one of its groups, once for each."""
    return [
        judged
        for unseen, seen in _folds(labelled, groups)
        for judged in _judge(labelled, unseen, train(seen.listings, seen.labels, chosen(seen)))
    ]


def of_area(label: Label) -> Iterable[str]:
    return [label.area]


def of_networks(label: Label) -> Iterable[str]:
    return {label.a.network, label.b.network}


def choose(labelled: Labelled) -> Choice:
    """What gives the best F1 where these areas are held out in turn; of equals the first."""
    by_size = [area for area, _ in Counter(label.area for label in labelled.labels).most_common()]
    fold_of = {area: str(number % INNER_FOLDS) for number, area in enumerate(by_size)}

    def f1(choice: Choice) -> float:
        return score(leave_one_out(labelled, lambda label: [fold_of[label.area]], lambda _: choice)).f1 or 0.0

    return max(CHOICES, key=f1)


def halves(labelled: Labelled) -> dict[str, Rates]:
    """Half of the areas, drawn at random, teach; the others judge. The mean of the draws, and the least."""
    found: list[dict[str, Rates]] = []
    for draw in range(DRAWS):
        areas = random.Random(draw).sample(labelled.areas, len(labelled.areas) // 2)
        unseen = [label for label in labelled.labels if label.area not in areas]
        trained = train(labelled.listings, (label for label in labelled.labels if label.area in areas))
        found.append(rates(_judge(labelled, unseen, trained)))
    return _spread(found, min)


def resampled(judged: Sequence[Judged]) -> dict[str, Rates]:
    """As if other areas of the kind had been labelled, drawn with replacement. The mean, and the 5th of 100."""
    by_area: dict[str, list[Judged]] = {}
    for each in judged:
        by_area.setdefault(each.label.area, []).append(each)
    chance = random.Random(8)
    found = [
        rates([each for area in chance.choices(sorted(by_area), k=len(by_area)) for each in by_area[area]])
        for _ in range(RESAMPLES)
    ]
    return _spread(found, lambda values: sorted(values)[len(values) // 20])


def written(labelled: Labelled, draws: int = 0) -> list[Judged]:
    """The written cities as they are, or worsened so many times, by the model that saw all labelled pairs."""
    trained = train(labelled.listings, labelled.labels)
    given = cities.read()
    versions = [given.worsened(seed, **WORSE) for seed in range(draws)] or [given]
    return [
        judged
        for version in versions
        for judged in judge(
            version.labels(), cluster({k: features(each) for k, each in version.listings.items()}, model=trained)
        )
    ]


def held_out_log_odds(labelled: Labelled) -> list[tuple[float, bool]]:
    """Of each pair by a model that saw none of its area, and whether it is labelled the same."""
    return [
        (trained.log_odds(evidence), same)
        for unseen, seen in _folds(labelled, of_area)
        for trained in [train(seen.listings, seen.labels)]
        for evidence, same in weighed(labelled.listings, unseen)
    ]


def rates(judged: Sequence[Judged]) -> dict[str, Rates]:
    return {name: _rates(each) for name, each in scores(judged).items()}


def _folds(labelled: Labelled, groups: Groups) -> Iterator[tuple[Sequence[Label], Labelled]]:
    for group in sorted({group for label in labelled.labels for group in groups(label)}):
        unseen = [label for label in labelled.labels if group in groups(label)]
        seen = [label for label in labelled.labels if group not in groups(label)]
        yield unseen, Labelled(labelled.listings, seen)


def _judge(labelled: Labelled, labels: Iterable[Label], model: Model) -> list[Judged]:
    return judge(labels, cluster(labelled.listings, model=model))


def _rates(counted: Score) -> Rates:
    return {
        "pairs": counted.pairs,
        "precision": _rounded(counted.precision),
        "recall": _rounded(counted.recall),
        "f1": _rounded(counted.f1),
    }


def _spread(found: Sequence[Mapping[str, Rates]], worst: Callable[[Sequence[float]], float]) -> dict[str, Rates]:
    """The mean F1 and precision of several judgements, and the worst of each."""
    spread: dict[str, Rates] = {}
    for kind in (ALL, INDEPENDENT, HARD):
        spread[kind] = {}
        for rate in ("precision", "f1"):
            values = [value for each in found if kind in each and (value := each[kind][rate]) is not None]
            spread[kind] |= {rate: _rounded(sum(values) / len(values)), f"{rate}_low": _rounded(worst(values))}
    return spread


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 3)
