"""Tokens of an issuer (JWT, RFC 7519, checked as RFC 8725 advises): who sends one, and in which roles."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from parkgraph.accounts.key_source import KeySource
from parkgraph.accounts.principal import Principal, Role, roles_named
from parkgraph.accounts.refusals import CredentialRefused

MAX_CHARS: Final = 8_192
MAX_SUBJECT: Final = 255
LEEWAY_SECONDS: Final = 30
"""For clocks that differ."""

KIND_OF_KEY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
"""Every algorithm that may be configured, and the kind of its keys. None of them works with a secret."""

_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_INVALID: Final = "The token is not valid here."
_EXPIRED: Final = "The token has expired; sign in again."


class _Algorithms(JWSRegistry):
    """These and no others: the library's own falls back on a list of its own where it is given an empty one."""

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__(algorithms=frozenset(allowed), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()) or name not in KIND_OF_KEY:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class Signed:
    """A token, taken apart and not checked yet: `issuer` is what it claims."""

    signature: CompactSignature
    claims: Mapping[str, Any]
    issuer: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are accepted, for whom (`audience`), and signed how.

    `roles_claim`: the claim that names roles; where there is none of that name, dots lead into nested ones.
    """

    name: str
    audience: str
    keys: KeySource
    algorithms: frozenset[str]
    roles_claim: str = "roles"

    def __post_init__(self) -> None:
        if not self.algorithms or not self.algorithms <= KIND_OF_KEY.keys():
            raise ValueError(f"algorithms are of {', '.join(KIND_OF_KEY)}")


def take_apart(token: str) -> Signed:
    """Raises CredentialRefused for what is no signed token at all."""
    if len(token) > MAX_CHARS or not token.isascii():
        raise CredentialRefused(_INVALID)
    try:
        signature = jws.extract_compact(token.encode(), registry=_Algorithms(KIND_OF_KEY))
        claims = json.loads(signature.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise CredentialRefused(_INVALID) from None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str) or not _is_ordinary(signature.headers()):
        raise CredentialRefused(_INVALID)
    return Signed(signature, claims, issuer)


def account(issuer: str, subject: str) -> str:
    """How this issuer's user is called among ours."""
    return f"{issuer}|{subject}"


async def verify(signed: Signed, issuer: Issuer, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Principal:
    """Who sent it. Raises CredentialRefused; AccountsUnavailable where the issuer's keys are not to be had."""
    headers = signed.signature.headers()
    algorithm, kid = headers["alg"], headers.get("kid")
    if signed.issuer != issuer.name or algorithm not in issuer.algorithms:
        raise CredentialRefused(_INVALID)
    key = await issuer.keys.find(kid, KIND_OF_KEY[algorithm], algorithm)
    if key is None:
        raise CredentialRefused(_INVALID)
    checks = JWTClaimsRegistry(
        int(now().timestamp()),
        LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.name},
        aud={"essential": True, "value": issuer.audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        if not jws.validate_compact(signed.signature, key, registry=_Algorithms(issuer.algorithms)):
            raise CredentialRefused(_INVALID)
        checks.validate(dict(signed.claims))
    except ExpiredTokenError:
        raise CredentialRefused(_EXPIRED) from None
    except (JoseError, ValueError, TypeError):
        raise CredentialRefused(_INVALID) from None
    return _principal(signed.claims, issuer)


def _principal(claims: Mapping[str, Any], issuer: Issuer) -> Principal:
    subject = claims["sub"]
    if not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
        raise CredentialRefused(_INVALID)
    roles = roles_named(_listed(_claim(claims, issuer.roles_claim)))
    return Principal(account(issuer.name, subject), roles | {Role.DRIVER})


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """Names of claims may hold dots (https://example.org/roles), and nested ones are written with them."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return _claim(inner, rest) if dot and isinstance(inner, dict) else None


def _listed(claim: object) -> list[object]:
    return claim if isinstance(claim, list) else [claim]


def _is_ordinary(headers: Mapping[str, Any]) -> bool:
    """No extension that must be understood, no key of its own choice, and a token of access, if it says what it is."""
    kind, kid = headers.get("typ", "JWT"), headers.get("kid", "")
    return (
        isinstance(headers.get("alg"), str)
        and isinstance(kid, str)
        and isinstance(kind, str)
        and kind.lower() in _TYPES
        and "crit" not in headers
        and "b64" not in headers
    )
