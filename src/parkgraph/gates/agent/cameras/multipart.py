"""What of a message is text: the body, or the parts of a multipart one that are no pictures. Pure.

Firmwares are careless about it: boundaries that are announced with dashes that are the delimiter's, other ones than are
announced, none announced at all, no end mark, parts without headers.
"""

import re
from collections.abc import Iterator
from email.message import Message as Headers
from typing import Final

_KIND: Final = re.compile(rb"^content-type:\s*(?:image|video|audio)/", re.IGNORECASE | re.MULTILINE)
_PICTURES: Final = (b"\xff\xd8", b"\x89PNG")
"""How pictures begin, whatever is said of them."""

_FIRST_LINE: Final = re.compile(rb"^--[^\r\n]+", re.MULTILINE)
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_DOCUMENT: Final = re.compile(rb"[\s\xef\xbb\xbf]*[<{\[]")


def texts(body: bytes, content_type: str) -> list[bytes]:
    """Without those that are empty."""
    is_form = content_type.lower().lstrip().startswith("multipart/") or body.lstrip().startswith(b"--")
    delimiter = _delimiter(body, content_type) if is_form else None
    found = _parts(body, delimiter) if delimiter else (body,)
    return [each for each in found if each.strip(b" \t\r\n\0")]


def _parts(body: bytes, delimiter: bytes) -> Iterator[bytes]:
    line = re.compile(rb"(?:^|\r?\n)" + re.escape(delimiter) + rb"(?:(--)|[ \t]*(?:\r?\n|$))")
    marks = list(line.finditer(body))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark[1]:
            return
        head, content = _split(body[mark.end() : following.start() if following else None])
        if not _KIND.search(head) and not content.startswith(_PICTURES):
            yield content


def _split(part: bytes) -> tuple[bytes, bytes]:
    """Headers and content."""
    if part.startswith((b"\r\n", b"\n")) or _DOCUMENT.match(part):
        return b"", part.lstrip(b"\r\n")
    blank = _BLANK_LINE.search(part)
    return (part[: blank.start()], part[blank.end() :]) if blank else (part, b"")


def _delimiter(body: bytes, content_type: str) -> bytes | None:
    """As it is announced, if it is there, else that of the first line that looks like one."""
    headers = Headers()
    headers["content-type"] = content_type
    announced = (headers.get_boundary() or "").encode("latin-1", "replace")
    if announced and b"--" + announced in body:
        return b"--" + announced
    first = _FIRST_LINE.search(body)
    return first[0].rstrip() if first else None
