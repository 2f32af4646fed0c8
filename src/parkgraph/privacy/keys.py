"""Keys of 32 random bytes: configured, or kept in a folder."""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32


def read_key(text: str) -> bytes:
    """A key as it is configured: base64, of either alphabet. Raises ValueError."""
    try:
        key = base64.b64decode(text.strip().translate(str.maketrans("-_", "+/")), validate=True)
    except ValueError:
        raise ValueError("must be base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} random bytes in base64")
    return key


def kept_key(folder: Path, name: str) -> bytes:
    """The folder's key of this name, made where there is none yet, for nobody else to read. Raises OSError, ValueError.

    Written under another name and linked: two who make one at once agree, and nobody reads half of it.
    """
    file = folder / name
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(base64.b64encode(os.urandom(KEY_BYTES)))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return read_key(file.read_text(encoding="ascii"))
