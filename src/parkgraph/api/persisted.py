"""Persisted queries: known by their hash, so that a client sends 64 characters instead of the query.

The protocol is that of Apollo's clients: they ask by hash, are told PersistedQueryNotFound, and ask once more by POST
with the query and its hash, which is registered then.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from cachetools import LRUCache

from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode
from parkgraph.api.requests import GraphQLRequest

REGISTERED_CHARS: Final = 1_000_000
"""Characters of all queries that clients registered, together; the least recently used go first."""


class PersistedQueries:
    """Queries by hash: those preloaded stay, those that clients register may be forgotten.

    `only`: there are no others than those preloaded, whether they are asked for by hash or by their text.
    """

    def __init__(self, preloaded: Iterable[str] = (), *, only: bool = False) -> None:
        self._only = only
        self._preloaded: Mapping[str, str] = {_hash(query): query for query in preloaded}
        self._registered: LRUCache[str, str] = LRUCache(REGISTERED_CHARS, getsizeof=len)

    def source(self, request: GraphQLRequest) -> str:
        """The text of the request's query. Raises CodedError."""
        if request.query:
            if request.sha256 and _hash(request.query) != request.sha256:
                raise BadUserInputError("extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.")
            if self._only and _hash(request.query) not in self._preloaded:
                raise BadUserInputError("This server answers the queries of its own clients only.")
            return request.query
        sha256 = request.sha256 or ""
        known = self._preloaded.get(sha256) or self._registered.get(sha256)
        if known is None:
            # Apollo's clients know this message and send the query then.
            raise CodedError(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return known

    def register(self, request: GraphQLRequest) -> None:
        """Keep the request's query, if it came with its hash. Only for queries that are valid."""
        if request.query and request.sha256 and request.sha256 not in self._preloaded:
            self._registered[request.sha256] = request.query


def read_folder(folder: Path) -> Mapping[Path, str]:
    """The queries of a folder, one in each `*.graphql`, hashed as they stand. Raises OSError, UnicodeDecodeError."""
    if not folder.is_dir():
        raise NotADirectoryError(str(folder))
    return {path: path.read_bytes().decode() for path in sorted(folder.glob("*.graphql"))}


def _hash(query: str) -> str:
    return sha256(query.encode()).hexdigest()
