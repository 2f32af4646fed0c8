"""Envelopes, versions and prefixes; what is no such document is Malformed."""

import pytest

from parkgraph.sdk import Malformed, RowRejected
from parkgraph_datex2.document import FACILITIES, STATUSES, Document, facility_id

NAMESPACE = 'xmlns:p="http://datex2.eu/schema/2/2_0"'


def test_rows_are_found_whatever_their_prefix() -> None:
    content = f'<p:a {NAMESPACE}><p:parkingTable><p:parkingRecord id="1"/></p:parkingTable></p:a>'.encode()
    (row,) = Document.parse(content, FACILITIES).rows
    assert row.tag == "parkingRecord"


def test_status_words_of_the_name_of_a_status_are_not_statuses() -> None:
    content = (
        b"<a><parkingFacilityStatus><parkingFacilityStatus>open</parkingFacilityStatus></parkingFacilityStatus></a>"
    )
    assert len(Document.parse(content, STATUSES).rows) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<html><body>Wartung</body></html>",
        b"<a><parkingTable/></a>",
        b"<a><parkingRecord id='1'>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"\xff\xfe\x00",
        b'{"parkingRecord": []}',
    ],
)
def test_what_holds_no_facility_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        Document.parse(content, FACILITIES)


@pytest.mark.parametrize(
    "content",
    [
        b"<a><b xmlns='http://datex2.eu/schema/2/2_0'><parkingStatusPublication/></b></a>",
        b"<a><parkingFacilityTableStatusPublication/></a>",
        b"<d:payload xmlns:d='d' xmlns:p='p' xmlns:x='x' x:type='p:ParkingStatusPublication'/>",
    ],
)
def test_a_status_in_which_nothing_changed_has_no_rows(content: bytes) -> None:
    assert Document.parse(content, STATUSES).rows == ()
    with pytest.raises(Malformed):
        Document.parse(content, FACILITIES)


def test_a_table_is_not_a_status_document() -> None:
    with pytest.raises(Malformed, match="parkingRecordStatus"):
        Document.parse(b"<a><parkingRecord id='1'/></a>", STATUSES)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
def test_entities_and_external_documents_are_refused(declaration: str) -> None:
    with pytest.raises(Malformed):
        Document.parse(f'{declaration}<a><parkingRecord id="1"/></a>'.encode(), FACILITIES)


def test_a_document_of_great_depth_is_read_like_any_other() -> None:
    content = b"<parkingTable>" + b"<x>" * 100_000 + b"</x>" * 100_000 + b"<parkingRecord id='1'/></parkingTable>"
    assert len(Document.parse(content, FACILITIES).rows) == 1


@pytest.mark.parametrize("row", ["<parkingRecord/>", "<parkingRecord id=' '/>", f"<parkingRecord id='{'9' * 101}'/>"])
def test_a_facility_without_a_usable_id_is_rejected(row: str) -> None:
    (element,) = Document.parse(f"<a>{row}</a>".encode(), FACILITIES).rows
    with pytest.raises(RowRejected, match="id"):
        facility_id(element)


def test_a_status_has_the_id_of_the_facility_that_it_refers_to() -> None:
    content = b"<a><parkingRecordStatus id='s'><parkingRecordReference id='P1'/></parkingRecordStatus></a>"
    (row,) = Document.parse(content, STATUSES).rows
    assert facility_id(row) == "P1"
