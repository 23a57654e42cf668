"""A worksheet as the rules see it: cells with their looks, tables, validations, and what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from workbook.package import cells_of, tables_of
from workbook.package.sheet_scan import Range, parse_range, scan_sheet
from workbook.package.xml_spans import Element, parse_tree
from workbook.rules.cell_styles import CellFormat, StyleSheet, is_on, number
from xlmodel.errors import WorkbookError
from xlmodel.grid import cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.package import Package
    from workbook.rules.words import Role
    from xlmodel.grid import CellValue, Table

_DATA = re.compile(rb"<((?:\w+:)?)sheetData(?:\s[^>]*)?>.*?</\1sheetData\s*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its content and look; `value` is the result that the file carries for a formula."""

    row: int
    column: int
    value: CellValue
    formula: str | None
    look: CellFormat

    @property
    def address(self) -> str:
        """Return the address, such as B5."""
        return cell_name(self.row, self.column)

    @property
    def is_number(self) -> bool:
        """Tell whether it shows a number; TRUE and FALSE are none."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def typed_number(self) -> bool:
        """Tell whether a number was typed into it."""
        return self.formula is None and self.is_number

    @property
    def text(self) -> str:
        """Return the text it shows, empty where it shows none."""
        return self.value if isinstance(self.value, str) else ""


@dataclass(frozen=True, slots=True)
class Validation:
    """A data validation: the cells, the kind, the first formula, and the message for a wrong entry."""

    areas: tuple[Range, ...]
    kind: str
    formula: str
    shows_error: bool
    error: str


@dataclass
class Sheet:
    """One worksheet.

    Args:
        name: the tab's name.
        part: its part in the package.
        state: visible, hidden or veryHidden.
        root: the worksheet element without its cells.
        rows: attributes of the rows, by number.
        cells: the cells that hold something, by row and column.
        role: what the cover says it is; None where it says nothing.
    """

    name: str
    part: str
    state: str
    root: Element
    rows: dict[int, dict[str, str]]
    cells: dict[tuple[int, int], Cell]
    role: Role | None = None
    default_width: float = 8.43
    widths: list[tuple[int, int, float, bool]] = field(default_factory=list)

    def formulas(self) -> Iterator[Cell]:
        """Give the cells with a formula."""
        return (cell for cell in self.cells.values() if cell.formula is not None)

    def text(self, row: int, column: int) -> str:
        """Give the text of a cell."""
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def width(self, column: int) -> float:
        """Give a column's width in characters of the default font."""
        return next(
            (width for low, high, width, _ in self.widths if low <= column <= high), self.default_width
        )

    def attributes(self, *path: str) -> dict[str, str] | None:
        """Give the attributes of an element below the worksheet; None where there is none."""
        element: Element | None = self.root
        for name in path:
            element = element.child(name) if element else None
        return element.attributes if element else None

    @cached_property
    def frozen_rows(self) -> int:
        """Return the number of rows that stay in view; 0 where no panes are frozen."""
        pane = self.attributes("sheetViews", "sheetView", "pane") or {}
        return int(number(pane.get("ySplit"))) if pane.get("state", "").startswith("frozen") else 0

    @cached_property
    def frozen(self) -> bool:
        """Tell whether panes are frozen."""
        pane = self.attributes("sheetViews", "sheetView", "pane") or {}
        return pane.get("state", "").startswith("frozen")

    @cached_property
    def headers(self) -> dict[int, dict[int, str]]:
        """Return the header rows: at least two texts in the style Header, by row and column."""
        headers: dict[int, dict[int, str]] = {}
        for (row, column), cell in self.cells.items():
            if cell.look.is_kind("Header") and cell.text:
                headers.setdefault(row, {})[column] = cell.text
        return {row: headers[row] for row in sorted(headers) if len(headers[row]) > 1}

    def header_above(self, row: int) -> dict[int, str]:
        """Give the nearest header row above a row."""
        above = [each for each in self.headers if each < row]
        return self.headers[above[-1]] if above else {}

    @cached_property
    def validations(self) -> list[Validation]:
        """Return the data validations, also those of later Excel versions."""
        validations = []
        for element in self.root.walk():
            if element.name != "dataValidation":
                continue
            first, extended = element.child("formula1"), element.child("sqref")
            inner = first.child("f") if first else None
            text = inner.text if inner else (first.text if first else "")
            where = element.attributes.get("sqref", extended.text if extended else "")
            validations.append(
                Validation(
                    tuple(areas_of(where)),
                    element.attributes.get("type", "none"),
                    text.strip(),
                    is_on(element.attributes.get("showErrorMessage")),
                    element.attributes.get("error", ""),
                )
            )
        return validations


def areas_of(text: str) -> Iterator[Range]:
    """Give the ranges of a list such as `A1:B2 D5`; what is no range is left out."""
    for part in text.split():
        try:
            yield parse_range(part)
        except WorkbookError:
            continue


def read_sheets(package: Package, styles: StyleSheet) -> Iterator[Sheet]:
    """Give the worksheets of a workbook in the order of their tabs."""
    states = _states(package)
    for name, part in package.sheets.items():
        root = parse_tree(_DATA.sub(b"", package.part(part), count=1), f"{package.name}: {part}")
        if root.name != "worksheet":
            continue  # a chart or dialog sheet has no cells
        cells: dict[tuple[int, int], Cell] = {}
        for (row, column), cell in cells_of(package, name).items():
            if cell.value is not None or cell.formula is not None or cell.style:
                cells[row, column] = Cell(row, column, cell.value, cell.formula, styles.format(cell.style))
        sheet = Sheet(name, part, states.get(name, "visible"), root, {}, cells)
        sheet.rows = {row.number: row.attributes for row in scan_sheet(package, name).rows}
        _read_columns(sheet)
        yield sheet


def _states(package: Package) -> dict[str, str]:
    listed = package.tree(package.workbook_part).child("sheets")
    return {
        element.attributes.get("name", ""): element.attributes.get("state", "visible")
        for element in (listed.children if listed else ())
    }


def _read_columns(sheet: Sheet) -> None:
    formats = sheet.attributes("sheetFormatPr") or {}
    sheet.default_width = number(formats.get("defaultColWidth"), sheet.default_width)
    listed = sheet.root.child("cols")
    for element in listed.children if listed else ():
        places = element.attributes
        width = number(places.get("width"), sheet.default_width)
        hidden = is_on(places.get("hidden")) or width == 0
        sheet.widths.append((int(number(places.get("min"))), int(number(places.get("max"))), width, hidden))


def read_tables(package: Package, sheets: dict[str, Sheet]) -> Iterator[Table]:
    """Give the tables of the sheets."""
    return (table for sheet in sheets for table in tables_of(package, sheet))
