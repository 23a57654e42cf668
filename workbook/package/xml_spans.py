"""XML read with byte offsets, so that a part can be changed by splicing and the rest stays as it was.

The parser refuses a document type, so no entity is ever expanded, and takes UTF-8 alone, because a splice
writes UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

from workbook.package.limits import above, limit
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The transitional namespaces that Excel writes, and the strict ones of ISO 29500.
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
CHART = (
    "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "http://purl.oclc.org/ooxml/drawingml/chart",
)
DRAWING = (
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
)
RELATIONSHIP_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)

Edit = tuple[int, int, bytes]
_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
_WHOLE = re.compile(r"[0-9]{1,9}")
_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
# Without the look behind and the possessive repeats a long run of spaces would be searched from each of its places.
_ATTRIBUTE = re.compile(rb"""(?<!\s)\s++([^\s=]++)\s*+=\s*+("[^"]*+"|'[^']*+')""")


def new_parser(part: str) -> expat.XMLParserType:
    """Make a parser that joins namespace and name with a space and refuses what is unsafe.

    Args:
        part: the name of the part, for messages.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in {"UTF-8", "UTF8"}:
            raise WorkbookError(
                f"{part}: written in {encoding}, not UTF-8; open and save the file in Excel first"
            )

    def doctype(*_args: object) -> None:
        raise WorkbookError(f"{part}: holds a document type, which no workbook needs; the file is not read")

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = doctype
    return parser


def run_parser(parser: expat.XMLParserType, data: bytes, part: str) -> None:
    """Read a whole part.

    Raises:
        WorkbookError: the part is no well-formed XML in UTF-8.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise WorkbookError(f"{part}: written in UTF-16, not UTF-8; open and save the file in Excel first")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from None
        raise WorkbookError(f"{part}: damaged XML ({error}); open and save the file in Excel first") from None


@dataclass(slots=True)
class Element:
    """One element of a part, with the bytes it stands on.

    Args:
        name: local name. namespace: its namespace, empty for none.
        attributes: by local name; one with a namespace as `namespace name`.
        start: offset of the start tag. close: offset of the end tag (after the tag when self-closing).
        text: its own text, without that of its children.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    start: int
    parent: Element | None
    close: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """Give the first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator[Element]:
        """Give the element and all below it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))


def parse_tree(data: bytes, part: str) -> Element:
    """Read a part into elements; meant for the small ones, a sheet has its own reader.

    Raises:
        WorkbookError: damaged XML, or more elements than the limit.
    """
    parser = new_parser(part)
    top = Element("", "", {}, 0, None)
    current = top
    left = limit("elements")
    texts: list[list[str]] = [[]]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal current, left
        left -= 1
        if left < 0:
            raise WorkbookError(above("elements", part, "more XML elements"))
        namespace, _, local = name.rpartition(" ")
        element = Element(local, namespace, attributes, parser.CurrentByteIndex, current)
        current.children.append(element)
        current = element
        texts.append([])

    def end(_name: str) -> None:
        nonlocal current
        current.close = parser.CurrentByteIndex
        current.text = "".join(texts.pop())
        current = current.parent or top

    def text(data: str) -> None:
        texts[-1].append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    run_parser(parser, data, part)
    root = top.children[0]
    root.parent = None
    return root


def whole_number(text: str | None) -> int | None:
    """Read an attribute that is a whole number from 0; None where it is none, or has more digits than any in a workbook."""
    return int(text) if text is not None and _WHOLE.fullmatch(text) else None


def start_tag(data: bytes, start: int) -> bytes:
    """Give the start tag that begins at an offset."""
    found = _TAG.match(data, start)
    if found is None:
        raise AssertionError  # expat gave the offset of a tag
    return found[0]


def element_end(data: bytes, start: int, close: int) -> int:
    """Give the offset just behind an element."""
    tag = start_tag(data, start)
    if tag.endswith(b"/>"):
        return start + len(tag)
    return data.index(b">", close) + 1


def prefix_of(tag: bytes) -> bytes:
    """Give the prefix of a tag's name with its colon, empty when it has none."""
    name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
    head, colon, _ = name.rpartition(b":")
    return head + colon


def set_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Change, add or (with None) remove one attribute of a start tag; the others keep their bytes."""
    wanted = name.encode()
    replacement = b"" if value is None else f' {name}="{attribute_text(value)}"'.encode()
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == wanted:
            return tag[: found.start()] + replacement + tag[found.end() :]
    body = tag[:-2].rstrip() if tag.endswith(b"/>") else tag[:-1]
    return body + replacement + tag[len(body) :]


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Replace byte ranges; edits may come in any order but not overlap. Insertions at one place keep theirs."""
    pieces: list[bytes] = []
    position = 0
    for start, end, replacement in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        pieces.append(data[position:start])
        pieces.append(replacement)
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)


def element_text(text: str) -> str:
    """Escape text for the inside of an element."""
    return escape(text)


def attribute_text(text: str) -> str:
    """Escape text for a double-quoted attribute; line ends and tabs survive."""
    return escape(text, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
