"""The edge: settings, what the network is, the login and the one request."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, model_validator

from parkgraph.domain.geo import Area, circle_around
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    Capability,
    Malformed,
    NetworkInfo,
    Response,
    Row,
    SearchAdapter,
    Token,
    Tokens,
    Url,
)
from parkgraph_parkwhiz.question import WIDEST_M, parameters
from parkgraph_parkwhiz.quote import COVERAGE, to_listing


class Settings(AdapterSettings):
    """The official address asks for both credentials; a server that adds them itself needs none here."""

    base_url: Url = Field(
        default="https://api.parkwhiz.com/v4",
        description="Address of the API, without its last slash; the sandbox is https://api-sandbox.parkwhiz.com/v4.",
    )
    client_id: str | None = Field(default=None, description="Client id that ParkWhiz gives to a partner.")
    client_secret: SecretStr | None = Field(default=None, description="The partner's client secret.")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret belong together: give both or none")
        return self


class Login(Row):
    """The answer of `POST /oauth/token` (RFC 6749, section 5.1)."""

    access_token: str = Field(pattern=r"^[!-~]{1,8000}$")
    expires_in: int | None = Field(default=None, gt=0, le=10**9)

    def to_token(self) -> Token:
        return Token(self.access_token, timedelta(seconds=self.expires_in) if self.expires_in else None)


class Adapter(SearchAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"base_url": "file:api"}

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._login)

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="ParkWhiz",
            timezone=ZoneInfo("America/Chicago"),
            capabilities=frozenset({Capability.SEARCH, Capability.PRICES}),
            coverage=COVERAGE,
            homepage="https://www.parkwhiz.com",
            attribution="ParkWhiz",
            licence="the terms of the partner's own contract",
            max_per_minute=60,
            needs_stay=True,
            search_max_age=timedelta(minutes=1),
        )

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        """What is sold for the stay; the network prices a stay only, so that without one nothing is asked."""
        if stay is None:
            return Batch()
        circle = circle_around(area)
        answer = await self._get("/quotes/", parameters(circle, stay))
        priced = vehicle.kind is VehicleKind.CAR
        read = partial(to_listing, stay=stay, priced=priced)
        asked = repr(stay), priced
        batch = self.known_rows.read_answer(answer, _quotes, read, lambda row: row["location_id"], asked)
        return batch.but(complete=circle.radius_m <= WIDEST_M)

    async def _get(self, path: str, params: Mapping[str, str]) -> Response:
        url = self._url(path)
        if self.settings.client_id is None:
            return await self.client.get(url, params=params, headers={"Accept": "application/json"})
        return await self._tokens.use(lambda token: self.client.get(url, params=params, headers=_bearer(token)))

    async def _login(self) -> Token:
        secret = self.settings.client_secret
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings.client_id or "",
            "client_secret": secret.get_secret_value() if secret else "",
        }
        document: Any = (await self.client.post(self._url("/oauth/token"), form=form)).json()
        try:
            return Login.model_validate(document).to_token()
        except ValidationError:
            raise Malformed("the answer to the login holds no token") from None

    def _url(self, path: str) -> str:
        return self.settings.base_url.rstrip("/") + path


def _quotes(answer: object) -> list[Any]:
    if not isinstance(answer, list):
        raise Malformed("the answer is not a list of quotes")
    return answer


def _bearer(token: str) -> Mapping[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {token}"}
