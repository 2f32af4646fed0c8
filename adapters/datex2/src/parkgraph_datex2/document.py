"""A DATEX II document as rows of plain XML, whatever its version, prefixes and envelope."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from parkgraph.sdk import Malformed, RowRejected

FACILITIES: Final = frozenset({"parkingFacility", "parkingRecord"})
"""The rows of a parkingFacilityTable and of a parkingTable."""

STATUSES: Final = frozenset({"parkingFacilityStatus", "parkingRecordStatus", "parkingStatusInformation"})
"""The rows of their status publications; the last one since version 3.7."""

STATUS_PUBLICATIONS: Final = frozenset(
    f"{first}arking{kind}Publication" for first in "pP" for kind in ("Status", "FacilityTableStatus")
)
"""What holds the rows of a status, by its name or its class: without rows nothing has changed."""

MAX_ID: Final = 100


@dataclass(frozen=True, slots=True)
class Document:
    """`published` is the text of its publicationTime."""

    rows: tuple[Element, ...]
    published: str | None

    @classmethod
    def parse(cls, content: bytes, row_names: frozenset[str]) -> "Document":
        """Raises Malformed for what is not XML, has a DTD, or holds no row of these names and is no status, either."""
        try:
            root: Element = fromstring(content, forbid_dtd=True)
        except (ParseError, ValueError, LookupError):
            raise Malformed("the answer is not an XML document without a DTD") from None
        for element in root.iter():
            element.tag = _local(element.tag, "}")
            element.attrib = {_local(name, "}"): value for name, value in element.attrib.items()}
        rows = tuple(_outermost(root, row_names))
        if not rows and not (row_names is STATUSES and any(map(_is_status, root.iter()))):
            raise Malformed(f"the document holds no {' and no '.join(sorted(row_names))}")
        return cls(rows, root.findtext(".//publicationTime"))


def xsi_type(row: Element) -> str:
    """The class of a row, without its prefix; "" where it does not say."""
    return _local(row.get("type", ""), ":")


def facility_id(row: Element) -> str:
    """The id of a facility, or the id that a status refers to. Raises RowRejected where there is none."""
    named = [row]
    if row.tag in STATUSES:
        names = ("parkingFacilityReference", "parkingRecordReference", "reference")
        named = [element for name in names for element in row.findall(name)]
    found = next((element.get("id", "").strip() for element in named), "")
    if not found:
        raise RowRejected("has no id of a facility")
    if len(found) > MAX_ID:
        raise RowRejected(f"has an id of more than {MAX_ID} characters")
    return found


def _is_status(element: Element) -> bool:
    return element.tag in STATUS_PUBLICATIONS or xsi_type(element) in STATUS_PUBLICATIONS


def _outermost(root: Element, names: frozenset[str]) -> Iterator[Element]:
    """Rows that do not lie in a row: a parkingFacilityStatus holds words in elements of the same name."""
    for parent in root.iter():
        if parent.tag not in names:
            yield from (child for child in parent if child.tag in names)


def _local(name: str, separator: str) -> str:
    return name.rpartition(separator)[2]
