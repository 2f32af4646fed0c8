"""From the bytes of a request to the operation that it asks for. What the bytes of a query were understood as is kept
when they come a second time: the next request with the same bytes is the same question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cachetools import LRUCache
from graphql import OperationType
from starlette.datastructures import QueryParams

from parkgraph.api.documents import Documents, Operation, QueryError
from parkgraph.api.errors import CodedError, presentable
from parkgraph.api.execution.executor import Supplied
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.requests import GraphQLRequest, from_body, from_members, from_parameters
from parkgraph.graph.asked_before import AskedBefore

KEPT_CHARS: Final = 300_000
"""Of all kept requests together, each with the text of its query, which takes some 150 bytes a character parsed."""


@dataclass(slots=True)
class Understood:
    """What a request asks for. `supplied`: its operation with its variables, once somebody asked for it."""

    request: GraphQLRequest
    operation: Operation
    supplied: Supplied | None = None

    def supply(self) -> Supplied:
        """The operation with the variables. Raises QueryError where they are not what it wants."""
        if self.supplied is None:
            supplied = self.operation.prepared.supply(self.request.variables)
            if isinstance(supplied, list):
                raise QueryError(*(presentable(error) for error in supplied))
            self.supplied = supplied
        return self.supplied


class Understanding:
    """Of the requests to one endpoint."""

    def __init__(self, documents: Documents, persisted: PersistedQueries) -> None:
        self._documents = documents
        self._persisted = persisted
        self._kept: LRUCache[bytes, tuple[int, Understood]] = LRUCache(KEPT_CHARS, getsizeof=lambda kept: kept[0])
        self._asked_before = AskedBefore()

    def of_body(self, body: bytes, *, bound: bool) -> Understood:
        """`bound`: within the limits of a gate's key. Raises BadUserInputError, QueryError."""
        kept = None if bound else self._kept.get(body)
        if kept is None:
            return self._understand(body, from_body(body), bound=bound)
        if kept[1].request.sha256:
            self._persisted.register(kept[1].request)
        return kept[1]

    def of_parameters(self, query_string: bytes, parameters: QueryParams, *, bound: bool) -> Understood:
        """Of a GET. Raises BadUserInputError, QueryError."""
        # No JSON begins with a question mark, so no body is the same.
        key = b"?" + query_string
        kept = None if bound else self._kept.get(key)
        return kept[1] if kept else self._understand(key, from_parameters(parameters.multi_items()), bound=bound)

    def of_members(self, members: Mapping[str, Any], *, bound: bool) -> Understood:
        """Of a message that has what a body has. Raises BadUserInputError, QueryError."""
        return self._understand(b"", from_members(members), bound=bound)

    def _understand(self, key: bytes, request: GraphQLRequest, *, bound: bool) -> Understood:
        try:
            source = self._persisted.source(request)
        except CodedError as refusal:
            raise QueryError(refusal) from None
        operation = self._documents.operation(source, request.operation_name, request.variables, bound=bound)
        self._persisted.register(request)
        understood = Understood(request, operation)
        size = len(key) + len(source)
        # What a mutation says may be somebody's secret.
        may_keep = operation.node.operation is OperationType.QUERY and key and not bound and size <= KEPT_CHARS // 10
        if may_keep and self._asked_before.note(key):
            self._kept[key] = size, understood
        return understood
