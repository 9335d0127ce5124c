"""XML: the call export of New World / Aegis CAD, and any other by the paths of its elements.

Read by defusedxml without DTD, entities or external references, and with a bound on the elements before a
tree of them stands in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from appliance.clock import Instant
from appliance.feeds import documents, newworld
from appliance.feeds.base import Batch, FeedSettings, Refusal, SourceFault
from appliance.feeds.decoding import decoded
from appliance.feeds.documents import MAX_DEPTH, MAX_PATHS, MAX_VALUES, Document
from appliance.feeds.mapping import ColumnMap

GENERIC, NEW_WORLD = "generic", "newworld"
PRESETS = (GENERIC, NEW_WORLD)

_BEGIN = "A file holds an XML element for each call"


def parse(data: bytes, settings: FeedSettings, source: str, now: Instant) -> Batch:
    """A whole XML file as a batch; never raises on its content, and takes all of it or none."""
    return documents.parsed(data, settings, source, now, found_in)


def columns_of(data: bytes, settings: FeedSettings) -> ColumnMap:
    """Which element of a sample file each field is read from. Raises FeedFault."""
    return documents.previewed(data, settings, found_in)


class _Bounded(TreeBuilder):
    """Builds the tree, and stops before it grows beyond what a CAD writes."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._count += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            remedy = f"Export calls that lie at most {MAX_DEPTH} levels deep"
            raise SourceFault(Refusal("too_deep", "Its elements lie too deep", remedy))
        if self._count > MAX_VALUES:
            what = f"Over {MAX_VALUES} elements"
            raise SourceFault(Refusal("too_many_rows", what, "Export a shorter period"))
        if len(attrs) > MAX_PATHS:
            what = f"An element of {len(attrs)} attributes"
            raise SourceFault(Refusal("too_many_columns", what, f"Export at most {MAX_PATHS}"))
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def tree(data: bytes) -> Element:
    """The root element. Raises SourceFault."""
    text = decoded(data, _BEGIN)
    parser = XMLParser(
        target=_Bounded(), encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(_undeclared(text).encode("utf-8"))
        root = parser.close()
    except DefusedXmlException as error:
        refusal = Refusal(
            "xml_dtd", "It has a document type, entities or references outside", "Export without a DOCTYPE"
        )
        raise SourceFault(refusal) from error
    except ParseError as error:
        line = error.position[0]
        refusal = Refusal("xml", "It is not well-formed XML", "Export valid XML", line=line)
        raise SourceFault(refusal) from error
    assert isinstance(root, Element)
    return root


def _undeclared(text: str) -> str:
    """Without the XML declaration: the text is decoded already, whatever encoding it names."""
    stripped = text.lstrip()
    if stripped.startswith("<?xml") and "?>" in stripped[:200]:
        declaration, _, rest = stripped.partition("?>")
        return "\n" * declaration.count("\n") + rest
    return text


def found_in(data: bytes, settings: FeedSettings, source: str) -> list[Document]:
    """The records of a file as rows of paths. Raises SourceFault."""
    root = tree(data)
    if settings.preset == NEW_WORLD:
        return [
            Document(number, row)
            for number, call in enumerate(newworld.calls(root), start=1)
            for row in newworld.rows(call, source)
        ]
    return [
        Document(number, dict(_flattened(record)))
        for number, record in enumerate(_records(root, settings.records), start=1)
    ]


def _records(root: Element, path: str | None) -> list[Element]:
    """The calls: the elements at `path` below the root, else the root's children if they are all alike."""
    if path is None:
        children = list(root)
        names = {local(child) for child in children}
        return children if len(names) == 1 and all(len(child) for child in children) else [root]
    found = [root]
    names_of_path = path.replace("/", ".").split(".")
    if names_of_path[0] == local(root):
        names_of_path = names_of_path[1:]
    for name in names_of_path:
        found = [child for element in found for child in element if local(child) == name]
    if not found:
        raise SourceFault(Refusal("xml", f"There is no element {path}", "Correct `records` of this [[feed]]"))
    return found


def _flattened(record: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every value by its path; of elements that repeat the first counts, and attributes stand as `@name`."""
    for name, value in record.attrib.items():
        yield f"{prefix}@{_bare(name)}", value
    seen: Counter[str] = Counter()
    for child in record:
        name = local(child)
        seen[name] += 1
        if seen[name] > 1:
            continue
        yield from _flattened(child, f"{prefix}{name}.")
        if not len(child):
            yield f"{prefix}{name}", child.text or ""


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return _bare(str(element.tag))


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
