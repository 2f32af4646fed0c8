"""Sample documents as trees of dicts and lists, whatever their format, and the places in them. Pure."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from xml.etree import ElementTree

Path = tuple[str | int, ...]
Tree = Any

_TAG: Final = "tag"
_INNER: Final = "children"


class Format(StrEnum):
    JSON = "JSON"
    XML = "XML"


@dataclass(frozen=True, slots=True)
class Document:
    """`tree` is JSON's own; an XML element is a dict of its tag, attributes, text and children."""

    format: Format
    tree: Tree

    @classmethod
    def parse(cls, content: bytes) -> "Document | None":
        """None for what is neither JSON nor XML."""
        try:
            return cls(Format.JSON, json.loads(content.decode("utf-8-sig")))
        except ValueError:
            pass
        try:
            for _, (prefix, space) in ElementTree.iterparse(io.BytesIO(content), ("start-ns",)):  # noqa: S314  (own sample)
                if not (prefix.startswith("ns") and prefix[2:].isdigit()):
                    ElementTree.register_namespace(prefix, space)
            return cls(Format.XML, _to_tree(ElementTree.fromstring(content)))  # noqa: S314
        except (ElementTree.ParseError, ValueError):
            return None

    def dump(self) -> bytes:
        if self.format is Format.JSON:
            return json.dumps(self.tree, ensure_ascii=False).encode("utf-8", "surrogatepass")
        written: bytes = ElementTree.tostring(_to_element(self.tree), encoding="utf-8", xml_declaration=True)
        return written

    def at(self, path: Path) -> Tree:
        part = self.tree
        for step in path:
            part = part[step]
        return part

    def put(self, path: Path, value: Tree) -> "Document":
        """A copy with another part there."""
        if not path:
            return replace(self, tree=value)
        return self._changed(path, lambda parent, step: parent.__setitem__(step, value))

    def drop(self, path: Path) -> "Document":
        """A copy without that part."""
        return self._changed(path, lambda parent, step: parent.__delitem__(step))

    def _changed(self, path: Path, change: Any) -> "Document":
        """Copies what leads to the change, and shares the rest."""
        root = parent = _shallow(self.tree)
        for step in path[:-1]:
            parent[step] = _shallow(parent[step])
            parent = parent[step]
        change(parent, path[-1])
        return replace(self, tree=root)

    def lists(self) -> Iterator[Path]:
        """Paths of the lists that can be the network's rows, the largest first."""
        found = [
            path
            for path in paths(self.tree)
            if isinstance(part := self.at(path), list) and part and all(isinstance(row, dict) for row in part)
        ]
        yield from sorted(found, key=lambda path: -len(list(paths(self.at(path)))))

    def is_row(self, container: Path, entry: Tree) -> bool:
        """XML: a row has the tag of the last one, for a header can stand before them."""
        return self.format is Format.JSON or entry[_TAG] == self.at(container)[-1][_TAG]

    def rows(self, container: Path) -> list[Tree]:
        return [entry for entry in self.at(container) if self.is_row(container, entry)]

    def with_rows(self, container: Path, rows: list[Tree]) -> "Document":
        """A copy with these rows, and what else stands among them. A total beside them goes along."""
        others = [entry for entry in self.at(container) if not self.is_row(container, entry)]
        copy = self.put(container, [*others, *rows])
        for path in self._totals(container):
            copy = copy.put(path, len(rows))
        return copy

    def _totals(self, container: Path) -> list[Path]:
        """Numbers outside of the rows that are how many there are: a network that tells pages apart says so."""
        count = len(self.rows(container))
        around = self.put(container, None)
        return [path for path in paths(around.tree) if type(number := around.at(path)) is int and number == count]

    def shape(self, path: Path) -> Path:
        """The path without the numbers of rows: what all places of one kind have in common."""
        shape: list[str | int] = []
        part = self.tree
        for step in path:
            part = part[step]
            tag = part.get(_TAG) if isinstance(part, dict) and self.format is Format.XML else None
            shape.append((tag or "*") if isinstance(step, int) else step)
        return tuple(shape)

    def name(self, path: Path) -> str:
        """The path as a reader writes it."""
        steps = [step for step in self.shape(path) if step != _INNER]
        return ".".join(str(step).rpartition("}")[2] for step in steps) or "the whole answer"

    @property
    def kind(self) -> str:
        """Equal for documents that seem to be of one kind: by the names at their top, and of their first row."""
        if self.format is Format.XML:
            return str(self.tree[_TAG])
        return str([_names(self.tree), *map(_names, self.tree.values() if isinstance(self.tree, dict) else ())])

    def is_structure(self, path: Path) -> bool:
        """Whether the place belongs to the notation, and not to what the network says."""
        return self.format is Format.XML and bool(path) and path[-1] in (_TAG, _INNER, "attributes")


def _names(part: Tree) -> list[str] | None:
    """Of an object, or of the first in a list of them."""
    if isinstance(part, list) and part:
        part = part[0]
    return sorted(part) if isinstance(part, dict) else None


def paths(part: Tree, path: Path = ()) -> Iterator[Path]:
    """The path of every part, the whole first."""
    yield path
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, below in inner:
        yield from paths(below, (*path, step))


def _shallow(part: Tree) -> Tree:
    return dict(part) if isinstance(part, dict) else list(part)


def _to_tree(element: ElementTree.Element) -> Tree:
    return {
        _TAG: element.tag,
        "attributes": dict(element.attrib),
        "text": element.text if element.text and element.text.strip() else "",
        _INNER: [_to_tree(child) for child in element],
    }


def _to_element(tree: Tree) -> ElementTree.Element:
    element = ElementTree.Element(tree[_TAG], tree["attributes"])
    element.text = tree["text"]
    element.extend(_to_element(child) for child in tree[_INNER])
    return element
