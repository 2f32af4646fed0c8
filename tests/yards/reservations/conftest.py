import pytest

from parkgraph.db.engine import Database
from tests.yards.reservations.stage import Stage, stage_on


@pytest.fixture
def stage(database: Database) -> Stage:
    return stage_on(database)
