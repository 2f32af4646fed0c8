"""What a client of the API has: an address, and perhaps a token."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Api:
    """`token`: None where none was given; what needs one is skipped then."""

    http: httpx.Client
    token: str | None

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.answer(query, variables, token=token)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def codes(self, query: str, variables: dict[str, Any] | None = None) -> list[str]:
        """Of the errors of an answer."""
        return [error["extensions"]["code"] for error in self.answer(query, variables).get("errors", [])]

    def answer(
        self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=headers)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer
