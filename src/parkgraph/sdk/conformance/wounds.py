"""What is done to one place of a document. Pure."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from parkgraph.sdk.conformance.documents import Document, Format, Path, Tree

CANARY: Final = "kanarienvogel-7f3a"
"""A word of the network that must not come out as a word of ours."""


class Kind(Enum):
    """What is done to a place. UNREADABLE: the document is no longer what a client hands out as JSON or XML."""

    MISSING = auto()
    BLANK = auto()
    JUNK = auto()
    CANARY = auto()
    LONG = auto()
    UNREADABLE = auto()


SCALARS: Final[tuple[tuple[str, Tree], ...]] = (
    ("-1", -1),
    ("0.5", 0.5),
    ("1e30", 1e30),
    ("a number of 40 digits", 10**40),
    ("the text NaN", "NaN"),
    ("the text -1", "-1"),
    ("the text 1e999", "1e999"),
    ("control characters", "a\u0000\u0007\u202eb"),
    ("digits of another script", "\u0663"),
    ("a date that does not exist", "2026-02-30T25:61:00Z"),
)


JUNK: Final[tuple[tuple[str, Tree], ...]] = (
    ("true", True),
    ("a list", []),
    ("a list of null", [None]),
    ("an object", {}),
    ("an object of objects", {"a": {"b": None}}),
    ("a text", "junk"),
    ("7", 7),
)
"""Whatever stood there. What stood for a single value is also replaced by SCALARS."""


def hurt(document: Document, path: Path) -> Iterator[tuple[Kind, str, Document]]:
    """Each way, what one calls it, and the document with this place hurt."""
    part = document.at(path)
    if document.format is Format.XML:
        yield from _hurt_xml(document, path, part)
        return
    yield Kind.MISSING, "missing", document.drop(path)
    yield Kind.BLANK, "null", document.put(path, None)
    yield Kind.BLANK, "as an empty text", document.put(path, "")
    yield Kind.CANARY, "as another text", document.put(path, CANARY)
    yield Kind.UNREADABLE, "NaN", document.put(path, float("nan"))
    yield Kind.JUNK, "nested 200 deep", document.put(path, _deep(200))
    is_single = not isinstance(part, (dict, list))
    if is_single:
        yield Kind.LONG, "as a text of 100,000 characters", document.put(path, "x" * 100_000)
    for how, value in (*JUNK, *SCALARS) if is_single else JUNK:
        yield Kind.JUNK, f"as {how}", document.put(path, value)


def _hurt_xml(document: Document, path: Path, part: Tree) -> Iterator[tuple[Kind, str, Document]]:
    if isinstance(part, dict):
        yield Kind.MISSING, "missing", document.drop(path)
        emptied = {"tag": part["tag"], "attributes": {}, "text": "", "children": []}
        yield Kind.BLANK, "empty", document.put(path, emptied)
        return
    if not part:
        return
    if path[-2] == "attributes":
        yield Kind.MISSING, "missing", document.drop(path)
    yield Kind.BLANK, "empty", document.put(path, "")
    yield Kind.CANARY, "as another text", document.put(path, CANARY)
    yield Kind.LONG, "as a text of 100,000 characters", document.put(path, "x" * 100_000)
    for how, value in (*JUNK, *SCALARS):
        if isinstance(value, str) and value.isprintable():
            yield Kind.JUNK, f"as {how}", document.put(path, value)
        elif isinstance(value, (int, float)):
            yield Kind.JUNK, f"as {how}", document.put(path, str(value))


def _deep(levels: int) -> Tree:
    part: Tree = 1
    for _ in range(levels):
        part = [part]
    return part
