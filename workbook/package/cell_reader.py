"""The cells of a worksheet part as values and formulas."""

from __future__ import annotations

import math
from datetime import datetime, time
from typing import TYPE_CHECKING

from workbook.package.cell_text import CellContent, decode_text
from workbook.package.limits import above, limit
from workbook.package.sheet_scan import scan_sheet
from workbook.package.xml_spans import new_parser, run_parser, whole_number
from xlmodel.errors import WorkbookError
from xlmodel.grid import cell_name, error_code, moved, serial_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package.archive import Package
    from workbook.package.sheet_scan import ScannedCell, SheetScan
    from xlmodel.grid import CellValue

    Masters = Mapping[str, ScannedCell]

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
_SECONDS_PER_DAY = 86_400
_SHARED_ELEMENTS = 10  # times as many as of a part whose elements are kept


def shared_strings(package: Package) -> list[str]:
    """Give the texts that cells refer to by number."""
    links = package.relationships(package.workbook_part)
    part = next((link.target for link in links if link.kind == "sharedStrings"), None)
    return [] if part is None or part not in package.parts else package.parsed(part, _texts)


def _texts(data: bytes, part: str) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}
    parser = new_parser(part)
    left = _SHARED_ELEMENTS * limit("elements")

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise WorkbookError(above("elements", part, "more XML elements in the shared texts"))
        local = name.rpartition(" ")[2]
        if local == "si":
            pieces.clear()
        elif local in depth:
            depth[local] += 1

    def end(name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "si":
            texts.append(decode_text("".join(pieces)))
        elif local in depth:
            depth[local] -= 1

    def text(data: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    run_parser(parser, data, part)
    return texts


class CellReader:
    """Gives the value of a scanned cell; reads the shared strings only when a cell needs them."""

    def __init__(self, package: Package, sheet: str) -> None:
        """Remember where the texts are."""
        self._package = package
        self._sheet = sheet
        self._texts: list[str] | None = None

    def value(self, cell: ScannedCell) -> CellValue:
        """Give what the cell shows.

        Raises:
            WorkbookError: the cell holds what its type does not allow.
        """
        kind = cell.attributes.get("t", "n")
        if kind == "inlineStr":
            return None if cell.inline is None else decode_text(cell.inline.text)
        text = "" if cell.value is None else cell.value.text
        if kind == "str":
            return decode_text(text)
        text = text.strip()
        if not text:
            return None
        try:
            return self._typed(kind, text)
        except (ValueError, LookupError):
            where = f"{self._package.name}: {self._sheet}!{cell.address}"
            raise WorkbookError(f"{where}: damaged cell (type {kind[:40]!a}, value {text[:40]!a})") from None

    def _typed(self, kind: str, text: str) -> CellValue:
        match kind:
            case "s":
                return self._shared(whole_number(text))
            case "b":
                return _BOOLEANS[text.lower()]
            case "e":
                return error_code(text)
            case "d":
                return _date_number(text, self._package.date_system)
            case _:
                return _number(text)

    def _shared(self, index: int | None) -> str:
        if self._texts is None:
            self._texts = shared_strings(self._package)
        if index is None:
            raise IndexError
        return self._texts[index]


def _number(text: str) -> float:
    """Read a number; what a double cannot hold, or Python alone takes for one, is none."""
    number = float(text)
    if not math.isfinite(number) or "_" in text:
        raise ValueError
    return number


def _date_number(text: str, date_system: str) -> float:
    """Read an ISO date, or a time of day, as the number that Excel shows as such."""
    try:
        return serial_number(datetime.fromisoformat(text), date_system)
    except ValueError:
        moment = time.fromisoformat(text.removeprefix("T"))
        seconds = 3600 * moment.hour + 60 * moment.minute + moment.second + moment.microsecond / 1e6
        return seconds / _SECONDS_PER_DAY


def formula_text(cell: ScannedCell, masters: Masters) -> str | None:
    """Give a cell's formula with its equals sign, a shared one written out for its own cell; None where it has none.

    Args:
        cell: the cell.
        masters: the cell that holds each shared formula, by its index.

    Raises:
        LookupError: it shares a formula that no cell holds.
    """
    if cell.formula is None:
        return None
    attributes, text = cell.formula.attributes, cell.formula.text
    if attributes.get("t") == "dataTable":  # Excel shows {=TABLE(row input,column input)}
        return f"=TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
    shared = attributes.get("t") == "shared"
    master = masters.get(attributes.get("si", "")) if shared else None
    if (
        master is not None and master.formula is not None and master is not cell
    ):  # its own text counts for nothing
        return (
            f"={moved(decode_text(master.formula.text), cell.row - master.row, cell.column - master.column)}"
        )
    if shared and not text:
        raise LookupError
    return f"={decode_text(text)}" if text else None


def shared_masters(scan: SheetScan) -> dict[str, ScannedCell]:
    """Give the cell that holds each shared formula, by its index: the one that names the range, else the first with a text."""
    masters: dict[str, ScannedCell] = {}
    for cell in scan.cells.values():
        formula = cell.formula
        if formula is not None and formula.text and formula.attributes.get("t") == "shared":
            index = formula.attributes.get("si", "")
            if "ref" in formula.attributes:
                masters[index] = cell
            else:
                masters.setdefault(index, cell)
    return masters


def cells_of(package: Package, sheet: str) -> dict[tuple[int, int], CellContent]:
    """Read the cells of a sheet, by row and column in the order of the file.

    Raises:
        WorkbookError: no such sheet, or a damaged part.
    """
    scan = scan_sheet(package, sheet)
    masters = shared_masters(scan)
    value = CellReader(package, sheet).value
    cells: dict[tuple[int, int], CellContent] = {}
    for place, cell in scan.cells.items():
        try:
            formula = None if cell.formula is None else formula_text(cell, masters)
        except LookupError:
            where = f"{package.name}: {sheet}!{cell.address}"
            raise WorkbookError(
                f"{where}: shares a formula that no cell holds; save the file again in Excel"
            ) from None
        style = whole_number(cell.attributes.get("s") or "0")
        if style is None:
            where = f"{package.name}: {sheet}!{cell.address}"
            raise WorkbookError(
                f"{where}: damaged cell (format {cell.attributes['s'][:40]!a}); save the file again in Excel"
            )
        cells[place] = CellContent(value(cell), formula, style)
    return cells


def read_cells(package: Package, sheet: str) -> dict[str, CellContent]:
    """Read the cells of a sheet, by address in the order of the file.

    Raises:
        WorkbookError: no such sheet, or a damaged part.
    """
    return {cell_name(*place): cell for place, cell in cells_of(package, sheet).items()}
