"""The points that a chart carries, brought up to date with the cells it shows.

Readers that do not compute (previews, converters) draw a chart from these points, and openpyxl writes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from workbook.package.cell_text import general_text, number_text
from workbook.package.limits import check_limit
from workbook.package.sheet_scan import Range, inside, parse_range, scan_sheet
from workbook.package.xml_spans import (
    CHART,
    Edit,
    Element,
    element_end,
    element_text,
    prefix_of,
    splice,
    start_tag,
)
from xlmodel.errors import WorkbookError
from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from workbook.package.archive import Package

ValueOf: TypeAlias = Callable[[str, int, int], CellValue]
CHART_TYPE = "drawingml.chart+xml"
_REFERENCE = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!\[\](),]+))!(\$?[A-Za-z]+\$?\d+(?::\$?[A-Za-z]+\$?\d+)?)\Z"
)
_MANY = 10_000  # cells, from which only those that the sheet has are looked at
_SOURCES_OF_TEXT = {"cat", "xVal"}  # where the schema allows texts in place of numbers


@dataclass(frozen=True, slots=True)
class _Reference:
    """A `numRef` or `strRef` of a chart with what its formula points to."""

    element: Element
    formula: Element
    cache: Element | None
    sheet: str
    area: Range

    @property
    def count(self) -> int:
        """The number of cells in the area."""
        top, left, bottom, right = self.area
        return (bottom - top + 1) * (right - left + 1)


def update_chart_caches(
    package: Package, value_of: ValueOf, written: Mapping[str, Collection[tuple[int, int]]] | None = None
) -> list[str]:
    """Bring the points of every chart up to date; a chart whose points are right keeps its bytes.

    References to several areas, names or other files are left as they are. Categories that are all text but
    stand as numbers, as openpyxl writes them, become texts.

    Args:
        package: the workbook; its chart parts are replaced.
        value_of: gives the value of a cell from its sheet, row and column, both counted from 1.
        written: the cells with new values by sheet; what shows none of them keeps its points. None: all are new.

    Returns:
        The names of the chart parts that changed.
    """
    changed = []
    for part in package.parts_of_type(CHART_TYPE):
        data = package.parts[part]
        edits: list[Edit] = []
        count = 0
        for element in package.tree(part).walk():
            if element.namespace in CHART and element.name in {"numRef", "strRef"}:
                reference = _read(package, element)
                if reference is not None and _shows(reference, written):
                    shown = _filled(package, reference, value_of)
                    count += len(shown)
                    check_limit("points", count, f"{package.name}: {part}", f"a chart of {count:,} points")
                    edits += _refresh(data, reference, shown)
        if edits:
            package.parts[part] = splice(data, edits)
            changed.append(part)
    return changed


def _shows(reference: _Reference, written: Mapping[str, Collection[tuple[int, int]]] | None) -> bool:
    return written is None or any(
        inside(reference.area, *place) for place in written.get(reference.sheet, ())
    )


def _read(package: Package, element: Element) -> _Reference | None:
    formula = element.child("f")
    found = _REFERENCE.match(formula.text.strip()) if formula else None
    if formula is None or found is None:
        return None
    name = found[1].replace("''", "'") if found[1] else found[2].strip()
    sheet = next((known for known in package.sheets if known.casefold() == name.casefold()), None)
    if sheet is None:
        return None
    cache = element.child("numCache" if element.name == "numRef" else "strCache")
    try:
        return _Reference(element, formula, cache, sheet, parse_range(found[3]))
    except WorkbookError:  # an area outside the sheet: a name such as Q1.2024!A0
        return None


def _filled(package: Package, reference: _Reference, value_of: ValueOf) -> dict[int, CellValue]:
    """Give the values that a reference shows, by their place in it; of a whole column only the cells that the sheet has."""
    top, left, bottom, right = reference.area
    places: Iterable[tuple[int, int]] = (
        (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
    )
    if reference.count > _MANY:
        places = sorted(
            place for place in scan_sheet(package, reference.sheet).cells if inside(reference.area, *place)
        )
    width = right - left + 1
    return {
        (row - top) * width + column - left: value
        for row, column in places
        if (value := value_of(reference.sheet, row, column)) is not None
    }


def _refresh(data: bytes, reference: _Reference, filled: Mapping[int, CellValue]) -> list[Edit]:
    """Give the edits that bring one reference up to date, none when its points are right."""
    element, cache = reference.element, reference.cache
    numeric = element.name == "numRef"
    all_text = bool(filled) and all(isinstance(value, str) for value in filled.values())
    if numeric and all_text and element.parent is not None and element.parent.name in _SOURCES_OF_TEXT:
        return [_as_texts(data, reference, filled)]
    point = _number_point if numeric else _text_point
    points = {index: point(value) for index, value in filled.items()}
    prefix = prefix_of(start_tag(data, element.start)).decode()
    if cache is None:
        position = element_end(data, reference.formula.start, reference.formula.close)
        kind = "numCache" if numeric else "strCache"
        code = f"<{prefix}formatCode>General</{prefix}formatCode>" if numeric else ""
        body = code + _points_xml(points, reference.count, prefix)
        return [(position, position, f"<{prefix}{kind}>{body}</{prefix}{kind}>".encode())]
    if _holds(cache, points, reference.count, numeric):
        return []
    return [_new_points(data, cache, points, reference.count, prefix)]


def _as_texts(data: bytes, reference: _Reference, filled: Mapping[int, CellValue]) -> Edit:
    """Write a reference to texts as such."""
    element = reference.element
    prefix = prefix_of(start_tag(data, element.start)).decode()
    end = element_end(data, element.start, element.close)
    formula = data[
        reference.formula.start : element_end(data, reference.formula.start, reference.formula.close)
    ]
    points = {index: _text_point(value) for index, value in filled.items()}
    cache = f"<{prefix}strCache>{_points_xml(points, reference.count, prefix)}</{prefix}strCache>"
    head, tail = f"<{prefix}strRef>".encode(), f"{cache}</{prefix}strRef>".encode()
    return element.start, end, head + formula + tail


def _new_points(data: bytes, cache: Element, points: dict[int, str], count: int, prefix: str) -> Edit:
    """Replace the points of a cache; its number format and extensions keep their bytes."""
    formats = {
        point.attributes.get("idx", ""): point.attributes["formatCode"]
        for point in cache.children
        if point.name == "pt" and "formatCode" in point.attributes
    }
    kept = {
        child.name: data[child.start : element_end(data, child.start, child.close)].decode()
        for child in cache.children
        if child.name in {"formatCode", "extLst"}
    }
    body = kept.get("formatCode", "") + _points_xml(points, count, prefix, formats) + kept.get("extLst", "")
    kind = f"{prefix}{cache.name}"
    end = element_end(data, cache.start, cache.close)
    return cache.start, end, start_tag(data, cache.start).replace(b"/>", b">") + f"{body}</{kind}>".encode()


def _points_xml(
    points: dict[int, str], count: int, prefix: str, formats: dict[str, str] | None = None
) -> str:
    pieces = [f'<{prefix}ptCount val="{count}"/>']
    for index, text in points.items():
        code = (formats or {}).get(str(index))
        attribute = f' formatCode="{element_text(code).replace(chr(34), "&quot;")}"' if code else ""
        value = f"<{prefix}v>{element_text(text)}</{prefix}v>"
        pieces.append(f'<{prefix}pt idx="{index}"{attribute}>{value}</{prefix}pt>')
    return "".join(pieces)


def _holds(cache: Element, points: dict[int, str], count: int, numeric: bool) -> bool:
    """Tell whether a cache has these points already."""
    counted = cache.child("ptCount")
    if counted is None or counted.attributes.get("val") != str(count):
        return False
    old: dict[str, str] = {}
    for point in cache.children:
        value = point.child("v")
        if point.name == "pt" and value is not None:
            old[point.attributes.get("idx", "")] = value.text
    if set(old) != {str(index) for index in points}:
        return False
    same = _same_number if numeric else str.__eq__
    return all(same(old[str(index)], text) for index, text in points.items())


def _same_number(old: str, new: str) -> bool:
    if old.startswith("#") or new.startswith("#"):
        return old.startswith("#") and new.startswith("#")
    try:
        return float(old) == float(new)
    except ValueError:
        return False


def _number_point(value: CellValue) -> str:
    """Write a point as Excel does: text counts as 0, TRUE as 1, every error as the one that draws nothing."""
    if isinstance(value, ErrorCode):
        return "#N/A"
    return number_text(value) if isinstance(value, int | float) else "0"


def _text_point(value: CellValue) -> str:
    """Write a label: numbers in the General format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return general_text(value) if isinstance(value, int | float) else str(value)
