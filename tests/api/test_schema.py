from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from parkgraph.api import schema

COMMITTED = Path(__file__).resolve().parents[2] / "schema.graphql"


def test_the_committed_schema_is_the_one_in_the_code() -> None:
    assert COMMITTED.read_text() == schema.export(), "run: .venv/bin/parkgraph schema export schema.graphql"


def test_the_public_names_are_those_of_the_design() -> None:
    """What clients were promised: nothing of it may go or change its type."""
    promised = build_schema((Path(__file__).parent / "promised.sdl").read_text())
    now = build_schema(schema.export())
    assert [change.description for change in find_breaking_changes(promised, now)] == []
