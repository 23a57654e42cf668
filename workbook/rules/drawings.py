"""Rules on pictures and charts: described, titled, with their points (A01, C01)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.package import Package, update_chart_caches
from workbook.rules import words
from workbook.rules.cell_styles import number
from workbook.rules.registry import Hit, rule
from xlmodel.grid import cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.package.xml_spans import Element
    from workbook.rules.book import Book
    from xlmodel.grid import CellValue

_ANCHORS = frozenset({"twoCellAnchor", "oneCellAnchor", "absoluteAnchor"})
_OBJECTS = frozenset({"graphicFrame", "pic", "sp", "grpSp", "cxnSp"})
_AXES = frozenset({"catAx", "dateAx", "valAx", "serAx"})
_OFF = frozenset({"0", "false"})
_NUMBERED = re.compile(r"[\s_\-.]*\d*\Z")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An object on a sheet: its cell, its properties, and the part of its chart (empty for none)."""

    sheet: str
    cell: str
    properties: Element
    chart: str


def drawn_objects(book: Book) -> Iterator[Drawn]:
    """Give the charts, pictures and shapes of every sheet."""
    for name, part in book.package.sheets.items():
        for link in book.package.relationships(part):
            if link.kind == "drawing" and link.target in book.package.parts:
                yield from _objects(book, name, link.target)


def _objects(book: Book, sheet: str, part: str) -> Iterator[Drawn]:
    charts = {link.identity: link.target for link in book.package.relationships(part) if link.kind == "chart"}
    for anchor in book.package.tree(part).walk():
        if anchor.name not in _ANCHORS:
            continue
        cell = _corner(anchor.child("from"))
        for element in anchor.walk():
            if element.name not in _OBJECTS:
                continue
            properties = next((each for each in element.walk() if each.name == "cNvPr"), None)
            reference = next((each for each in element.walk() if each.name == "chart"), None)
            identities = reference.attributes.values() if reference else ()
            chart = next((charts[each] for each in identities if each in charts), "")
            if properties is not None:
                yield Drawn(sheet, cell, properties, chart)


def _corner(element: Element | None) -> str:
    row, column = (element.child("row"), element.child("col")) if element else (None, None)
    if row is None or column is None:
        return ""
    return cell_name(int(number(row.text)) + 1, int(number(column.text)) + 1)


@rule(
    "A01",
    zh="每个图表和图片都有替代文字",
    en="Each chart and picture has an alternative text that says what it shows",
    how="descr of each drawn object; not Picture 1, Chart 2; marked as decorative is allowed",
)
def alternative_texts(book: Book) -> Iterator[Hit]:
    """Read the description of each drawn object."""
    for drawn in drawn_objects(book):
        if any(
            each.name == "decorative" and each.attributes.get("val") not in _OFF
            for each in drawn.properties.walk()
        ):
            continue
        text = drawn.properties.attributes.get("descr", "").strip()
        if not text:
            yield Hit(drawn.sheet, drawn.cell, "no alternative text; say what the picture or chart shows")
        elif _NUMBERED.sub("", text).casefold() in words.GENERIC:
            yield Hit(drawn.sheet, drawn.cell, f"alternative text {text!r} says nothing; say what is shown")


@rule(
    "C01",
    zh="图表有标题和数值轴标题，坐标轴可见，直角边框，带当前数据点",
    en="A chart has a title, a value-axis title, visible axes, square corners and the points of its cells",
    how="Chart part: titles beside the plot (overlay 0), one on the chart and each value axis, delete 0 on value axes and one "
    "category axis, roundedCorners 0, cached points equal to the cells",
)
def charts_are_complete(book: Book) -> Iterator[Hit]:
    """Read each chart part."""
    places = {drawn.chart: drawn for drawn in drawn_objects(book) if drawn.chart}
    stale = _stale(book)
    for part, drawn in places.items():
        if part in book.package.parts:
            problems = _problems(book.package.tree(part))
            if part in stale:
                problems.append("the stored points are missing or not those of the cells; store them again")
            for problem in problems:
                yield Hit(drawn.sheet, drawn.cell, problem)


def _problems(root: Element) -> list[str]:
    problems = []
    if _value(root.child("roundedCorners")) not in _OFF:
        problems.append("chart with round corners; write roundedCorners 0")
    chart = root.child("chart")
    title = chart.child("title") if chart else None
    if not _says_something(title):
        problems.append("chart without a title; state what it shows")
    titles = (element for element in root.walk() if element.name == "title")
    if any(_value(each.child("overlay")) not in _OFF for each in titles):
        problems.append("a title may lie over the plot; write overlay 0")
    plot = chart.child("plotArea") if chart else None
    axes = [child for child in plot.children if child.name in _AXES] if plot else []
    return problems + _axis_problems(axes)


def _axis_problems(axes: list[Element]) -> list[str]:
    """Look at the axes; the category axis of a second value axis may stay hidden."""
    values = [axis for axis in axes if axis.name == "valAx"]
    others = [axis for axis in axes if axis.name != "valAx"]
    problems = []
    if not all(_says_something(axis.child("title")) for axis in values):
        problems.append("value axis without a title; name its unit")
    if not all(map(_is_shown, values)) or (others and not any(map(_is_shown, others))):
        problems.append("axis is not shown; write delete 0")
    return problems


def _is_shown(axis: Element) -> bool:
    return _value(axis.child("delete")) in _OFF


def _value(element: Element | None) -> str:
    return element.attributes.get("val", "1") if element is not None else "1"


def _says_something(title: Element | None) -> bool:
    if title is None:
        return False
    return any(element.name in {"t", "v", "f"} and element.text.strip() for element in title.walk())


def _stale(book: Book) -> set[str]:
    """Give the chart parts whose points are not those of the cells."""
    copy = Package.read(book.package.to_bytes())

    def value_of(sheet: str, row: int, column: int) -> CellValue:
        cell = book.sheets[sheet].cells.get((row, column)) if sheet in book.sheets else None
        return cell.value if cell else None

    return set(update_chart_caches(copy, value_of))
