"""A server with the private yards, asked in GraphQL by whoever a test needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from parkgraph.accounts.principal import Role
from parkgraph.app import create_app
from parkgraph.settings import load
from tests.signed_in import bearer


@dataclass(slots=True)
class Api:
    """`who`: the name and the role of a token; None: nobody is signed in."""

    http: httpx.AsyncClient
    data_dir: Path

    async def answer(self, who: tuple[str, Role] | None, query: str, **variables: Any) -> dict[str, Any]:
        headers = bearer(self.data_dir, who[1], subject=who[0]) if who else {}
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, who: tuple[str, Role] | None, query: str, **variables: Any) -> Any:
        """What the one field of the query is answered with."""
        answer = await self.answer(who, query, **variables)
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    async def refusal(self, who: tuple[str, Role] | None, query: str, **variables: Any) -> str:
        """Code and message of the one error."""
        answer = await self.answer(who, query, **variables)
        (error,) = answer["errors"]
        return f"{error['extensions']['code']} {error['message']}"


@asynccontextmanager
async def serving(database_url: str, data_dir: Path, **environ: str) -> AsyncIterator[Api]:
    own = {"PARKGRAPH_DATABASE_URL": database_url, "PARKGRAPH_DATA_DIR": str(data_dir)}
    settings = load(None, {**own, **environ})
    app = create_app(settings, [])
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as http,
    ):
        yield Api(http, data_dir)
