"""GraphiQL, in development: its files come with the extra `graphiql`, so that it needs no internet."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import orjson

PATH: Final = "/graphiql"

EXAMPLE_QUERY: Final = """\
{
  nearby(
    near: { latitude: 48.7838, longitude: 9.1829 }
    radius: 1500
    stay: { arrive: "2026-11-24T09:00:00+01:00", leave: "2026-11-24T12:30:00+01:00" }
  ) {
    totalCount
    edges {
      distance
      cheapest { total { amount currency } network { id } }
      node { id name occupancy { vacant capacity } listings { network { id } } }
    }
    sources { network { id } status asOf listings }
  }
}"""


def files() -> Path | None:
    """The folder of GraphiQL's own files; None without the extra."""
    package = find_spec("graphene_django_graphiql_static")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "static" / "graphene_django_graphiql_static"


PAGE: Final = f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>ParkGraph</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{PATH}/graphiql.min.css">
    <style>html, body, #graphiql {{ height: 100%; margin: 0 }}</style>
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="{PATH}/react.production.min.js"></script>
    <script src="{PATH}/react-dom.production.min.js"></script>
    <script src="{PATH}/graphiql.min.js"></script>
    <script>
      ReactDOM.render(
        React.createElement(GraphiQL, {{
          fetcher: GraphiQL.createFetcher({{ url: "/graphql" }}),
          defaultQuery: {orjson.dumps(EXAMPLE_QUERY).decode()},
        }}),
        document.getElementById("graphiql")
      );
    </script>
  </body>
</html>
"""
