"""The clock that stands still and the watch over the world: both end when they should."""

import datetime as clocks
import os
import time
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from parkgraph.sdk.conformance.clock import frozen
from parkgraph.sdk.conformance.sandbox import sandbox

INSTANT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

CODE = """
import datetime as clocks, os, time
from datetime import UTC, date, datetime
from time import time as seconds

def instants():
    return datetime.now(UTC), clocks.datetime.now(UTC), date.today(), time.time(), seconds()

def is_datetime(value):
    return isinstance(value, datetime)

def look():
    return os.environ.get("PATH")

def read():
    return open(__file__)
"""


@pytest.fixture
def module() -> ModuleType:
    made = ModuleType("parkgraph_made")
    made.__file__ = __file__
    exec(compile(CODE, "parkgraph_made.py", "exec"), made.__dict__)
    return made


def test_every_clock_of_a_module_stands_still(module: ModuleType) -> None:
    with frozen((module,), INSTANT):
        assert module.instants() == (
            INSTANT, INSTANT, INSTANT.astimezone().date(), INSTANT.timestamp(), INSTANT.timestamp()
        )  # fmt: skip
        assert module.is_datetime(INSTANT)
        assert not module.is_datetime(date(2026, 3, 2))
        assert datetime.now(UTC) != INSTANT


def test_afterwards_they_go_on(module: ModuleType) -> None:
    with frozen((module,), INSTANT):
        pass
    assert module.datetime is datetime
    assert module.clocks is clocks
    assert module.time is time
    assert module.instants()[0] > INSTANT


def test_a_look_at_the_environment_and_a_file_are_noted(module: ModuleType) -> None:
    with sandbox((module,)) as reached:
        assert module.look() == os.environ["PATH"]
        with pytest.raises(PermissionError):
            module.read()
    assert reached == ["read the environment", "read or write a file"]


def test_others_may_do_what_they_do(module: ModuleType) -> None:
    with sandbox((module,)) as reached, open(__file__) as file:  # noqa: PTH123  (it is what is watched)
        assert file.readline()
        assert os.environ["PATH"]
    assert reached == []
    with module.read() as file:
        assert file.readline()
