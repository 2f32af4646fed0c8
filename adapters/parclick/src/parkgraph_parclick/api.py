"""The wire: addresses, headers, the login, and answers page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import Field, ValidationError

from parkgraph.sdk import Client, Malformed, Refused, Response, Token, Tokens, Unavailable
from parkgraph_parclick.row import Row
from parkgraph_parclick.settings import Settings

PAGE_SIZE: Final = 200
MOST_PAGES: Final = 25

NOT_AVAILABLE: Final = 400
"""The status that says: the network is well, and what was asked for is not to be had."""

TOKEN_HOLDS: Final = timedelta(hours=1)
"""By the documentation; the answer does not say."""


class Login(Row):
    token: str = Field(pattern=r"^[!-~]{1,8000}$")


@dataclass(frozen=True, slots=True)
class Page:
    """`is_last`: the network has no more."""

    items: list[Any]
    is_last: bool


class Api:
    """Every request to the network. A 400 (not to be had) and a 404 are Refused."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self._settings = settings
        self._client = client
        self._tokens = Tokens(self._login)

    async def get(self, path: str, params: Mapping[str, str]) -> Any:
        """The document at this path, its numbers exact."""
        url = self._url(path)
        response = await self._ask(lambda headers: self._client.get(url, params=params, headers=headers))
        return response.json(exact=True)

    async def post(self, path: str, form: Mapping[str, str]) -> Response:
        url = self._url(path)
        return await self._ask(lambda headers: self._client.post(url, form=form, headers=headers))

    async def pages(self, path: str, params: Mapping[str, str]) -> AsyncIterator[Page]:
        """Page after page, at most MOST_PAGES. A network that answers a page twice has no pages: that is the end."""
        received = 0
        before: list[Any] = []
        for number in range(1, MOST_PAGES + 1):
            document = await self.get(path, {**params, "limit": str(PAGE_SIZE), "page": str(number)})
            items = document.get("items") if isinstance(document, dict) else None
            if not isinstance(items, list):
                raise Malformed("the answer has no list of items")
            if number > 1 and items == before:
                return
            received += len(items)
            page = Page(items, _is_last(document, number, received))
            yield page
            if page.is_last or not items:
                return
            before = items

    async def _ask(self, send: Callable[[Mapping[str, str]], Awaitable[Response]]) -> Response:
        async def ask(token: str | None = None) -> Response:
            return await send(self._headers(token))

        return await (ask() if self._settings.username is None else self._tokens.use(ask))

    async def _login(self) -> Token:
        password = self._settings.password
        form = {
            "_username": self._settings.username or "",
            "_password": password.get_secret_value() if password else "",
        }
        try:
            response = await self._client.post(self._url("/v1/login"), form=form, headers=self._headers())
        except Refused as fault:
            raise Unavailable(f"the login failed: {fault}") from None  # it says nothing of what was asked for
        try:
            return Token(Login.model_validate(response.json()).token, TOKEN_HOLDS)
        except ValidationError:
            raise Malformed("the answer to the login holds no token") from None

    def _url(self, path: str) -> str:
        return self._settings.base_url.rstrip("/") + path

    def _headers(self, token: str | None = None) -> Mapping[str, str]:
        headers = {"Accept": "application/json"}
        if self._settings.token is not None:
            headers["X-thirdparty-auth"] = self._settings.token.get_secret_value()
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return headers


def _is_last(document: Mapping[str, Any], number: int, received: int) -> bool:
    """By the number of pages, else by the total, else the only one. A number may be a string of digits."""
    pages, total = _count(document.get("pages")), _count(document.get("total"))
    if pages is not None:
        return number >= pages
    return total is None or received >= total


def _count(value: object) -> int | None:
    digits = str(value) if type(value) in (int, str) else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
