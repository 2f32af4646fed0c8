"""A request that is refused before its query is looked at."""

from collections.abc import Mapping
from http import HTTPStatus

from graphql import GraphQLError

from parkgraph.api.errors import ErrorCode, extensions


class HttpError(Exception):
    """With this status, and this one error in the body."""

    def __init__(self, status: HTTPStatus, error: GraphQLError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.status = status
        self.error = error
        self.headers = headers


def later(status: HTTPStatus, code: ErrorCode, message: str, retry_after_ms: int) -> HttpError:
    """Not now: the client may ask again after so many milliseconds."""
    said = {**extensions(code), "retryAfterMs": retry_after_ms}
    headers = {"Retry-After": str(-(-retry_after_ms // 1000))}
    return HttpError(status, GraphQLError(message, extensions=said), headers)
