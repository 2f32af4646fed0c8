"""What may be believed of what came back."""

import json
from typing import Any

import pytest

from parkgraph.gates.agent.uplink import Answer, Outcome, Refusal, Unanswered, understood


def said(status: int, root: Any) -> Outcome:
    return understood(status, root if isinstance(root, bytes) else json.dumps(root).encode(), "field")


def error(code: Any, retryable: Any = None) -> dict[str, Any]:
    extensions = {"code": code} if retryable is None else {"code": code, "retryable": retryable}
    return {"message": "no", "extensions": extensions}


def test_an_answer_is_http_200_with_data_and_without_errors() -> None:
    assert said(200, {"data": {"field": {"a": 1}}}) == Answer({"a": 1})


@pytest.mark.parametrize(
    "root",
    [
        b"",
        b"<html>",
        b'{"data": {"fie',
        {"data": None},
        {"data": {"field": None}},
        {"data": {}},
        {"data": {"field": {"a": 1}}, "errors": [{"message": "but"}]},
        {},
        [],
        None,
        7,
    ],
)
def test_half_an_answer_is_none(root: Any) -> None:
    assert said(200, root) == Unanswered("HTTP 200", reached=True)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408, 302, 404])
def test_a_status_without_words_is_no_answer(status: int) -> None:
    assert isinstance(said(status, b"<html>Bad Gateway</html>"), Unanswered)


def test_data_beside_another_status_is_no_answer() -> None:
    assert isinstance(said(502, {"data": {"field": {"a": 1}}}), Unanswered)


@pytest.mark.parametrize(
    ("code", "retryable"),
    [
        ("UNAVAILABLE", True),
        ("RATE_LIMITED", True),
        ("INTERNAL", True),
        ("NOT_KNOWN_YET", True),
        ("BAD_USER_INPUT", False),
        ("FORBIDDEN", False),
        ("UNAUTHENTICATED", False),
        ("CONFLICT", False),
        ("QUERY_TOO_COMPLEX", False),
    ],
)
def test_a_code_says_whether_to_try_again_and_retryable_says_it_better(code: str, *, retryable: bool) -> None:
    for status in (200, 400, 503):
        assert said(status, {"data": None, "errors": [error(code)]}) == Refusal(code, retryable)
        assert said(status, {"errors": [error(code, not retryable)]}) == Refusal(code, not retryable)


def test_of_several_errors_the_one_that_stays_counts() -> None:
    assert said(200, {"errors": [error("INTERNAL"), error("BAD_USER_INPUT")]}) == Refusal("BAD_USER_INPUT", False)


@pytest.mark.parametrize("odd", [{"errors": "no"}, {"errors": [7]}, {"errors": [{"extensions": []}]}])
def test_errors_of_no_form_are_no_answer(odd: Any) -> None:
    assert isinstance(said(200, odd), Unanswered)


@pytest.mark.parametrize(("status", "code"), [(401, "UNAUTHENTICATED"), (403, "UNAUTHENTICATED"), (413, "TOO_LARGE")])
def test_what_a_proxy_refuses(status: int, code: str) -> None:
    assert said(status, b"") == Refusal(code, retryable=False)
