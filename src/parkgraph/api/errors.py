"""Errors of the API: a code for the program, a sentence for its developer, and nothing of ours inside."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import structlog
from graphql import BREAK, ArgumentNode, DocumentNode, GraphQLError, Node, ObjectFieldNode, Visitor, visit

from parkgraph.graph.cursors import CursorError

log = structlog.get_logger()

MASKED: Final = "Something went wrong on our side; it has been logged."
MAX_MESSAGE: Final = 500
"""Characters of a message: errors quote the query, and a long query must not come back in each of them."""


_QUOTED_DATA: Final = re.compile(
    r"('(?:DriverInput|Yard\w+|Plate\w+|Gate\w+)!?' .*?),? [Ff]ound: .*|(a non string value): .*"
    r"|(Value) '.*'( does not exist in '(?:Direction|Decision\w*|Barrier\w+)' enum)",
    re.DOTALL,
)
"""Where graphql-core repeats a value that may be somebody's plate or address, or what opens a gate."""


class ErrorCode(StrEnum):
    """`extensions.code` of every error there is; docs/limits.md explains each."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    CONFLICT = "CONFLICT"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


RETRYABLE: Final = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.UNAVAILABLE, ErrorCode.INTERNAL})
"""The same request may go well later; every other code stays until something is mended."""


def extensions(code: ErrorCode) -> dict[str, object]:
    """Of an error with this code."""
    return {"code": code, "retryable": code in RETRYABLE}


class CodedError(GraphQLError):
    """An expected error; the message is the client's to read."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message, extensions=extensions(code))


class BadUserInputError(CodedError):
    """The caller can mend this; the message says how."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.BAD_USER_INPUT, message)


class TooComplexError(CodedError):
    """The query is over a limit; the message says over which."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.QUERY_TOO_COMPLEX, message)


class ScalarError(ValueError):
    """A scalar refuses a value; graphql-core adds where the value stands."""


def presentable(error: GraphQLError, document: DocumentNode | None = None) -> GraphQLError:
    """The error as a client may see it: expected ones keep their words, unexpected ones are masked and logged.

    `document`: where the arguments that an error of validation means are looked up.
    """
    original = error.original_error
    if error.extensions and "code" in error.extensions:
        return _coded(error, error.message, ErrorCode(error.extensions["code"]))
    if isinstance(original, CursorError):
        return _coded(error, str(original), ErrorCode.BAD_USER_INPUT)
    if _is_the_callers(error):
        where = argument_path(document, error.nodes or ()) if document else None
        words = _words(error)
        return _coded(error, f"{where}: {words}" if where else words, ErrorCode.BAD_USER_INPUT)
    log.error("unexpected_error", path=error.path, exc_info=original or error)
    return _coded(error, MASKED, ErrorCode.INTERNAL)


def internal(fault: Exception) -> CodedError:
    """What a client sees of an unexpected exception; the log has the rest."""
    log.error("unexpected_error", exc_info=fault)
    return CodedError(ErrorCode.INTERNAL, MASKED)


def argument_path(document: DocumentNode, nodes: Iterable[Node]) -> str | None:
    """Which argument a value of the document belongs to, such as `stay.arrive`; None for what is no value."""
    finder = _ArgumentFinder(frozenset(map(id, nodes)))
    visit(document, finder)
    return finder.found


class _ArgumentFinder(Visitor):
    def __init__(self, wanted: frozenset[int]) -> None:
        super().__init__()
        self._wanted = wanted
        self.found: str | None = None

    def enter(self, node: Node, _key: object, parent: object, _path: object, ancestors: list[object]) -> object:
        if id(node) not in self._wanted:
            return None
        names = [n.name.value for n in (*ancestors, parent, node) if isinstance(n, (ArgumentNode, ObjectFieldNode))]
        self.found = ".".join(names) or None
        return BREAK


def _is_the_callers(error: GraphQLError) -> bool:
    """Errors of parsing, validation and variables have no path; one of execution that points into the query's text
    is about an argument there. What remains, such as a value that its type cannot serialize, is ours.
    """
    if error.path is None:
        return isinstance(_cause(error), (ScalarError, GraphQLError))
    return isinstance(error.original_error, GraphQLError) and bool(error.original_error.nodes)


def _cause(error: GraphQLError) -> Exception:
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    return cause


def _words(error: GraphQLError) -> str:
    """The message, a scalar's own words in place of graphql-core's longer ones about them; nobody's data are quoted."""
    cause, original = _cause(error), error.original_error
    if not isinstance(cause, ScalarError):
        return _QUOTED_DATA.sub(r"\1\2\3\4", error.message)
    return error.message.replace(original.message, str(cause)) if isinstance(original, GraphQLError) else str(cause)


def _coded(error: GraphQLError, message: str, code: ErrorCode) -> GraphQLError:
    short = message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"
    return GraphQLError(short, error.nodes, error.source, error.positions, error.path, extensions=extensions(code))
