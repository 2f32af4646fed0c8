"""The compiled executor answers what graphql-core answers: data, errors and order, whatever resolvers do."""

import asyncio

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from parkgraph.api.execution.executor import Executor
from tests.api.execution.awkward import SCHEMA, Quick, World, close_all
from tests.api.execution.differential import compiled, interpreted, said, valid, was_compiled
from tests.api.execution.operations import Operations


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 40),
    oddness=st.sampled_from([0, 5, 20, 50]),
    kind=st.sampled_from(["query", "mutation"]),
    known=st.booleans(),
)
def test_an_operation_over_an_awkward_schema(seed: int, size: int, oddness: int, kind: str, known: bool) -> None:
    assert agree(seed, size, oddness, kind, known=known) is not False


def agree(seed: int, size: int, oddness: int, kind: str, *, known: bool) -> bool:
    """Whether the two ways agree on the operation of this seed and size. `known`: with shorter ways to values."""
    made = Operations(SCHEMA, seed, size)
    text = made.make(kind)
    assume(valid(SCHEMA, text))
    ours, theirs = World(seed, oddness), World(seed, oddness)
    executor = Executor(SCHEMA, Quick() if known else None)
    answer = asyncio.run(compiled(executor, text, made.variables, ours))
    expected = asyncio.run(interpreted(SCHEMA, text, made.variables, theirs))
    close_all()
    assert said(answer) == said(expected), text
    assert ours.calls == theirs.calls, text
    return was_compiled(executor)
