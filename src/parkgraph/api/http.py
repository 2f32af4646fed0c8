"""`/graphql` over HTTP: POST with JSON, errors with codes, and in development GraphiQL."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, process_result
from strawberry.schema.base import BaseSchema
from strawberry.types import ExecutionResult

from parkgraph.api.context import Context
from parkgraph.api.errors import presentable

GRAPHIQL_PATH = "/graphiql"


def graphiql_files() -> Path | None:
    """Where the extra `graphiql` keeps GraphiQL's own files, so that it needs no internet; None without the extra."""
    package = find_spec("graphene_django_graphiql_static")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "static" / "graphene_django_graphiql_static"


class GraphQLEndpoint(GraphQL[Context, None]):
    """Strawberry's view, narrowed: no queries by GET, no subscriptions, no uploads."""

    def __init__(self, schema: BaseSchema, context: Callable[[], Context], *, ide: bool) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if ide and graphiql_files() else None,
            allow_queries_via_get=False,
            subscription_protocols=(),
        )
        self._context = context

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return self._context()

    async def render_graphql_ide(self, request: Request) -> Response:
        return HTMLResponse(_GRAPHIQL)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        if result.errors:
            result.errors = [presentable(error) for error in result.errors]
        return process_result(result)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


_GRAPHIQL = f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>ParkGraph</title>
    <link rel="stylesheet" href="{GRAPHIQL_PATH}/graphiql.min.css">
    <style>html, body, #graphiql {{ height: 100%; margin: 0 }}</style>
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="{GRAPHIQL_PATH}/react.production.min.js"></script>
    <script src="{GRAPHIQL_PATH}/react-dom.production.min.js"></script>
    <script src="{GRAPHIQL_PATH}/graphiql.min.js"></script>
    <script>
      const query = new URLSearchParams(location.search).get("query") ?? undefined;
      ReactDOM.createRoot(document.getElementById("graphiql")).render(
        React.createElement(GraphiQL, {{ fetcher: GraphiQL.createFetcher({{ url: "/graphql" }}), query }})
      );
    </script>
  </body>
</html>
"""
