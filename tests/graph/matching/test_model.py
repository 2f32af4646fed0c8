import json
from importlib.resources import files
from typing import Any

import pytest

from bench.matching_page import weights_on_page
from parkgraph.graph.matching.evidence import Evidence
from parkgraph.graph.matching.model import TRAINED, Model

FOR = ("name_alike", "same_house", "same_code", "capacity_near", "same_structure", "same_operator", "same_external_id")
AGAINST = (
    "distance",
    "name_unlike",
    "other_street",
    "capacity_apart",
    "garage_and_lot",
    "street_and_lot",
    "other_users",
)


def document() -> dict[str, Any]:
    text = files("parkgraph.graph.matching").joinpath("weights.json").read_text()
    return dict(json.loads(text))


def test_log_odds_are_the_bias_and_the_weighed_evidence() -> None:
    weights = Evidence(*[0.0] * len(Evidence._fields))._replace(distance=-2.0, same_code=3.0)
    evidence = Evidence(*[1.0] * len(Evidence._fields))._replace(distance=0.5)
    assert Model(1.0, weights).log_odds(evidence) == 1.0 - 1.0 + 3.0


def test_a_document_without_a_weight_is_refused() -> None:
    with pytest.raises(KeyError):
        Model.of({"bias": 1.0})


def test_the_committed_weights_say_for_and_against_what_a_careful_local_would() -> None:
    weights = TRAINED.weights._asdict()
    assert all(weights[kind] > 0 for kind in FOR)
    assert all(weights[kind] < 0 for kind in AGAINST)


def test_the_committed_weights_come_with_the_report_of_their_training() -> None:
    training = document()["training"]
    assert training["areas"] > 10
    assert all(each["all"]["f1"] >= 0.9 for each in document()["held_out"].values())
    assert document()["weights"].keys() == training["prior"].keys()


def test_the_page_on_matching_shows_the_committed_weights() -> None:
    assert weights_on_page() == document()["weights"]
