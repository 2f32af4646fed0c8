"""An issuer of tokens with real keys, whose document of keys is served on loopback."""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

NAME: Final = "https://issuer.example"
AUDIENCE: Final = "parkgraph"

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def rsa_key(name: str = "", bits: int = 2048) -> rsa.RSAPrivateKey:
    """One for each name: they take a while to make."""
    return rsa.generate_private_key(65_537, bits)


@cache
def ec_key(name: str = "") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed_key(name: str = "") -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def jwk(key: Private, kid: str | None = None, **more: Any) -> dict[str, Any]:
    """The public half, as an issuer publishes it."""
    match key:
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            row = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            row = {"kty": "EC", "crv": "P-256", "x": _number(point.x, 32), "y": _number(point.y, 32)}
        case _:
            row = {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key().public_bytes_raw())}
    return row | ({"kid": kid} if kid else {}) | more


def jwks(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps({"keys": rows}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Valid now; a claim that is None is left out."""
    now = int(time.time())
    said = {"iss": NAME, "aud": AUDIENCE, "sub": "anna", "exp": now + 600, "iat": now, "roles": ["owner"]} | changes
    return {name: value for name, value in said.items() if value is not None}


def sign(key: Private, said: Mapping[str, Any] | bytes, kid: object = None, algorithm: str = "", **headers: Any) -> str:
    """A token, made without the library that checks it."""
    kind = jwk(key)["kty"]
    named = {"RSA": "RS256", "EC": "ES256"}.get(kind, "EdDSA")
    header = {"alg": algorithm or named, "typ": "JWT"} | ({"kid": kid} if kid else {}) | headers
    signed = _text(header, said)
    match key:
        case rsa.RSAPrivateKey():
            signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePrivateKey():
            r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case _:
            signature = key.sign(signed.encode())
    return f"{signed}.{b64(signature)}"


def unsigned(said: Mapping[str, Any], **headers: Any) -> str:
    return _text({"alg": "none"} | headers, said) + "."


def signed_with_secret(secret: bytes, said: Mapping[str, Any], algorithm: str = "HS256", **headers: Any) -> str:
    """As who takes a public key for a shared secret would sign."""
    signed = _text({"alg": algorithm, "typ": "JWT"} | headers, said)
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _text(header: Mapping[str, Any], said: Mapping[str, Any] | bytes) -> str:
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    return f"{b64(json.dumps(header).encode())}.{b64(payload)}"
