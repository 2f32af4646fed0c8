"""The parts of a multipart body. Images are passed by, not kept. Pure."""

import re
from collections.abc import Iterator
from email.message import Message as Headers

from parkgraph.gates.agent.look import Unreadable


def parts(body: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    """The content type and the body of each part that is text. Raises Unreadable.

    What has no end mark is read as far as it goes: some firmwares forget it.
    """
    boundary = _boundary(content_type)
    for part in body.split(b"--" + boundary)[1:]:
        if part.startswith(b"--"):
            return
        head, blank, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            head, _, content = part.lstrip(b"\n").partition(b"\n\n")
        kind = re.search(rb"^content-type:\s*([^\s;]+)", head, re.IGNORECASE | re.MULTILINE)
        of = kind[1].decode("latin-1").lower() if kind else ""
        if not of.startswith("image/"):
            yield of, content.strip(b"\r\n")


def _boundary(content_type: str) -> bytes:
    headers = Headers()
    headers["content-type"] = content_type
    boundary = headers.get_boundary()
    if not boundary:
        raise Unreadable("multipart without a boundary")
    return boundary.encode("latin-1", "replace")
