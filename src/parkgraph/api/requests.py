"""A request of GraphQL over HTTP, read strictly: a body, or the parameters of a GET. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from parkgraph.api.errors import BadUserInputError

MEDIA_TYPES: Final = frozenset({"application/json", "application/graphql-response+json"})

PLAIN_BYTES: Final = 4_000
PLAIN_OPEN: Final = 100
"""Brackets that open, in strings too."""

_ESCAPED_COLON: Final = b"\\u003"
"""How it begins; other signs that begin so are as rare."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What is asked. `sha256`: the hash of a persisted query; without `query` it stands for it."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    sha256: str | None


def is_json(content_type: str) -> bool:
    """Whether a Content-Type is JSON in UTF-8. Forms of a browser cannot send one without asking first."""
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"]
    return media_type in MEDIA_TYPES and all(charset in ("utf-8", "utf8") for charset in charsets)


def from_body(body: bytes) -> GraphQLRequest:
    """The request in a JSON body. Raises BadUserInputError."""
    members = _json("The body", body)
    if isinstance(members, list):
        raise BadUserInputError("The body must be one JSON object; batches of requests are not answered.")
    if not isinstance(members, dict):
        raise BadUserInputError('The body must be a JSON object, such as {"query": "{ networks { id } }"}.')
    return from_members(members)


def from_parameters(parameters: Iterable[tuple[str, str]]) -> GraphQLRequest:
    """The request in the parameters of a URL, whose `variables` and `extensions` are JSON. Raises BadUserInputError."""
    members: dict[str, Any] = {}
    for name, value in parameters:
        if name in members:
            raise BadUserInputError(f"The parameter {name[:60]!r} is given twice.")
        members[name] = _json(name, value.encode()) if name in ("variables", "extensions") else value
    return from_members(members)


def from_members(members: Mapping[str, Any]) -> GraphQLRequest:
    """The request in a JSON object. Raises BadUserInputError."""
    query = _member(members, "query", str, "a string")
    sha256 = _sha256(_member(members, "extensions", dict, "an object"))
    if not query and sha256 is None:
        raise BadUserInputError('The request has no query; send {"query": "…"}.')
    return GraphQLRequest(
        query=query,
        variables=_member(members, "variables", dict, "an object") or {},
        operation_name=_member(members, "operationName", str, "a string"),
        sha256=sha256,
    )


def _member(members: Mapping[str, Any], name: str, kind: type, words: str) -> Any:
    value = members.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadUserInputError(f"{name} must be {words}.")
    return value


def _sha256(extensions: Mapping[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    sha256 = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    version = persisted.get("version") if isinstance(persisted, dict) else None
    if version != 1 or not isinstance(sha256, str) or len(sha256) != 64:
        raise BadUserInputError(
            'extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"} with the query\'s SHA-256 in hex.'
        )
    return sha256.lower()


def _json(what: str, text: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, finite numbers, and every name once, so that no two readers differ."""
    try:
        value = orjson.loads(text)
        if not _is_plain(text, value):
            json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise BadUserInputError(f"{what} must be JSON in UTF-8, with finite numbers and not too deep.") from None
    return value


def _is_plain(text: bytes, value: object) -> bool:
    """Whether it is small and flat, and its colons tell that no name is there twice: apart from those in strings, there
    is one for each member, and what was lost with a member had one more.
    """
    if len(text) > PLAIN_BYTES or text.count(b"{") + text.count(b"[") > PLAIN_OPEN or _ESCAPED_COLON in text:
        return False
    colons, waiting = text.count(b":"), [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            colons -= each.count(":")
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            colons -= len(each)
            waiting.extend(each)
            waiting.extend(each.values())
    return not colons


def _unique(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadUserInputError(f"The name {twice[:60]!r} is given twice in one JSON object.")
