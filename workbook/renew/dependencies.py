"""What the formulas of a workbook read: the part that some cells need, and what an uncomputed cell rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.engine.rewrite import RefusedError, Rewriter
from xlmodel.grid import Address, Area, Formula, Kind, area_of, split_sheet, structured_area, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbook.package import Contents
    from xlmodel.engine import Library
    from xlmodel.grid import Content

# They find cells that the formula's text does not name; TABLE stands for a what-if data table.
_UNFORESEEN = frozenset({"INDIRECT", "OFFSET", "TABLE", "CELL", "GETPIVOTDATA"})
_DEEPEST_NAME = 32
_OPERANDS = frozenset({Kind.REFERENCE, Kind.STRUCTURED, Kind.NAME})


class Dependencies:
    """The formulas of a workbook with the cells they read.

    Args:
        contents: the workbook.
        library: the functions that its formulas may call.
    """

    def __init__(self, contents: Contents, library: Library) -> None:
        """Keep the contents; the formulas of a sheet are indexed when one is asked for."""
        self._contents = contents
        self._tables = {table.name.upper(): table for table in contents.tables}
        self._names = {name.casefold(): text for name, text in contents.names.items()}
        self._rewriter = Rewriter(library.functions, contents.sheets, contents.names, contents.tables)
        self._formulas: dict[str, dict[Address, Formula]] = {}

    def _on(self, sheet: str) -> dict[Address, Formula]:
        """Return the formulas of a sheet."""
        if sheet not in self._formulas:
            cells = self._contents.sheets.get(sheet, {})
            self._formulas[sheet] = {
                Address(sheet, *place): content
                for place, content in cells.items()
                if isinstance(content, Formula)
            }
        return self._formulas[sheet]

    def formula(self, address: Address) -> Formula | None:
        """Return the formula of a cell, None where it holds none."""
        return self._on(address.sheet).get(address)

    def reads(self, address: Address) -> tuple[Area, ...] | None:
        """Return the cells that a formula names; None where it may read others as well."""
        formula = self._on(address.sheet)[address]
        try:
            ready = self._rewriter.rewrite(formula.body, address)
        except RefusedError:
            return self._named(formula.body, address, 0)
        return None if ready.calls & _UNFORESEEN else ready.areas

    def part_for(self, cells: Iterable[Address]) -> dict[str, dict[tuple[int, int], Content]]:
        """Return the workbook with those formulas and sheets alone that some cells rest on."""
        needed, sheets = self._needed(cells)
        return {
            sheet: {
                place: content
                for place, content in held.items()
                if not isinstance(content, Formula) or Address(sheet, *place) in needed
            }
            if sheet in sheets
            else {}
            for sheet, held in self._contents.sheets.items()
        }

    def stale(self, uncomputed: Iterable[Address], changed: Iterable[Address]) -> list[Address]:
        """Return those uncomputed cells that rest on a changed one, directly or through each other.

        Args:
            uncomputed: formula cells whose stored values stay.
            changed: cells whose values are new.
        """
        moved = _by_sheet(changed)
        waiting = {address: self.reads(address) for address in uncomputed}
        found: list[Address] = []
        grown = bool(moved)
        while grown:
            grown = False
            for address, areas in list(waiting.items()):
                if areas is None or any(_holds_any(area, moved) for area in areas):
                    del waiting[address]
                    found.append(address)
                    for cell in self._filled(address):
                        moved.setdefault(cell.sheet, set()).add((cell.row, cell.column))
                    grown = True
        return sorted(found)

    def _needed(self, cells: Iterable[Address]) -> tuple[set[Address], set[str]]:
        """Return the formulas that some cells rest on, and the sheets that these read."""
        waiting, needed = list(cells), set[Address]()
        sheets = {address.sheet for address in waiting}
        while waiting:
            address = waiting.pop()
            if address in needed or self.formula(address) is None:
                continue
            needed.add(address)
            areas = self.reads(address)
            if areas is None:
                everything = {each for sheet in self._contents.sheets for each in self._on(sheet)}
                return everything, set(self._contents.sheets)
            for area in areas:
                sheets.add(area.sheet)
                waiting += self._formulas_in(area)
        return needed, sheets

    def _formulas_in(self, area: Area) -> Iterator[Address]:
        """Give the formulas whose results lie in an area."""
        if area.top == area.bottom and area.left == area.right:
            address = Address(area.sheet, area.top, area.left)
            if address in self._on(area.sheet):
                yield address
                return
        for address, formula in self._on(area.sheet).items():
            bottom, right = address.row + formula.rows - 1, address.column + formula.columns - 1
            if (
                address.row <= area.bottom
                and bottom >= area.top
                and address.column <= area.right
                and right >= area.left
            ):
                yield address

    def _filled(self, address: Address) -> Iterator[Address]:
        formula = self._on(address.sheet)[address]
        for row in range(address.row, address.row + formula.rows):
            for column in range(address.column, address.column + formula.columns):
                yield Address(address.sheet, row, column)

    def _named(self, body: str, at: Address, depth: int) -> tuple[Area, ...] | None:
        """Return the cells named by a formula that the engine refuses; None where the text does not tell."""
        found: list[Area] = []
        for token in tokens(body):
            if token.kind is Kind.OTHER or token.text == ":":
                return None  # no formula, or a range with a computed end
            if token.kind is Kind.FUNCTION:
                if token.local.rpartition(".")[2].rstrip("(").upper() in _UNFORESEEN:
                    return None
            elif token.kind in _OPERANDS:
                areas = self._operand(token.text, at, depth)
                if areas is None:
                    return None
                found += areas
        return tuple(found)

    def _operand(self, operand: str, at: Address, depth: int) -> tuple[Area, ...] | None:
        sheet, rest = split_sheet(operand)
        if sheet is not None and "[" in sheet:
            return ()  # another file's cell, which does not change here
        if "[" in rest:
            area = structured_area(rest, self._tables, at)
            return (area,) if isinstance(area, Area) else ()
        known = {name.casefold(): name for name in self._contents.sheets}
        owner = at.sheet if sheet is None else known.get(sheet.casefold())
        if owner is None:
            return None if ":" in (sheet or "") else ()
        here = area_of(rest, owner)
        if here is not None:
            return (here,)
        text = self._names.get(f"{owner}!{rest}".casefold(), self._names.get(rest.casefold()))
        if text is None:
            return ()
        return self._named(text.removeprefix("="), at, depth + 1) if depth < _DEEPEST_NAME else None


def _by_sheet(cells: Iterable[Address]) -> dict[str, set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = {}
    for cell in cells:
        found.setdefault(cell.sheet, set()).add((cell.row, cell.column))
    return found


def _holds_any(area: Area, cells: Mapping[str, set[tuple[int, int]]]) -> bool:
    return any(area.holds(*cell) for cell in cells.get(area.sheet, ()))
