"""Samples as trees: what is read is written again, and a change is where it was meant."""

import json

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.sdk.conformance.documents import Document, Format, paths
from parkgraph.sdk.conformance.wounds import hurt

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
XML = b"""<?xml version="1.0"?>
<d:root xmlns:d="urn:d" xmlns:x="urn:x" version="2"><d:head>a</d:head><d:row x:type="d:Big"><d:n>1</d:n></d:row>
<d:row><d:n>2</d:n></d:row></d:root>"""


def parsed(content: bytes) -> Document:
    document = Document.parse(content)
    assert document is not None
    return document


@given(JSON)
def test_json_is_written_as_it_was_read(tree: object) -> None:
    assert json.loads(parsed(json.dumps(tree).encode()).dump()) == tree


@given(JSON)
def test_a_change_leaves_the_original_as_it_was(tree: object) -> None:
    document = parsed(json.dumps(tree).encode())
    before = document.dump()
    for path in paths(document.tree):
        if path:
            for _, _, other in hurt(document, path):
                assert other is not document
    assert document.dump() == before


def test_xml_keeps_its_names_prefixes_and_attributes() -> None:
    document = parsed(XML)
    assert document.format is Format.XML
    assert parsed(document.dump()).tree == document.tree
    assert b'xmlns:d="urn:d"' in document.dump()
    assert b'x:type="d:Big"' in document.dump()


def test_the_rows_of_xml_are_those_with_the_last_one_s_tag() -> None:
    document = parsed(XML)
    rows = next(document.lists())
    assert len(document.rows(rows)) == 2
    one = document.with_rows(rows, document.rows(rows)[:1])
    assert [child["tag"] for child in one.at(rows)] == ["{urn:d}head", "{urn:d}row"]


def test_what_is_neither_is_no_document() -> None:
    assert Document.parse(b"id;name\n1;Markt\n") is None
    assert Document.parse(bytes(range(256))) is None
