"""What a log must not hold is masked: what stands under a secret's key, what looks like one, what is one. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote

MASK: Final = "***"
LEAST_CHARS: Final = 6
"""A shorter secret is masked by key and shape only: it would be found in the middle of innocent words."""

_SECRET_KEY: Final = re.compile(
    r"authorization|cookie|passw|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|dsn|^variables$|^query$"
    r"|plate|e[-_]?mail|phone|driver|idempotency[-_]?key",
    re.IGNORECASE,
)
_SHAPES: Final = (
    # The password of a URL.
    ("@", re.compile(r"(://[^\s/:@\"']*:)[^\s/@\"']+(?=@)"), rf"\g<1>{MASK}"),
    # The credentials of an Authorization header.
    ("bearer", re.compile(r"\b(Bearer)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\g<1> {MASK}"),
    ("basic", re.compile(r"\b(Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\g<1> {MASK}"),
    # An API key, and a token (JWT).
    ("pk_", re.compile(r"\bpk_[0-9a-f]{32}_[0-9A-Za-z]+"), MASK),
    ("eyj", re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), MASK),
    # An address of e-mail; of a URL, what stands before the host.
    ("@", re.compile(r"(?<![\w.%+:/@-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)+"), MASK),
    # A parameter of a URL whose name says what it is.
    (
        "=",
        re.compile(r"([?&][\w-]*(?:key|token|secret|passw|sign)[\w-]*=)[^\s&\"'\\]+", re.IGNORECASE),
        rf"\g<1>{MASK}",
    ),
)
"""What secrets look like; what stands in each of them, in small letters, is looked for first, since that is quicker."""


@lru_cache(maxsize=1024)
def is_secret_key(key: str) -> bool:
    """Whether what stands under this key is not to be shown, such as `client_secret`, `Authorization` or `plate`."""
    return _SECRET_KEY.search(key) is not None


class Redaction:
    """Masks these secrets, wherever they are, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {spelling for secret in secrets if len(secret) >= LEAST_CHARS for spelling in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def members(self, event: Mapping[str, object]) -> dict[str, object]:
        """The members, with what stands under a secret's key masked, however deep."""
        return {
            key: MASK if is_secret_key(str(key)) and _can_hold_a_secret(value) else self._inner(value)
            for key, value in event.items()
        }

    def _inner(self, value: object) -> object:
        if isinstance(value, Mapping):
            return self.members(value)
        if isinstance(value, (list, tuple)):
            return type(value)(self._inner(each) for each in value)
        return value

    def text(self, line: str) -> str:
        """The text, with secrets and what is shaped like one masked."""
        small = "" if line.isalnum() else line.lower()  # every shape has some punctuation
        for part, shape, masked in _SHAPES if small else ():
            if part in small:
                line = shape.sub(masked, line)
        return self._secrets.sub(MASK, line) if self._secrets else line


def _can_hold_a_secret(value: object) -> bool:
    return value is not None and not isinstance(value, (bool, int, float))


def _spellings(secret: str) -> set[str]:
    """As it is, as a URL has it, and as JSON has it."""
    as_json = {json.dumps(secret, ensure_ascii=ensure_ascii)[1:-1] for ensure_ascii in (False, True)}
    return {secret, quote(secret, safe="", errors="surrogatepass"), *as_json}
