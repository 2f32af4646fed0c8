"""The keys that an issuer signs its tokens with (JWKS, RFC 7517), as far as they may be used here."""

import json
import warnings
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

PublicKey = RSAKey | ECKey | OKPKey

MAX_KEYS: Final = 100
_KINDS: Final[Mapping[object, type[RSAKey] | type[ECKey] | type[OKPKey]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


class KeySet:
    """Public keys by their `kid`. Secret keys (`oct`), weak ones and those for encryption are left out of it."""

    def __init__(self, keys: list[PublicKey]) -> None:
        self._keys = keys

    @staticmethod
    def read(document: bytes) -> "KeySet":
        """The usable keys of a JWKS document; ValueError where it is none, or has none."""
        try:
            rows = json.loads(document)["keys"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ValueError("is no JWKS document") from None
        if not isinstance(rows, list) or len(rows) > MAX_KEYS:
            raise ValueError("is no JWKS document")
        keys = [key for row in rows if isinstance(row, dict) and (key := _usable(row))]
        if not keys:
            raise ValueError("holds no public key that can be used")
        return KeySet(keys)

    def find(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        """The key of this id that is of this kind and for this algorithm; without an id, the only one that is."""
        fitting = [key for key in self._keys if key.key_type == kind and key.get("alg", algorithm) == algorithm]
        named = fitting if kid is None else [key for key in fitting if key.get("kid") == kid]
        return named[0] if len(named) == 1 else None


def _usable(row: dict[str, Any]) -> PublicKey | None:
    kind = _KINDS.get(row.get("kty")) if isinstance(row.get("kty"), str) else None
    if kind is None or row.get("use", "sig") != "sig" or "verify" not in row.get("key_ops", ["verify"]):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)
            key = kind.import_key(row)
            key.get_op_key("verify")
            return key
    except (JoseError, ValueError, TypeError, KeyError, SecurityWarning, UnsupportedAlgorithm):
        return None
