"""The compiled executor answers what graphql-core answers: data, errors and order, whatever resolvers do."""

import asyncio
from typing import Final

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from parkgraph.api.execution.executor import Executor
from parkgraph.api.execution.resolution import AsInSchema, Resolutions
from tests.api.execution.awkward import SCHEMA, Known, Steady, World, close_all
from tests.api.execution.differential import compiled, interpreted, said, valid, was_compiled
from tests.api.execution.operations import Operations

KNOWN: Final[list[Resolutions]] = [AsInSchema(), Known(), Steady()]
"""How much is known of the resolvers."""


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 40),
    oddness=st.sampled_from([0, 5, 20, 50]),
    kind=st.sampled_from(["query", "mutation"]),
    known=st.sampled_from(KNOWN),
)
def test_an_operation_over_an_awkward_schema(seed: int, size: int, oddness: int, kind: str, known: Resolutions) -> None:
    assert agree(seed, size, oddness, kind, known) is not False


def agree(seed: int, size: int, oddness: int, kind: str, known: Resolutions) -> bool:
    """Whether the two ways agree on the operation of this seed and size."""
    made = Operations(SCHEMA, seed, size)
    text = made.make(kind)
    assume(valid(SCHEMA, text))
    ours, theirs = World(seed, oddness), World(seed, oddness)
    executor = Executor(SCHEMA, known)
    answer = asyncio.run(compiled(executor, text, made.variables, ours))
    expected = asyncio.run(interpreted(SCHEMA, text, made.variables, theirs))
    close_all()
    assert said(answer) == said(expected), text
    if isinstance(known, Steady):
        assert ours.unsteady == theirs.unsteady, text
        assert set(ours.calls) >= set(theirs.calls), text
    else:
        assert ours.calls == theirs.calls, text
    return was_compiled(executor)
