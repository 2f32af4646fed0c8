"""What a converter asks for, kept apart from asking.

A converter of the library fetches and parses in one call, and blocks while it does. Here it runs on documents that are
there already: where one is missing it is stopped with `Unanswered`, the network's own client fetches the document, and
the converter runs again from its beginning. No thread ever waits for a network.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from json import dumps, loads
from typing import Any, Final

from parkgraph.sdk import Client, Malformed, Response

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What a converter wants to send. `body` is JSON. All but the address may hold credentials."""

    url: str
    method: str = "GET"
    params: Pairs = field(default=(), repr=False)
    headers: Pairs = field(default=(), repr=False)
    form: Pairs | None = field(default=None, repr=False)
    body: str | None = field(default=None, repr=False)

    async def send(self, client: Client, url: str) -> "Answer":
        """Sent to `url` in place of the converter's own address. Raises the faults of the SDK."""
        if self.method == "GET":
            return Answer(await client.get(url, params=dict(self.params), headers=dict(self.headers), follow=True))
        return Answer(
            await client.post(
                url,
                json=None if self.body is None else loads(self.body),
                form=None if self.form is None else dict(self.form),
                headers=dict(self.headers),
            )
        )


class Answer:
    """As much of a `requests.Response` as converters use."""

    status_code = 200
    ok = True

    def __init__(self, response: Response) -> None:
        self._response = response
        head = Message()
        head["content-type"] = response.headers.get("content-type", "")
        self.encoding = head.get_content_charset("utf-8")

    @property
    def content(self) -> bytes:
        return self._response.content

    @property
    def text(self) -> str:
        try:
            return self.content.decode(self.encoding, "replace")
        except LookupError:
            return self.content.decode(errors="replace")

    def json(self) -> Any:
        """A new value at each call, for converters change what they are given. Raises Malformed."""
        return self._response.json()

    def raise_for_status(self) -> None:
        """The client has already raised a fault for whatever is no success."""

    def rows(self) -> list[Any] | None:
        """The rows of a JSON document; None where it has no list of them."""
        try:
            document = self.json()
        except Malformed:
            return None
        rows = document.get(_rows_key(document)) if isinstance(document, dict) else document
        return rows if isinstance(rows, list) else None

    def with_rows(self, rows: Sequence[object]) -> "Answer":
        """The same document with these rows in place of its own."""
        document = self.json()
        document = {**document, _rows_key(document): rows} if isinstance(document, dict) else rows
        return Answer(Response(200, self._response.headers, dumps(document).encode()))


_KEYS: Final = ("features", "lots")
"""Where converters look for rows in a document that is no list itself."""


def _rows_key(document: Mapping[str, object]) -> str:
    return next((key for key in _KEYS if key in document), _KEYS[0])


Documents = Mapping[Request, Answer]


class Unanswered(BaseException):
    """A document is missing. No Exception, for converters catch those."""

    def __init__(self, request: Request) -> None:
        super().__init__("a document is missing")
        self.request = request


class RequestHelper:
    """Stands in for the library's own: it answers from documents, and asks nobody."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, *, url: str, **options: Any) -> Answer:
        return self._answer(_request("GET", url, **options))

    def post(self, *, url: str, **options: Any) -> Answer:
        return self._answer(_request("POST", url, **options))

    def _answer(self, request: Request) -> Answer:
        if request not in self._documents:
            raise Unanswered(request)
        return self._documents[request]


def _request(
    method: str,
    url: str,
    *,
    params: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    data: Mapping[str, object] | None = None,
    json: object = None,
    **_transport: object,
) -> Request:
    """The arguments of `requests.request`. Timeouts, certificates and the like are the client's own concern."""
    basic = {"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"} if auth else {}
    return Request(
        url=url,
        method=method,
        params=_pairs(params or {}),
        headers=_pairs({**(headers or {}), **basic}),
        form=None if data is None else _pairs(data),
        body=None if json is None else dumps(json),
    )


def _pairs(values: Mapping[str, object]) -> Pairs:
    return tuple((name, str(value)) for name, value in values.items() if value is not None)
