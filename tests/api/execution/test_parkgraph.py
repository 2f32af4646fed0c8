"""On ParkGraph's own schema and data, too, the compiled executor answers what graphql-core answers."""

import ast
import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from orjson import Fragment

from parkgraph.accounts.principal import ANONYMOUS, Principal, Role
from parkgraph.api import schema
from parkgraph.api.context import Context
from parkgraph.api.execution.executor import Executor
from parkgraph.graph.search import Search
from parkgraph.networks import registry
from parkgraph.services import open_services
from parkgraph.settings import load
from tests.api.execution.differential import execution, interpreted, prepare, said, valid, was_compiled
from tests.api.execution.operations import Operations
from tests.conftest import execute, with_database

BUILT = schema.build()
SCHEMA = BUILT.core
TESTS = Path(__file__).parents[2]
OWNER = Principal("berta", frozenset({Role.OWNER, Role.DRIVER}))


class Demo:
    """The demo's services, at an instant that stands still."""

    def __init__(self, runner: asyncio.Runner, context: Context) -> None:
        self._runner = runner
        self._context = context

    def agree(self, text: str, variables: dict[str, Any], principal: Principal) -> None:
        context = replace(self._context, principal=principal)
        theirs = said(self._runner.run(interpreted(SCHEMA, text, variables, context)))
        for kept in (0, 1_000_000):  # once before classes are learnt, or JSON is kept, and once after
            executor = Executor(SCHEMA, BUILT.resolutions, fragment_bytes=kept)
            prepared = prepare(executor, text)
            for _ in range(2):
                ours = self._runner.run(execution(partial(prepared.execute, context, variables)))
                assert said(ours) == theirs, text
            assert was_compiled(executor) or "__schema" in text or "__type(" in text, text

    def answer(self, text: str) -> Any:
        """What is answered when classes are learnt."""
        prepared = prepare(Executor(SCHEMA, BUILT.resolutions), text)
        for _ in range(2):
            result = self._runner.run(execution(partial(prepared.execute, self._context, {})))
        return result.data


@pytest.fixture(scope="module")
def demo(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    now = datetime.now(UTC)

    async def start(stack: AsyncExitStack) -> Context:
        name = f"demo_{uuid4().hex}"
        await execute(database_url, f"CREATE DATABASE {name}")
        environ = {
            "PARKGRAPH_DATABASE_URL": with_database(database_url, name),
            "PARKGRAPH_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }
        settings = load(None, environ)
        services = await stack.enter_async_context(open_services(settings, registry.build_demo(settings), demo=True))
        await services.context.networks.first_attempts(30)
        context = services.context
        return replace(context, search=Search(context.graph, context.networks, 5, clock=lambda: now))

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield Demo(runner, runner.run(start(stack)))
        runner.run(stack.aclose())


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), size=st.integers(1, 40), principal=st.sampled_from([ANONYMOUS, OWNER]))
def test_a_query(demo: Demo, seed: int, size: int, principal: Principal) -> None:
    made = Operations(SCHEMA, seed, size)
    text = made.make()
    assume(valid(SCHEMA, text))
    demo.agree(text, made.variables, principal)


def _queries_of_the_tests() -> Iterator[str]:
    """Every text in the tests that is a query."""
    yield from (path.read_text() for path in sorted(TESTS.rglob("*.graphql")))
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
                yield node.value


def _is_query(text: str) -> bool:
    try:
        document = parse(text)
    except GraphQLError:
        return False
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        return False
    return not validate(SCHEMA, document)


def test_every_query_of_the_tests(demo: Demo) -> None:
    queries = [text for text in dict.fromkeys(_queries_of_the_tests()) if _is_query(text)]
    assert len(queries) > 50
    for text in queries:
        operation = next(each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode))
        demo.agree(text, Operations(SCHEMA, 1, 0).variables_of(operation), OWNER)


def test_what_is_steady_in_a_search_is_written_as_a_whole(demo: Demo) -> None:
    """With an id that a function makes, an occupancy that an object wraps, exact amounts, and the names of types."""
    text = """query {
      nearby(near: {latitude: 48.78, longitude: 9.18}, radius: 5000, first: 20,
             stay: {arrive: "2027-01-04T09:00:00+01:00", leave: "2027-01-05T09:00:00+01:00"}) {
        edges {
          cursor distance
          node { __typename id name kind features capacity location { latitude longitude } occupancy { vacant level } }
          offers {
            status bookable tariffText url total { amount currency } validUntil lines { label amount { amount } }
          }
        }
        totalCount
      }
    }"""
    demo.agree(text, {}, ANONYMOUS)
    data = demo.answer(text)
    assert isinstance(data["nearby"], Fragment)
    assert len(orjson.loads(orjson.dumps(data["nearby"]))["edges"]) > 3
