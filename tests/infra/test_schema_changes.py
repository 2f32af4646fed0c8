"""What a change of the schema means to clients, as a merge request is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.gitlab import schema_changes

BEFORE = (
    "type Query { place(id: ID!): Place }\ntype Place { id: ID!  name: String!  kind: Kind! }\nenum Kind { GARAGE LOT }"
)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("name: String!", "", "Place.name was removed"),
        ("name: String!", "name: String", "Place.name changed type from String! to String"),
        ("id: ID!)", "id: ID!, at: String!)", "required arg"),
        ("GARAGE LOT", "GARAGE", "Kind.LOT was removed"),
    ],
)
def test_what_breaks_clients_is_named(right: str, wrong: str, words: str) -> None:
    breaking, _ = schema_changes.changes(BEFORE, BEFORE.replace(right, wrong, 1))
    assert any(words.lower() in change.lower() for change in breaking)


def test_a_new_field_breaks_nobody_and_a_new_value_may_surprise() -> None:
    assert schema_changes.changes(BEFORE, BEFORE.replace("name:", "address: String  name:")) == ([], [])
    breaking, dangerous = schema_changes.changes(BEFORE, BEFORE.replace("LOT", "LOT STREET"))
    assert breaking == []
    assert "STREET" in dangerous[0]


@pytest.mark.parametrize(("labels", "code"), [("", 1), ("api,breaking", 0), ("unbreaking", 1)])
def test_only_the_label_lets_it_pass(tmp_path: Path, labels: str, code: int) -> None:
    before, after = tmp_path / "before.graphql", tmp_path / "after.graphql"
    before.write_text(BEFORE)
    after.write_text(BEFORE.replace("name: String!", ""))
    files = (str(before), str(after))
    command = [sys.executable, "-m", "infra.gitlab.schema_changes", *files, "--labels", labels]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert result.returncode == code
    assert "Place.name was removed" in result.stdout


def test_a_schema_does_not_differ_from_itself() -> None:
    assert schema_changes.report(*schema_changes.changes(BEFORE, BEFORE), allowed=False).startswith("Nothing")
