"""What is sent: checked before anything of it leaves, and written as HTTP/1.1."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from yarl import URL

from parkgraph.sdk.faults import Denied
from parkgraph.sdk.transport.revalidation import CONDITIONS
from parkgraph.sdk.transport.status import Redirected

LONGEST_URL: Final = 65_536
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_AS_WRITTEN: Final = "%!$&'()*+,;=:@/?-._~[]"


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case. `origin`: scheme, host and port of its address."""

    method: str
    url: URL
    origin: URL
    headers: Mapping[str, str]
    body: bytes | None = None

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """All that the answer to a GET depends on."""
        return str(self.url), tuple(self.headers.items())

    def written(self) -> bytes:
        """As HTTP/1.1."""
        body = self.body
        lines = [f"{self.method} {self.url.raw_path_qs} HTTP/1.1", f"host: {self.origin.host_port_subcomponent}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if "accept" not in self.headers:
            lines.append("accept: */*")
        if body is not None:
            lines.append(f"content-length: {len(body)}")
        return "\r\n".join([*lines, "\r\n"]).encode("ascii") + (body or b"")


def build_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    params: Mapping[str, str] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
) -> Request:
    """Raises Denied for an address or a header that must not or cannot be sent."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable() and _is_token(name)):
            raise Denied("a header holds a character that cannot be sent")
    address = _address(url)
    body, kind = _body(json, form)
    return Request(
        method,
        address.update_query(params) if params else address,
        address.origin(),  # which yarl works out once for each address
        {**headers, "content-type": kind} if kind else headers,
        body,
    )


@lru_cache(maxsize=256)
def _is_token(name: str) -> bool:
    return bool(_TOKEN.fullmatch(name))


def moved_within_site(request: Request, moved: Redirected) -> Request:
    """The same request at its new address, where that is of the same scheme, host and port; else raises `moved`."""
    try:
        address = request.url.join(URL(moved.location))
    except ValueError:
        raise moved from None
    if not address.is_absolute() or address.origin() != request.url.origin() or _names_a_user(address):
        raise moved
    own = {name: value for name, value in request.headers.items() if name not in CONDITIONS}
    return build_request(request.method, str(address), own)


@lru_cache(maxsize=256)
def _address(url: str) -> URL:
    """An adapter asks at few addresses, with other parameters each time."""
    if len(url) > LONGEST_URL or _CONTROL.search(url):
        raise Denied("the address is not valid")
    bare, _, query = url.partition("#")[0].partition("?")
    try:
        address = URL(bare)
        is_whole = address.scheme in ("http", "https") and bool(address.host) and address.port is not None
    except ValueError:
        raise Denied("the address is not valid") from None
    if not is_whole:
        raise Denied("only http:// and https:// addresses are asked")
    if _names_a_user(address):
        raise Denied("the address holds a user name or a password")
    # A query that is written out is sent as it is: servers differ in what they take for equal.
    return URL(f"{address}?{quote(query, safe=_AS_WRITTEN)}", encoded=True) if query else address


def _names_a_user(address: URL) -> bool:
    return address.raw_user is not None or address.raw_password is not None


def _body(value: object, form: Mapping[str, str] | None) -> tuple[bytes | None, str | None]:
    """What is sent, and its media type."""
    if value is not None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return None, None
