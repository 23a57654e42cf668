"""What the formulas of a workbook read: the part that some cells need, and what an uncomputed cell rests on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlmodel.engine.refusal import RefusedError
from xlmodel.engine.rewrite import Rewriter
from xlmodel.grid import Address, Area, Formula, Kind, area_of, moved, split_sheet, structured_area, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbook.package import Contents
    from xlmodel.engine import Library
    from xlmodel.grid import Content

# They find cells that the formula's text does not name.
_UNFORESEEN = frozenset({"INDIRECT", "OFFSET"})
_LARGE = 200  # cells
_NUMBER = r"\s*(-?\d*)\s*"
_ANY_OFFSET = re.compile(r"(?<![\w.])OFFSET\s*\(", re.IGNORECASE)
_OFFSET = re.compile(
    rf"(?<![\w.])OFFSET\(((?:'(?:[^']|'')+'!|[\w.]+!)?[$A-Z0-9:]+),{_NUMBER},{_NUMBER}(?:,{_NUMBER})?(?:,{_NUMBER})?\)",
    re.IGNORECASE,
)
_DEEPEST_NAME = 32
# of workbooks read lately
_LAYOUTS = 4
_MOST_FORMULAS = 50_000
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
        self.rewriter = _rewriter_of(contents, library)
        self._formulas: dict[str, dict[Address, Formula]] = {}
        self._indexed: _Readers | None = None

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
        if address[1:] in self._contents.data_tables.get(address.sheet, ()):
            return _around(address, formula)
        try:
            ready = self.rewriter.rewrite(formula.body, address, array=formula.array)
        except RefusedError:
            return self._named(formula.body, address, 0)
        if "INDIRECT" in ready.calls:
            return None
        return self._shifted(formula.body, address, ready.areas) if "OFFSET" in ready.calls else ready.areas

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

    def formulas(self) -> dict[Address, Formula]:
        """Return all formulas, in the order of the file."""
        return {
            address: formula
            for sheet in self._contents.sheets
            for address, formula in self._on(sheet).items()
        }

    def resting_on(self, changed: Iterable[Address], stopped: Iterable[Address] = ()) -> set[Address]:
        """Return the formulas that rest on changed cells, directly or through each other.

        Args:
            changed: cells whose values are new.
            stopped: formulas through which no change goes on.
        """
        readers = self._readers()
        found, ended = set[Address](), frozenset(stopped)
        waiting = list(changed)
        if waiting:
            unforeseen = [address for address in readers.unforeseen if address not in ended]
            found.update(unforeseen)
            waiting += [cell for address in unforeseen for cell in self.filled(address)]
        seen = set(waiting)
        while waiting:
            for address in readers.of(waiting.pop()):
                if address not in found and address not in ended:
                    found.add(address)
                    new = [cell for cell in self.filled(address) if cell not in seen]
                    seen.update(new)
                    waiting += new
        return found

    def reading(self, cells: Iterable[Address]) -> set[Address]:
        """Return the formulas that name some cells themselves."""
        readers = self._readers()
        return {address for cell in cells for address in readers.of(cell)}

    def _readers(self) -> _Readers:
        if self._indexed is None:
            self._indexed = _Readers({address: self.reads(address) for address in self.formulas()})
        return self._indexed

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

    def filled(self, address: Address) -> Iterator[Address]:
        """Give the cells that show a formula's results."""
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
            return self._across(sheet or "", rest)
        here = area_of(rest, owner)
        if here is not None:
            return (here,)
        text = self._names.get(f"{owner}!{rest}".casefold(), self._names.get(rest.casefold()))
        if text is None:
            return ()
        here_read = moved(text.removeprefix("="), at.row - 1, at.column - 1, wrap=True)
        return self._named(here_read, at, depth + 1) if depth < _DEEPEST_NAME else None

    def _shifted(self, body: str, at: Address, areas: tuple[Area, ...]) -> tuple[Area, ...] | None:
        """Return what a formula with OFFSET reads; None unless each begins at an address and moves by fixed numbers."""
        found = _OFFSET.findall(body)
        if len(found) != len(_ANY_OFFSET.findall(body)):
            return None
        shifted = []
        for reference, rows, columns, height, width in found:
            known = self._operand(reference, at, 0)
            if not known or len(known) != 1:
                return None
            sheet, top, left, bottom, right = known[0]
            top, left = top + int(rows or 0), left + int(columns or 0)
            bottom = top + int(height) - 1 if height else bottom + int(rows or 0)
            right = left + int(width) - 1 if width else right + int(columns or 0)
            if top < 1 or left < 1 or bottom < top or right < left:
                return None
            shifted.append(Area(sheet, top, left, bottom, right))
        return (*areas, *shifted)

    def _across(self, sheets: str, rest: str) -> tuple[Area, ...] | None:
        """Return the cells of a reference across several sheets, such as `Jan:Mar!A1`."""
        first, colon, last = sheets.casefold().partition(":")
        order = [name.casefold() for name in self._contents.sheets]
        if not colon:
            return ()
        if first not in order or last not in order:
            return None
        begin, end = sorted((order.index(first), order.index(last)))
        areas = [area_of(rest, name) for name in list(self._contents.sheets)[begin : end + 1]]
        return tuple(area for area in areas if area is not None)


_rewriters: list[tuple[Library, tuple[object, ...], Rewriter]] = []


def _rewriter_of(contents: Contents, library: Library) -> Rewriter:
    """Give the rewriter of a workbook; quotes of one layout share theirs, since most of their formulas are the same."""
    key = tuple(contents.sheets), tuple(contents.names.items()), tuple(contents.tables)
    for known in _rewriters:
        if known[0] is library and known[1] == key and len(known[2]) < _MOST_FORMULAS:
            return known[2]
    made = Rewriter(library.functions, contents.sheets, contents.names, contents.tables)
    _rewriters[:] = [(library, key, made), *_rewriters[: _LAYOUTS - 1]]
    return made


class _Readers:
    """The formulas that read a cell."""

    def __init__(self, reads: Mapping[Address, tuple[Area, ...] | None]) -> None:
        """Index each area once, whatever the number of its readers: small ones cell by cell, larger ones by sheet."""
        self.unforeseen = [address for address, areas in reads.items() if areas is None]
        found: dict[Area, list[Address]] = {}
        for address, areas in reads.items():
            for area in dict.fromkeys(areas or ()):
                found.setdefault(area, []).append(address)
        self._cells: dict[tuple[str, int, int], list[list[Address]]] = {}
        self._areas: dict[str, list[tuple[Area, list[Address]]]] = {}
        for area, readers in found.items():
            sheet, top, left, bottom, right = area
            if (bottom - top + 1) * (right - left + 1) > _LARGE:
                self._areas.setdefault(sheet, []).append((area, readers))
                continue
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self._cells.setdefault((sheet, row, column), []).append(readers)

    def of(self, cell: Address) -> Iterator[Address]:
        """Give the formulas that name a cell."""
        for readers in self._cells.get(cell, ()):
            yield from readers
        for area, readers in self._areas.get(cell.sheet, ()):
            if area.holds(cell.row, cell.column):
                yield from readers


def _around(address: Address, formula: Formula) -> tuple[Area, ...]:
    """Return what a what-if data table reads: its input cells' values stand in its margin, above and left of it."""
    top, left = max(address.row - 1, 1), max(address.column - 1, 1)
    bottom, right = address.row + formula.rows - 1, address.column + formula.columns - 1
    margin = Area(address.sheet, top, left, top, right), Area(address.sheet, top, left, bottom, left)
    inputs = (area_of(text, address.sheet) for text in formula.body[len("TABLE(") : -1].split(","))
    return (*margin, *(area for area in inputs if area is not None))
