"""What a subscription tells, as JSON, whichever protocol carries it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import orjson
from graphql import ExecutionResult, GraphQLError

from parkgraph.api.context import Context
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.errors import presentable
from parkgraph.api.understanding import Understood

PING_SECONDS: Final = 20.0
"""Between signs of life."""

LIFE_SECONDS: Final = 3600.0
"""Of a connection. Then its client has to connect again, with a token that is still valid."""

SEND_SECONDS: Final = 10.0
"""For a client to take what it is told."""


async def tell(documents: Documents, asked: Understood, context: Context) -> AsyncGenerator[bytes]:
    """The results of a subscription, one after the other: the next is made when the one before is taken.

    Raises QueryError where there are none, or none any more. Nothing of a result is kept while the next one is waited
    for: there are thousands who wait.
    """
    supplied = asked.supply()
    events = await documents.subscribe(asked.operation, context, asked.request.variables)
    del asked
    async with aclosing(events):
        try:
            async for event in events:
                answer = supplied.execute(context, event)
                del event
                result = answer if isinstance(answer, ExecutionResult) else await answer
                text = json_of(result)
                del answer, result
                yield text
                del text
        except GraphQLError as fault:
            raise QueryError(presentable(fault)) from None


def json_of(result: ExecutionResult) -> bytes:
    """Raises QueryError for one that has errors alone."""
    errors = [presentable(error) for error in result.errors or ()]
    if result.data is None and errors:
        raise QueryError(*errors)
    return orjson.dumps({"data": result.data, **({"errors": [error.formatted for error in errors]} if errors else {})})
