"""Values that the domain refuses: a row is lost by them that the network wrote well. Pure."""

import re
from collections.abc import Iterator
from typing import Any, Final

from parkgraph.sdk.batch import Batch

SENTENCES: Final = {
    "id": re.compile(r"needs an id"),
    "instant": re.compile(r"needs? an offset"),
    "money": re.compile(r"must be a finite (amount|number)|must be below 10\^15"),
}
"""By what was built wrong: of the words with which the domain refuses it."""


def refused(reason: str) -> str | None:
    """What the domain did not take, by the reason of a rejected row or of a fault."""
    return next((what for what, sentence in SENTENCES.items() if sentence.search(reason)), None)


def by_domain(batch: Batch[Any], what: str | None = None) -> Iterator[tuple[str, str]]:
    """Rejected rows that were so lost, and the reason: by one mistake, or any."""
    for rejected in batch.rejected:
        found = refused(rejected.reason)
        if found is not None and what in (None, found):
            yield rejected.row, rejected.reason
