"""Clients without a network: one that answers from a folder of samples, and one that answers what a test wrote."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

from parkgraph.sdk.client import Response
from parkgraph.sdk.faults import Unavailable

SCHEME = "file:"


class ReplayClient:
    """`get("file:facilities.json")` is the file of that name in `samples`; headers change nothing.

    The file's name may go on with `.json`, and a folder answers with its `index.json`. Where the samples have a
    `name@key=value` for one of the parameters, that is the answer; otherwise parameters change nothing.
    Raises Unavailable for a name that is absent or outside of the folder, and for every other address.
    """

    def __init__(self, samples: Path) -> None:
        self._samples = samples

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        if not url.startswith(SCHEME):
            raise Unavailable("a replay answers from its samples only: give a file: address")
        content = await asyncio.to_thread(_read, self._samples, url.removeprefix(SCHEME), params or {})
        return Response(200, {}, content)

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raise Unavailable("a replay has no answer to a POST")


class AnswerClient:
    """Every GET is answered with `content`, or with what `answers` has for its address. `asked` is what was asked."""

    def __init__(self, content: bytes = b"", answers: Mapping[str, bytes] | None = None) -> None:
        self._content = content
        self._answers = answers or {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        """Address and headers of each request."""

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        self.asked.append((url, headers or {}))
        return Response(200, {}, self._answers.get(url, self._content))

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raise Unavailable("this network is only read")


def _read(samples: Path, name: str, params: Mapping[str, str]) -> bytes:
    try:
        folder = samples.resolve()
        for file in _files(name, params):
            path = (folder / file).resolve()
            if Path(file).is_absolute() or not path.is_relative_to(folder):
                raise Unavailable("a sample lies in the folder of samples")
            if path.is_file():
                return path.read_bytes()
    except (OSError, ValueError):
        pass
    raise Unavailable("there is no such sample")


def _files(name: str, params: Mapping[str, str]) -> Iterator[str]:
    for stem in (*(f"{name}@{key}={value}" for key, value in params.items()), name):
        yield from (stem, f"{stem}.json", f"{stem}/index.json")
