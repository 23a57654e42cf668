"""The cells of a worksheet part as values and formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.package.cell_text import CellContent, CellValue, ErrorValue, decode_text
from workbook.package.sheet_scan import Cell, SheetScan, scan_sheet
from workbook.package.xml_spans import new_parser, run_parser
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from workbook.package.archive import Package

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


def shared_strings(package: Package) -> list[str]:
    """Give the texts that cells refer to by number."""
    links = package.relationships(package.workbook_part)
    part = next((link.target for link in links if link.kind == "sharedStrings"), None)
    if part is None or part not in package.parts:
        return []
    texts: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}
    parser = new_parser(f"{package.name}: {part}")

    def start(name: str, _attributes: dict[str, str]) -> None:
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
    run_parser(parser, package.parts[part], f"{package.name}: {part}")
    return texts


class CellReader:
    """Gives the value of a scanned cell; reads the shared strings once, and only when a cell needs them."""

    def __init__(self, package: Package, sheet: str) -> None:
        """Remember where the texts are."""
        self._package = package
        self._sheet = sheet
        self._texts: list[str] | None = None

    def value(self, cell: Cell) -> CellValue:
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
            raise WorkbookError(f"{where}: damaged cell (type {kind}, value {text[:40]!r})") from None

    def _typed(self, kind: str, text: str) -> CellValue:
        match kind:
            case "n":
                return float(text)
            case "s":
                return self._shared(int(text))
            case "b":
                return _BOOLEANS[text]
            case "e":
                return ErrorValue(text)
            case _:
                return text  # an ISO date

    def _shared(self, index: int) -> str:
        if self._texts is None:
            self._texts = shared_strings(self._package)
        if index < 0:
            raise IndexError
        return self._texts[index]


def formula_text(cell: Cell, masters: dict[str, tuple[str, str]]) -> str | None:
    """Give a cell's formula with its equals sign, a shared one written out for its own cell.

    Args:
        cell: the cell.
        masters: text and address of each shared formula, by its index.
    """
    if cell.formula is None:
        return None
    attributes = cell.formula.attributes
    if attributes.get("t") == "dataTable":  # Excel shows {=TABLE(row input,column input)}
        return f"=TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
    index = attributes.get("si")
    if attributes.get("t") == "shared" and index in masters:
        text, origin = masters[index]
        if origin != cell.address:
            return translate(text, origin, cell.address)
    return f"={cell.formula.text}"


def translate(formula: str, origin: str, address: str) -> str:
    """Move a formula to another cell as filling does: relative references move, absolute ones stay."""
    # Loading openpyxl takes longer than all else here, and few files hold shared formulas.
    from openpyxl.formula.translate import Translator  # noqa: PLC0415

    return str(Translator(formula, origin).translate_formula(address))


def shared_masters(scan: SheetScan) -> dict[str, tuple[str, str]]:
    """Give text (with equals sign) and address of the cell that holds each shared formula, by its index."""
    masters: dict[str, tuple[str, str]] = {}
    for cell in scan.cells.values():
        formula = cell.formula
        if formula is not None and formula.attributes.get("t") == "shared" and "ref" in formula.attributes:
            masters[formula.attributes.get("si", "")] = f"={formula.text}", cell.address
    return masters


def read_cells(package: Package, sheet: str) -> dict[str, CellContent]:
    """Read the cells of a sheet, by address in the order of the file.

    Raises:
        WorkbookError: no such sheet, or a damaged part.
    """
    scan = scan_sheet(package, sheet)
    masters = shared_masters(scan)
    reader = CellReader(package, sheet)
    return {
        cell.address: CellContent(
            reader.value(cell), formula_text(cell, masters), int(cell.attributes.get("s", "0"))
        )
        for cell in scan.cells.values()
    }
