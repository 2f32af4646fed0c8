"""What an operator says of the network."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from parkgraph.sdk import AdapterSettings, Url


class Settings(AdapterSettings):
    """The official address asks for all three credentials; a server that adds them itself needs none here."""

    base_url: Url = Field(
        default="https://api.parclick.com",
        description="Address of the API, without its last slash; the development one is https://pre.api.parclick.com.",
    )
    username: str | None = Field(default=None, description="User name that Parclick gives to an integrator.")
    password: SecretStr | None = Field(default=None, description="The integrator's password.")
    token: SecretStr | None = Field(
        default=None, description="The integrator's hash, sent as X-thirdparty-auth with every request."
    )
    currency: str = Field(
        default="EUR", pattern=r"^[A-Z]{3}$", description="Currency of a price that comes without one (ISO 4217)."
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both or none")
        return self
