"""Top-level errors: a code for the program, a sentence for its developer, and nothing of ours inside."""

from typing import Final

import structlog
from graphql import GraphQLError

from parkgraph.graph.cursors import CursorError

log = structlog.get_logger()

BAD_USER_INPUT: Final = "BAD_USER_INPUT"
INTERNAL: Final = "INTERNAL"


class BadUserInputError(GraphQLError):
    """The caller can mend this; the message says how."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": BAD_USER_INPUT})


def presentable(error: GraphQLError) -> GraphQLError:
    """The error as a client may see it: expected ones keep their words, unexpected ones are masked and logged."""
    original = error.original_error
    if error.extensions and "code" in error.extensions:
        return error
    if isinstance(original, GraphQLError) and original.extensions and "code" in original.extensions:
        return _coded(error, original.message, str(original.extensions["code"]))
    if isinstance(original, CursorError):
        return _coded(error, str(original), BAD_USER_INPUT)
    if original is None or isinstance(original, GraphQLError):
        return _coded(error, error.message, BAD_USER_INPUT)
    log.error("unexpected_error", path=error.path, exc_info=original)
    return _coded(error, "Something went wrong on our side; it has been logged.", INTERNAL)


def _coded(error: GraphQLError, message: str, code: str) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions={"code": code})
