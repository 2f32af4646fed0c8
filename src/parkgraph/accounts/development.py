"""Tokens for development: signed with a key that lies in the data folder, and accepted by servers in development."""

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from parkgraph.accounts.key_set import KeySet, PublicKey
from parkgraph.accounts.principal import Role
from parkgraph.accounts.tokens import Issuer

NAME: Final = "parkgraph-development"
FILE: Final = "development-key.json"
ALGORITHM: Final = "Ed25519"


class DevelopmentKeys:
    """The key in the data folder, if there is one: it is made when the first token is."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FILE

    async def find(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        """Read each time: the key may come while the server runs."""
        try:
            row = json.loads(self._file.read_bytes())
            public = {name: row[name] for name in ("kty", "crv", "x", "kid")}
            return KeySet.read(json.dumps({"keys": [public]}).encode()).find(kid, kind, algorithm)
        except (OSError, ValueError, TypeError, KeyError):
            return None


def issuer(data_dir: Path) -> Issuer:
    """The issuer whose key lies in this folder."""
    return Issuer(NAME, NAME, DevelopmentKeys(data_dir), frozenset({ALGORITHM}))


def mint(data_dir: Path, subject: str, roles: frozenset[Role], lifetime: timedelta) -> str:
    """A token, valid from now on. Makes the key where there is none yet. Raises OSError."""
    key = OKPKey.import_key(json.loads(_key(data_dir)))
    now = datetime.now(UTC)
    claims = {
        "iss": NAME,
        "aud": NAME,
        "sub": subject,
        "roles": sorted(roles),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, registry=JWSRegistry(algorithms=[ALGORITHM]))


def _key(data_dir: Path) -> bytes:
    """Written under another name and linked: two who make one at once agree, and nobody reads half of it."""
    file = data_dir / FILE
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        key = OKPKey.generate_key("Ed25519", auto_kid=True)
        number, draft = tempfile.mkstemp(prefix=f"{FILE}.", dir=data_dir)  # mode 0600
        with os.fdopen(number, "wb") as out:
            out.write(json.dumps(key.as_dict(private=True)).encode())
        try:
            os.link(draft, file)
        except FileExistsError:
            return file.read_bytes()
        finally:
            Path(draft).unlink()
    return file.read_bytes()
