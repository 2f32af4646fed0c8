"""Who sends this credential: a key, or a token of an issuer that is trusted here."""

from collections.abc import Iterable
from typing import Final

from parkgraph.accounts import tokens
from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.accounts.principal import Principal
from parkgraph.accounts.refusals import CredentialRefused
from parkgraph.accounts.tokens import Issuer

_UNKNOWN_ISSUER: Final = "The token is not valid here."


class Authenticator:
    """Knows keys by their look, and issuers by their names."""

    def __init__(self, keys: ApiKeys, issuers: Iterable[Issuer] = ()) -> None:
        self._keys = keys
        self._issuers = {issuer.name: issuer for issuer in issuers}

    async def authenticate(self, credential: str) -> Principal:
        """Raises CredentialRefused, and AccountsUnavailable where it cannot be told."""
        if credential.startswith("pk_"):
            return await self._keys.authenticate(credential)
        signed = tokens.take_apart(credential)
        issuer = self._issuers.get(signed.issuer)
        if issuer is None:
            raise CredentialRefused(_UNKNOWN_ISSUER)
        return await tokens.verify(signed, issuer)
