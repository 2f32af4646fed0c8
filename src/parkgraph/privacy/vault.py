"""Plates as they are stored: AES-256-GCM to read them, HMAC-SHA-256 to find them."""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from parkgraph.privacy.keys import KEY_BYTES
from parkgraph.privacy.plates import normalise

_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"parkgraph plate"


class Vault:
    """Opened by one key of 32 random bytes: who has the database without it learns no plate."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key for plates is {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._cipher = AESGCM(_derived(key, b"encrypt"))
        self._mac = _derived(key, b"find")

    def seal(self, plate: str) -> bytes:
        """The plate as it was typed, encrypted; different each time."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plate.encode(), _PURPOSE)

    def open(self, sealed: bytes) -> str | None:
        """What was sealed; None where another key sealed it, or something else did."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _PURPOSE).decode()
        except (InvalidTag, ValueError):
            return None

    def digest(self, plate: str) -> bytes:
        """Equal for plates that differ in blanks, dashes or case only; says nothing without the key."""
        return hmac.digest(self._mac, normalise(plate).encode(), "sha256")

    def mac(self, data: bytes) -> bytes:
        """Equal for equal data; says nothing without the key, however few the data may be."""
        return hmac.digest(self._mac, b"data " + data, "sha256")

    def derived(self, use: bytes) -> bytes:
        """A key of 32 bytes for this use alone, the same as long as the vault's is."""
        return _derived(self._key, use)


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=_PURPOSE + b" " + use).derive(key)
