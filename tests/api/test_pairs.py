"""Queries and what they answer, as pairs of files: `name.graphql` beside `name.json`."""

import json
from pathlib import Path

import pytest

from tests.api.conftest import Ask

PAIRS = sorted(Path(__file__).parent.glob("*.graphql"))


@pytest.mark.parametrize("query", PAIRS, ids=lambda path: path.stem)
def test_a_query_answers_what_stands_beside_it(query: Path, ask: Ask) -> None:
    assert ask(query.read_text()) == json.loads(query.with_suffix(".json").read_text())


def test_every_query_has_its_answer_and_every_answer_its_query() -> None:
    folder = Path(__file__).parent
    assert {path.stem for path in PAIRS} == {path.stem for path in folder.glob("*.json")}
    assert PAIRS
