"""One converter at work: from documents to the library's own objects."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from parkgraph.sdk import Malformed, NetworkFault, Rejected, one_line
from parkgraph_parkapi import library
from parkgraph_parkapi.documents import Answer, Documents, Request, RequestHelper, Unanswered


class Part(Enum):
    """The methods of a converter: most have those for sites, some those for single spots, few both."""

    STATIC = ("get_static_parking_sites", "get_static_parking_spots")
    LIVE = ("get_realtime_parking_sites", "get_realtime_parking_spots")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a converter made of its documents: its objects, and the rows that it refused.

    `started`, `ended`: when it ran, which tells the times that it stamped from those that it read.
    """

    rows: tuple[object, ...]
    rejected: tuple[Rejected, ...]
    started: datetime
    ended: datetime

    def believed(self, time: datetime | None) -> datetime | None:
        """The time, unless it has no offset or comes from the converter's own clock."""
        if time is None or time.utcoffset() is None or self.started <= time <= self.ended:
            return None
        return time


@dataclass(frozen=True, slots=True)
class Converter:
    """A class of the library with its configuration."""

    of_library: Any
    config: Mapping[str, str]

    @property
    def info(self) -> Any:
        """The library's SourceInfo."""
        return self.of_library.source_info

    @property
    def is_live(self) -> bool:
        return bool(self.info.has_realtime_data) and self._first_request(Part.LIVE) is not None

    @property
    def lives_apart(self) -> bool:
        """Whether live data have a document of their own. Those of single spots are read with the listings, always:
        they do not say whom a spot is for.
        """
        first = self._first_request(Part.LIVE)
        spots = any(hasattr(self.of_library, part.value[1]) for part in Part)
        return self.is_live and not spots and first != self._first_request(Part.STATIC)

    def _first_request(self, part: Part) -> Request | None:
        """What this part asks for first, None where it asks for nothing. Nothing is sent."""
        result = self._attempt(part, {})
        return result if isinstance(result, Request) else None

    def read(self, part: Part, documents: Documents) -> Reading | Request:
        """The part, or the request for a document that is missing. Computes, and waits for nothing.

        A row on which the converter breaks is rejected, and the others are read. Raises Malformed where the
        converter cannot read the documents at all.
        """
        return self._attempt(part, documents) or self._read_sifted(part, documents)

    def _attempt(self, part: Part, documents: Documents) -> Reading | Request | None:
        """None where the converter breaks."""
        started = datetime.now(UTC).replace(microsecond=0)
        rows: list[object] = []
        rejected: list[Rejected] = []
        try:
            converter = library.make(self.of_library, self.config, RequestHelper(documents))
            for name in part.value:
                if hasattr(converter, name):
                    good, bad = getattr(converter, name)()
                    rows += good
                    refused = [_rejected(error, number) for number, error in enumerate(bad, start=1)]
                    # A row of which both sites and spots are made is refused twice.
                    known = frozenset(rejected)
                    rejected += [row for row in refused if row not in known]
        except Unanswered as missing:
            return missing.request
        except NetworkFault:
            raise
        except Exception:  # noqa: BLE001  (code that is not ours, on documents that are not: it may raise anything)
            return None
        return Reading(tuple(rows), tuple(rejected), started, datetime.now(UTC))

    def _read_sifted(self, part: Part, documents: Documents) -> Reading | Request:
        """Each row is tried by itself, with the other documents empty; those that pass are read together."""
        tables = {request: rows for request, answer in documents.items() if (rows := answer.rows()) is not None}
        empty = {**documents, **{request: documents[request].with_rows([]) for request in tables}}
        if self._attempt(part, empty) is None:
            raise _malformed()
        sifted: dict[Request, Answer] = dict(documents)
        broken: list[Rejected] = []
        for request, rows in tables.items():
            good = []
            for number, row in enumerate(rows, start=1):
                if self._attempt(part, {**empty, request: documents[request].with_rows([row])}):
                    good.append(row)
                else:
                    broken.append(Rejected(f"row {number}", "its converter breaks on it"))
            sifted[request] = documents[request].with_rows(good)
        result = self._attempt(part, sifted)
        if result is None:
            raise _malformed()
        return replace(result, rejected=(*result.rejected, *broken)) if isinstance(result, Reading) else result


def _malformed() -> Malformed:
    return Malformed("the answer is not of the shape that its converter reads")


_FIELD: Final = re.compile(r"'(\w{1,50})': \{'code': '(?!field_errors)([a-z_]{1,50})'")


def _rejected(error: object, number: int) -> Rejected:
    """The library's exception in our own words: its message quotes the whole row, and says which field is wrong."""
    uid = next((uid for name in ("parking_site_uid", "parking_spot_uid") if (uid := getattr(error, name, None))), None)
    row = one_line(str(uid))[:100] if isinstance(uid, (str, int)) else ""
    field = _FIELD.search(str(getattr(error, "message", "")))
    return Rejected(
        row or f"unnamed row {number}",
        f"its converter refuses {field[1]} ({field[2].replace('_', ' ')})" if field else "its converter refuses it",
    )
