"""Learning the weights, and how right matching is in areas that it was not trained on."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import cities
from bench.matching_protocols import WORSE, leave_one_out, of_area, of_networks
from bench.train_matching import CHOSEN, PRIOR, Labelled, document, fit, read, train
from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import Features, PartOf, cluster, features
from parkgraph.graph.matching.labels import Label
from parkgraph.graph.matching.model import TRAINED
from parkgraph.graph.matching.report import judge, score, scores
from tests.graph.listings import keyed, listing

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"
MERGE = SHARED / "merge"
needs_labels = pytest.mark.skipif(not MERGE.exists(), reason="the labelled pairs are not on this machine")


def test_without_pairs_the_prior_is_what_is_known() -> None:
    assert fit([], (1.0, -2.0), spread=1.0) == [1.0, -2.0]
    assert train({}, []) == replace(PRIOR, bias=PRIOR.bias + CHOSEN.lenience)


def test_pairs_move_the_weights_that_they_tell_of_and_no_others() -> None:
    rows = [((1.0, 1.0, 0.0), True)] * 30 + [((1.0, 0.0, 0.0), False)] * 30
    bias, told, untold = fit(rows, (0.0, 0.0, 2.0), spread=1.0)
    assert bias < 0 < told
    assert untold == pytest.approx(2.0)


def test_a_wider_spread_follows_the_pairs_further() -> None:
    rows = [((1.0,), True)] * 10
    (narrow,), (wide,) = fit(rows, (0.0,), spread=0.5), fit(rows, (0.0,), spread=3.0)
    assert 0 < narrow < wide


def test_pairs_that_the_model_is_never_asked_about_teach_nothing() -> None:
    members = dict(
        [
            keyed("a", listing("1", name="P1")),
            keyed("a", listing("2", name="P1")),
            keyed("b", listing("1", name="P2")),
            keyed("c", listing("1", name="P1", north_m=400)),
        ]
    )
    known = {key: features(each) for key, each in members.items()}
    a = ListingKey("a", "1")
    labels = [Label(a, other, same=True) for other in known if other != a]
    assert train(known, labels) == train({}, [])


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    return read(MERGE / "listings-dev.jsonl", MERGE / "truth-dev.tsv")


class TestInOtherCountries:
    """By the committed weights, which no pair of these taught."""

    given = cities.read()

    def test_other_languages_and_addresses_are_matched(self) -> None:
        found = score(judge(self.given.labels(), cluster(matched(self.given))))
        assert (found.precision or 0) >= 0.97
        assert (found.recall or 0) >= 0.97

    def test_of_sloppier_networks_less_is_found_but_little_is_wrong(self) -> None:
        worse = self.given.worsened(1, **WORSE)
        found = score(judge(worse.labels(), cluster(matched(worse))))
        assert (found.precision or 0) >= 0.95
        assert (found.recall or 0) >= 0.8


def matched(given: cities.Cities) -> dict[ListingKey, Features]:
    return {key: features(each) for key, each in given.listings.items()}


@needs_labels
class TestOnLabelledPairs:
    def test_in_areas_held_out_a_careful_local_would_agree(self, labelled: Labelled) -> None:
        found = scores(leave_one_out(labelled, of_area))
        assert (found["independent"].f1 or 0) >= 0.97
        assert (found["hard"].f1 or 0) >= 0.94
        assert (found["all"].precision or 0) >= 0.98

    def test_networks_that_it_was_not_trained_on_are_matched_as_well(self, labelled: Labelled) -> None:
        found = scores(leave_one_out(labelled, of_networks))
        assert (found["independent"].f1 or 0) >= 0.96
        assert (found["hard"].f1 or 0) >= 0.93

    def test_the_committed_weights_are_those_that_training_gives(self, labelled: Labelled) -> None:
        weights = document(labelled)["weights"]
        assert weights == {"bias": TRAINED.bias, **TRAINED.weights._asdict()}

    def test_wholes_and_their_parts_are_found(self, labelled: Labelled) -> None:
        def capacity(pair: PartOf) -> tuple[int | None, int | None]:
            return labelled.listings[pair.whole].capacity, labelled.listings[pair.part].capacity

        found = {capacity(pair) for pair in cluster(labelled.listings).parts}
        assert {(433, 297), (433, 136), (177, 102), (177, 77), (1681, 489), (1681, 750)} <= found
