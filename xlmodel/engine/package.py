"""The cells, names and tables of an .xlsx file, read from its parts.

The engine's own loader leaves tables out, does not let array formulas spill, and stops at a name that it does not know;
so the parts are read here, and the cells computed as any others.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from xlmodel.engine.references import area_of, moved
from xlmodel.engine.values import Content, ErrorCode, Formula, Table
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # spreadsheet dates have no time zone


@dataclass(slots=True)
class Contents:
    """What a workbook holds.

    Args:
        sheets: sheet name -> (row, column) -> content, in the order of the tabs.
        names: defined name -> what it refers to; a name of one sheet as `Sheet!name`.
        tables: the worksheet tables.
        date_system: `1900` or `1904`.
    """

    sheets: dict[str, dict[tuple[int, int], Content]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    date_system: str = "1900"


def read_contents(source: bytes | str | Path) -> Contents:
    """Read the cells of an .xlsx file; formulas as they are stored, shared ones written out.

    Args:
        source: the file's bytes, or its path.

    Raises:
        WorkbookError: no such file, or not an .xlsx workbook.
    """
    named = "the workbook" if isinstance(source, bytes) else str(source)
    try:
        with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as package:
            return _Reader(package).contents()
    except OSError as error:
        raise WorkbookError(f"{named} cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, KeyError, ET.ParseError, ValueError, IndexError) as error:
        raise WorkbookError(f"{named} is not a readable .xlsx workbook: {error}") from None


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str | None:
    """Give an attribute whatever its namespace."""
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name)
    return next(found, None)


def _text(element: ET.Element) -> str:
    """Join the runs of a string, without its phonetic guides."""
    runs = (
        [element.text or ""]
        if _tag(element) == "t"
        else [_text(c) for c in element if _tag(c) in {"t", "r", "si"}]
    )
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), "".join(runs))


class _Reader:
    """Reads one package."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._parts = {name.casefold(): name for name in package.namelist()}
        self._strings: list[str] = []
        self._contents = Contents()

    def contents(self) -> Contents:
        """Read the workbook part, then each sheet."""
        book = next((target for kind, target in self._related("").values() if kind == "officeDocument"), None)
        if book is None:
            raise ValueError("it has no workbook part")
        related = self._related(book)
        shared = next((target for kind, target in related.values() if kind == "sharedStrings"), None)
        if shared is not None:
            self._strings = [_text(item) for item in self._root(shared)]
        for name, target in self._tabs(self._root(book), related):
            self._contents.sheets[name] = dict(self._cells(target))
            for kind, table in self._related(target).values():
                if kind == "table":
                    self._contents.tables.append(self._table(name, self._root(table)))
        return self._contents

    def _tabs(self, book: ET.Element, related: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
        """Read the workbook part: date system and names; give each worksheet's name and part."""
        tabs: list[str] = []
        sheets: list[tuple[str, str]] = []
        for element in book.iter():
            tag = _tag(element)
            if tag == "workbookPr" and element.get("date1904") in {"1", "true"}:
                self._contents.date_system = "1904"
            elif tag == "sheet":
                kind, target = related[_attribute(element, "id") or ""]
                tabs.append(element.attrib["name"])
                if kind == "worksheet":
                    sheets.append((tabs[-1], target))
            elif tag == "definedName":
                self._name(element, tabs)
        return sheets

    def _root(self, part: str) -> ET.Element:
        data = self._package.read(self._parts[part.casefold()])
        if b"<!DOCTYPE" in data:
            raise ValueError(f"{part} declares a document type")
        return ET.fromstring(data)  # noqa: S314  # no document type, so no entities to expand

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Give a part's relationships: id -> (kind, target part)."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place.casefold() not in self._parts:
            return {}
        found = {}
        for relation in self._root(place):
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.attrib["Target"])).lstrip(
                    "/"
                )
                found[relation.attrib["Id"]] = (relation.attrib["Type"].rpartition("/")[2], target)
        return found

    def _name(self, element: ET.Element, tabs: list[str]) -> None:
        name, scope = element.attrib["name"], element.get("localSheetId")
        if name.startswith("_xlnm.") or not element.text:
            return
        self._contents.names[name if scope is None else f"{tabs[int(scope)]}!{name}"] = element.text

    @staticmethod
    def _table(sheet: str, root: ET.Element) -> Table:
        area = area_of(root.attrib["ref"], sheet)
        if area is None:
            raise ValueError(f"table {root.get('name')} has no range")
        columns = tuple(
            _text_of(column.attrib["name"]) for column in root.iter() if _tag(column) == "tableColumn"
        )
        headers, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
        return Table(root.attrib["displayName"], *area, columns, headers, totals)

    def _cells(self, part: str) -> Iterator[tuple[tuple[int, int], Content]]:
        masters: dict[str, tuple[int, int, str]] = {}
        followers: list[tuple[int, int, str]] = []
        row = column = 0
        for line in (line for data in self._root(part) if _tag(data) == "sheetData" for line in data):
            row, column = int(line.get("r", row + 1)), 0
            for cell in line:
                place = area_of(cell.attrib["r"], "") if "r" in cell.attrib else None
                row, column = (place.top, place.left) if place else (row, column + 1)
                formula = next((child for child in cell if _tag(child) == "f"), None)
                index = formula.get("si", "") if formula is not None and formula.get("t") == "shared" else ""
                if formula is not None and index and not formula.text:
                    followers.append((row, column, index))
                elif formula is not None and (formula.text or formula.get("t") == "dataTable"):
                    if index:
                        masters[index] = (row, column, formula.text or "")
                    yield (row, column), _formula(formula)
                else:
                    content = self._constant(cell)
                    if content is not None:
                        yield (row, column), content
        for row, column, index in followers:
            top, left, text = masters[index]
            yield (row, column), Formula(moved(text, row - top, column - left))

    def _constant(self, cell: ET.Element) -> Content:
        kind = cell.get("t", "n")
        parts = {_tag(child): child for child in cell}
        if kind == "inlineStr":
            return _text(parts["is"]) if "is" in parts else None
        value = parts["v"].text if "v" in parts else None
        if value is None:
            return None
        converters: dict[str, Callable[[str], Content]] = {
            "s": lambda text: self._strings[int(text)],
            "str": _text_of,
            "b": lambda text: text in {"1", "true"},
            "e": lambda text: ErrorCode(text) if text in set(ErrorCode) else ErrorCode.VALUE,
            "d": lambda text: (
                (datetime.fromisoformat(text).replace(tzinfo=None) - _EPOCH).total_seconds() / 86400
            ),
        }
        return converters.get(kind, float)(value)


def _text_of(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _formula(element: ET.Element) -> Formula:
    if element.get("t") == "dataTable":
        return Formula(f"TABLE({element.get('r1', '')})")
    if element.get("t") != "array":
        return Formula(element.text or "")
    area = area_of(element.attrib["ref"], "")
    if area is None:
        raise ValueError(f"array formula with the range {element.attrib['ref']}")
    return Formula(element.text or "", area.bottom - area.top + 1, area.right - area.left + 1, array=True)
