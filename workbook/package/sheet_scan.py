"""A worksheet part read with the byte offsets of its rows and cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook.package.cell_text import parse_address
from workbook.package.limits import above, check_limit, limit
from workbook.package.xml_spans import MAIN, new_parser, run_parser
from xlmodel.errors import WorkbookError
from xlmodel.grid import MAX_COLUMN, MAX_ROW, cell_name, cell_place

if TYPE_CHECKING:
    from workbook.package.archive import Package

Range = tuple[int, int, int, int]
_PARTS = frozenset({"f", "is", "v"})
_PLAIN_ADDRESS = re.compile(r"[A-Za-z]{1,3}[1-9][0-9]{0,6}")
_NUMBER = re.compile(r"[0-9]{1,7}")
_SHOWN = 20
_LOCAL_NAMES = {
    f"{namespace} {name}": name
    for namespace in MAIN
    for name in ("c", "col", "dimension", "f", "is", "rPh", "row", "sheetData", "t", "v", "worksheet")
}


@dataclass(slots=True)
class Part:
    """Where an element inside a cell stands, and its text."""

    start: int
    attributes: dict[str, str]
    close: int = 0
    text: str = ""


@dataclass(slots=True)
class ScannedCell:
    """Where a cell stands: its start tag, its end tag, and its formula, value and inline text."""

    row: int
    column: int
    attributes: dict[str, str]
    start: int
    close: int = 0
    formula: Part | None = None
    value: Part | None = None
    inline: Part | None = None

    @property
    def address(self) -> str:
        """The address, such as B5."""
        return cell_name(self.row, self.column)


@dataclass(slots=True)
class Row:
    """Where a row stands, and its cells in the order of the file."""

    number: int
    attributes: dict[str, str]
    start: int
    close: int = 0
    cells: list[ScannedCell] = field(default_factory=list)


@dataclass(slots=True)
class SheetScan:
    """A worksheet part: its rows, its cells by (row, column), and what else an insertion needs.

    Args:
        arrays: the ranges of array formulas by the cell that holds the formula.
        tables: the ranges of what-if data tables, likewise.
        columns: first column, last column, style of the formatted columns.
        dimension: offset of the start tag and text of the `dimension` element.
        worksheet: whether the part is a worksheet.
        data_start: offset of the start tag of `sheetData`, -1 where there is none. data_close: of its end tag.
    """

    rows: list[Row] = field(default_factory=list)
    cells: dict[tuple[int, int], ScannedCell] = field(default_factory=dict)
    arrays: dict[tuple[int, int], Range] = field(default_factory=dict)
    tables: dict[tuple[int, int], Range] = field(default_factory=dict)
    columns: list[tuple[int, int, str]] = field(default_factory=list)
    dimension: tuple[int, str] | None = None
    worksheet: bool = False
    data_start: int = -1
    data_close: int = -1

    def array_over(self, row: int, column: int) -> Range | None:
        """Give the range of the array formula that a cell belongs to."""
        return next((area for area in self.arrays.values() if inside(area, row, column)), None)


def inside(area: Range, row: int, column: int) -> bool:
    """Tell whether a cell lies in a range."""
    return area[0] <= row <= area[2] and area[1] <= column <= area[3]


def parse_range(text: str) -> Range:
    """Split `A1:B5`, or a single address, into first row, first column, last row, last column."""
    first, _, last = text.partition(":")
    top, left = parse_address(first)
    bottom, right = parse_address(last or first)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


class _Scanner:
    """Builds a `SheetScan` from the parser's events."""

    def __init__(self, data: bytes, part: str) -> None:
        self.scan = SheetScan()
        self.row = Row(0, {}, 0)
        self.cell: ScannedCell | None = None
        self.open: Part | None = None  # the f, v or is that is being read
        self.part = part
        self.pieces: list[str] = []  # of its text
        self.chars_left = 0
        self.cells_left, self.formulas_left = limit("cells"), limit("formulas")
        self.collect = False
        self.phonetic = False
        self.in_data = False
        self.parser = new_parser(part)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        run_parser(self.parser, data, part)
        # The parser holds its handlers, and they hold the scan: apart, both go with their last user.
        self.parser.StartElementHandler = self.parser.EndElementHandler = self.parser.CharacterDataHandler = (
            None
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open a row, a cell or what stands in it."""
        local = _LOCAL_NAMES.get(name)
        if local is None:
            return
        if not self.in_data:
            self._outside(local, attributes, self.parser.CurrentByteIndex)
        elif self.cell is not None and local in {"c", "row"}:
            raise ValueError(f"a cell or row inside the cell {self.cell.address}")
        elif local == "c":
            self._open_cell(attributes, self.parser.CurrentByteIndex)
        elif local == "row":
            self._open_row(attributes, self.parser.CurrentByteIndex)
        elif self.open is None:
            self._open_part(local, attributes, self.parser.CurrentByteIndex)
        elif local == "t":
            self.collect = not self.phonetic
        elif local == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        """Close what `start` opened."""
        local = _LOCAL_NAMES.get(name)
        if local is None or not self.in_data:
            return
        if local in _PARTS and self.open is not None:
            self.open.close = self.parser.CurrentByteIndex
            self.open.text = "".join(self.pieces)
            self.open = None
            self.collect = False
        elif local == "c" and self.cell is not None:
            self._close_cell(self.cell, self.parser.CurrentByteIndex)
        elif local == "row":
            self.row.close = self.parser.CurrentByteIndex
        elif local == "t":
            self.collect = False
        elif local == "rPh":
            self.phonetic = False
        elif local == "sheetData":
            self.in_data = False
            self.scan.data_close = self.parser.CurrentByteIndex

    def text(self, data: str) -> None:
        """Collect the text of a formula, a value or an inline string."""
        if self.collect and self.open is not None:
            self.chars_left -= len(data)
            if self.chars_left < 0:
                raise WorkbookError(above("text_chars", self._here(), "a longer text or formula"))
            self.pieces.append(data)

    def _outside(self, local: str, attributes: dict[str, str], position: int) -> None:
        if local == "sheetData":
            if self.scan.data_start >= 0:
                raise ValueError("cells in two places")
            self.in_data = True
            self.scan.data_start = position
        elif local == "worksheet":
            self.scan.worksheet = True
        elif local == "dimension":
            self.scan.dimension = position, attributes.get("ref", "")
        elif local == "col" and "style" in attributes:
            first, last = (_number(attributes.get(name, ""), MAX_COLUMN) for name in ("min", "max"))
            if not first or not last:
                raise ValueError(f"a format of columns from {_short(attributes.get('min'))}")
            self.scan.columns.append((first, last, attributes["style"]))

    def _open_row(self, attributes: dict[str, str], position: int) -> None:
        said = attributes.get("r")
        number = self.row.number + 1 if said is None else _number(said, MAX_ROW)
        if not number or number > MAX_ROW:
            raise ValueError(f"a row with the number {_short(said)}")
        self._count()
        self.row = Row(number, attributes, position)
        self.scan.rows.append(self.row)

    def _open_cell(self, attributes: dict[str, str], position: int) -> None:
        address = attributes.get("r")
        row = self.row.number
        if address is None:  # allowed: the cell right of the one before
            column = self.row.cells[-1].column + 1 if self.row.cells else 1
        else:
            place = cell_place(address) if _PLAIN_ADDRESS.fullmatch(address) else None
            if place is None:
                raise ValueError(f"a cell with the address {_short(address)}")
            row, column = place
            if "r" not in self.row.attributes:  # allowed: the row says its number by its cells
                self.row.number = row
            elif row != self.row.number:
                raise ValueError(f"the cell {address} stands in row {self.row.number}")
        if column > MAX_COLUMN:
            raise ValueError(f"a cell right of the last column in row {row}")
        if (row, column) in self.scan.cells:
            raise ValueError(f"the cell {cell_name(row, column)} stands twice")
        self._count()
        self.cell = ScannedCell(row, column, attributes, position)

    def _count(self) -> None:
        self.cells_left -= 1
        if self.cells_left < 0:
            raise WorkbookError(above("cells", self.part, "more cells and rows"))

    def _open_part(self, local: str, attributes: dict[str, str], position: int) -> None:
        if self.cell is None:
            return
        part = Part(position, attributes)
        if local == "v":
            self.cell.value = part
        elif local == "f":
            self.cell.formula = part
            self.formulas_left -= 1
            if self.formulas_left < 0:
                raise WorkbookError(above("formulas", self.part, "more formulas"))
        elif local == "is":
            self.cell.inline = part
        else:
            return
        self.open = part
        self.pieces = []
        self.chars_left = limit("text_chars")
        self.collect = local != "is"

    def _close_cell(self, cell: ScannedCell, position: int) -> None:
        cell.close = position
        key = cell.row, cell.column
        self.row.cells.append(cell)
        self.scan.cells[key] = cell
        if cell.formula is not None:
            kind, area = cell.formula.attributes.get("t"), cell.formula.attributes.get("ref")
            if kind == "array" and area:
                self.scan.arrays[key] = self._filled(area)
            elif kind == "dataTable" and area:
                self.scan.tables[key] = self._filled(area)
        self.cell = None

    def _filled(self, text: str) -> Range:
        """Read the range of an array formula or data table."""
        area = parse_range(text)
        count = (area[2] - area[0] + 1) * (area[3] - area[1] + 1)
        check_limit("array_cells", count, self._here(), f"a formula that fills {count:,} cells")
        return area

    def _here(self) -> str:
        """Name the cell that is being read."""
        return self.part if self.cell is None else f"{self.part}: {self.cell.address}"


def _number(text: str, most: int) -> int:
    """Read a number from 1 to the most; 0 where it is none."""
    number = int(text) if _NUMBER.fullmatch(text) else 0
    return number if number <= most else 0


def _short(text: str | None) -> str:
    """Show what stands in the file, on one line."""
    shown = ascii(text)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def scan_sheet(package: Package, sheet: str) -> SheetScan:
    """Read the worksheet part of a sheet, once as long as the part keeps its bytes.

    Raises:
        WorkbookError: no such sheet, a chart sheet, or damaged XML.
    """
    scan = package.parsed(package.sheet_part(sheet), _scan)
    if scan.data_start < 0 and not scan.worksheet:
        raise WorkbookError(f"{package.name}: {sheet!r} is no worksheet and has no cells; name another sheet")
    return scan


def _scan(data: bytes, part: str) -> SheetScan:
    try:
        return _Scanner(data, part).scan
    except (ValueError, KeyError) as error:
        raise WorkbookError(f"{part}: damaged sheet ({error}); save it again in Excel") from None
