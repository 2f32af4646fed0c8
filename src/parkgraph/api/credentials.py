"""The credential that a request carries, and whose it is."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from parkgraph.accounts.principal import ANONYMOUS, Principal
from parkgraph.accounts.refusals import AccountsUnavailable, CredentialRefused
from parkgraph.api.admission import RateLimiter
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.api.http_error import HttpError, later

Authenticate = Callable[[str], Awaitable[Principal]]
"""Who sends this credential. Raises CredentialRefused, and AccountsUnavailable where it cannot be told."""

PAUSE_MS: Final = 5000
"""After which it is worth asking again whether a credential is valid."""

BOUND_SHARE: Final = 0.1
"""What a request with a key that is bound to something counts: a gate that was cut off has a day to catch up on."""

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="parkgraph", error="invalid_token"'}


async def nobody(_credential: str) -> Principal:
    """Where there are no accounts, no credential is valid."""
    raise CredentialRefused("No token or key is valid here.")


async def identify(headers: Sequence[str], client: str, authenticate: Authenticate, rates: RateLimiter) -> Principal:
    """Who asks, by the Authorization headers; each request counts for the account, or for the client without one.

    A wrong credential makes nobody anonymous: it is refused, and counts for the client by itself, so that guessing ends
    soon and takes nothing from others there. Raises HttpError, RateLimitedError.
    """
    if not headers:
        rates.take(client)
        return ANONYMOUS
    guesses = f"{client} refused"
    rates.check(guesses)
    try:
        principal = await authenticate(_credential(headers))
    except CredentialRefused as refusal:
        rates.take(guesses)
        error = CodedError(ErrorCode.UNAUTHENTICATED, str(refusal))
        raise HttpError(HTTPStatus.UNAUTHORIZED, error, _CHALLENGE) from None
    except AccountsUnavailable:
        words = "Whether the token or key is valid cannot be told right now; ask again in a moment."
        raise later(HTTPStatus.SERVICE_UNAVAILABLE, ErrorCode.UNAVAILABLE, words, PAUSE_MS) from None
    share = 1 if principal.scope is None else BOUND_SHARE
    rates.take(f"account {sha256(principal.subject.encode()).hexdigest()}", share)
    return principal


def _credential(headers: Sequence[str]) -> str:
    scheme, _, credential = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not credential.strip():
        raise CredentialRefused("Send one header Authorization: Bearer, with a token or a key.")
    return credential.strip()
