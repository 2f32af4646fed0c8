"""Bodies and URLs are read strictly: what is no request is BAD_USER_INPUT, with a sentence that says why."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parkgraph.api.errors import BadUserInputError
from parkgraph.api.requests import GraphQLRequest, from_body, from_parameters, is_json

HASH = "a" * 64
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}


def refusal(body: bytes) -> str:
    with pytest.raises(BadUserInputError) as refused:
        from_body(body)
    assert refused.value.extensions == {"code": "BAD_USER_INPUT", "retryable": False}
    return refused.value.message


def test_a_request_is_read_whole() -> None:
    body = {"query": "{ a }", "variables": {"x": 1}, "operationName": "A", "extensions": PERSISTED, "unknown": 1}
    assert from_body(json.dumps(body).encode()) == GraphQLRequest("{ a }", {"x": 1}, "A", HASH)


def test_what_is_null_is_as_if_it_were_not_there() -> None:
    body = b'{"query": "{ a }", "variables": null, "operationName": null, "extensions": null}'
    assert from_body(body) == from_body(b'{"query": "{ a }"}') == GraphQLRequest("{ a }", {}, None, None)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "must be JSON"),
        (b"query", "must be JSON"),
        (b'{"query": "{ a }"', "must be JSON"),
        (b'{"query": "\xff"}', "must be JSON in UTF-8"),
        (b'\xef\xbb\xbf{"query": "{ a }"}', "must be JSON"),
        ('{"query": "{ a }"}'.encode("utf-16"), "must be JSON in UTF-8"),
        (b'{"query": "\\ud800"}', "must be JSON"),
        (b'{"query": "{ a }", "variables": {"x": NaN}}', "finite numbers"),
        (b'{"query": "{ a }", "variables": {"x": Infinity}}', "finite numbers"),
        (b'{"query": "{ a }", "variables": {"x": 1e999}}', "finite numbers"),
        (b'{"query": "{ a }", "query": "{ b }"}', "'query' is given twice"),
        (b'{"query": "{ a }", "variables": {"x": {"y": 1, "y": 2}}}', "'y' is given twice"),
        (b"[]", "batches of requests are not answered"),
        (b'[{"query": "{ a }"}]', "batches of requests are not answered"),
        (b"1", "must be a JSON object"),
        (b'"{ a }"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"{}", "has no query"),
        (b'{"query": ""}', "has no query"),
        (b'{"query": null}', "has no query"),
        (b'{"query": 1}', "query must be a string"),
        (b'{"query": ["{ a }"]}', "query must be a string"),
        (b'{"query": "{ a }", "variables": []}', "variables must be an object"),
        (b'{"query": "{ a }", "variables": "{}"}', "variables must be an object"),
        (b'{"query": "{ a }", "operationName": 1}', "operationName must be a string"),
        (b'{"query": "{ a }", "extensions": 1}', "extensions must be an object"),
        (b'{"extensions": {"persistedQuery": 1}}', "extensions.persistedQuery must be"),
        (b'{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "%s"}}}' % (b"a" * 64), "must be"),
        (b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}}', "SHA-256"),
        (b'{"extensions": {"persistedQuery": {"version": 1}}}', "SHA-256"),
    ],
)
def test_what_is_no_request_is_refused_in_one_sentence(body: bytes, sentence: str) -> None:
    assert sentence in refusal(body)


MEMBERS = st.sampled_from(["query", "variables", "operationName", "extensions", "persistedQuery", "sha256Hash"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | MEMBERS, inner, max_size=4),
)


NAME = st.sampled_from(["a", "b", ":", "a:b", r"\u003a", r"\u003A", r"\":"])
TEXT = st.recursive(
    NAME.map('"{}"'.format) | st.sampled_from(["1", "null", "[]", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(NAME, inner), max_size=3).map(
            lambda members: "{" + ", ".join(f'"{name}" : {value}' for name, value in members) + "}"
        )
    ),
    max_leaves=10,
)
"""JSON in which names may be there twice, and colons may stand anywhere."""


@given(TEXT)
@example('{"a": ":", "a": 1}')
@example('{"a": {"b": 1, "b": 2}, "a": ":"}')
@example("[" * 200 + "]" * 200)
def test_a_name_that_is_given_twice_is_found_wherever_it_is(variables: str) -> None:
    try:
        from_body(f'{{"query": "{{ a: b }}", "variables": {{"x": {variables}}}}}'.encode())
        found = False
    except BadUserInputError as refused:
        found = "is given twice" in refused.message
    assert found == _is_twice(json.loads(variables, object_pairs_hook=list))


def _is_twice(value: object) -> bool:
    """Whether a name is, in JSON whose objects are lists of pairs."""
    if isinstance(value, tuple):
        return _is_twice(value[1])
    if not isinstance(value, list):
        return False
    names = [each[0] for each in value if isinstance(each, tuple)]
    return len(names) != len(set(names)) or any(map(_is_twice, value))


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_request_or_refused(body: bytes) -> None:
    try:
        request = from_body(body)
    except BadUserInputError:
        return
    assert request.query or request.sha256


@given(st.text(), st.dictionaries(st.text(), st.integers(-(2**31), 2**31) | st.text() | st.booleans()))
def test_a_well_formed_request_is_read_as_it_was_written(query: str, variables: dict[str, object]) -> None:
    body = json.dumps({"query": f"#{query}", "variables": variables}, ensure_ascii=False)
    assert from_body(body.encode()) == GraphQLRequest(f"#{query}", variables, None, None)


def test_the_parameters_of_a_url_hold_json() -> None:
    extensions = json.dumps(PERSISTED)
    request = from_parameters([("extensions", extensions), ("variables", '{"x": 1}'), ("operationName", "A")])
    assert request == GraphQLRequest(None, {"x": 1}, "A", HASH)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ([("extensions", "{")], "extensions must be JSON"),
        ([("extensions", "[]")], "extensions must be an object"),
        ([("extensions", json.dumps(PERSISTED)), ("variables", "x")], "variables must be JSON"),
        ([("extensions", json.dumps(PERSISTED)), ("extensions", "{}")], "'extensions' is given twice"),
        ([("extensions", "{}")], "has no query"),
    ],
)
def test_what_is_no_request_in_a_url_is_refused(parameters: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(BadUserInputError, match=sentence):
        from_parameters(parameters)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/graphql-response+json",
    ],
)
def test_json_in_utf_8_is_read(content_type: str) -> None:
    assert is_json(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
def test_another_type_is_not_read(content_type: str) -> None:
    assert not is_json(content_type)
