"""A workbook while it is being changed: the package that is patched, and its contents for the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from workbook.package import Package, cells_of, patch, read_contents
from workbook.package.cell_text import parse_address
from workbook.package.sheet_scan import parse_range
from workbook.package.xml_spans import Edit, set_attribute, splice, start_tag
from xlmodel.grid import Address, cell_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package.sheet_write import Patched
    from xlmodel.grid import CellValue, Content, Table

Constant: TypeAlias = float | str | None


class Draft:
    """A workbook whose constants are changed in the package and for the engine alike.

    Args:
        package: the workbook, as read.
    """

    def __init__(self, package: Package) -> None:
        """Read the cells, once."""
        self.package = package
        self.before = {sheet: cells_of(package, sheet) for sheet in package.worksheets}
        self.contents = read_contents(package, self.before)
        self._constants: dict[str, dict[str, Constant]] = {}
        self._looks: dict[str, dict[tuple[int, int], tuple[int, int]]] = {}
        self._lengthened: dict[str, Table] = {}

    @property
    def changed(self) -> set[Address]:
        """The cells into which a constant was written."""
        return {
            Address(sheet, *parse_address(name)) for sheet, cells in self._constants.items() for name in cells
        }

    def content(self, address: Address) -> Content:
        """Return what a cell holds: a constant, a formula or nothing."""
        return self.contents.sheets.get(address.sheet, {}).get((address.row, address.column))

    def text(self, address: Address) -> str:
        """Return the text that a cell holds, empty where it holds another thing."""
        content = self.content(address)
        return content.strip() if isinstance(content, str) else ""

    def put(self, address: Address, value: Constant, like: Address | None = None) -> None:
        """Write a constant.

        Args:
            address: the cell; a formula in it goes.
            value: a number or a text; empty text and None empty the cell.
            like: the cell of the same sheet whose look it takes.
        """
        value = None if value == "" else value
        if self.content(address) == value:
            return
        cells, place = self.contents.sheets[address.sheet], (address.row, address.column)
        if value is None:
            cells.pop(place, None)
        else:
            cells[place] = value
        self._constants.setdefault(address.sheet, {})[address.name] = value
        if like is not None:
            self._looks.setdefault(address.sheet, {})[place] = (like.row, like.column)

    def append(self, sheet: str, row: int, values: Mapping[int, Constant]) -> None:
        """Write a row below another, in its look; a table that ends there grows by one row.

        Args:
            sheet: the sheet.
            row: the row above; the cells below it are empty.
            values: column -> constant.
        """
        for column, value in values.items():
            self.put(Address(sheet, row + 1, column), value, like=Address(sheet, row, column))
        for index, table in enumerate(self.contents.tables):
            if (
                table.sheet == sheet
                and table.bottom == row
                and table.left in values
                and not table.totals_rows
            ):
                self.contents.tables[index] = self._lengthened[table.name] = replace(table, bottom=row + 1)

    def write(self, values: Mapping[str, Mapping[str, CellValue]]) -> Patched:
        """Patch the package with the constants and with what its formulas give; return the cells that changed.

        Args:
            values: the new results by sheet name and address.
        """
        return self._write(self.package, values)

    def copy(self, values: Mapping[str, Mapping[str, CellValue]], *, changed: bool) -> bytes:
        """Return the file with some results in place of those that it stores; the draft stays as it is.

        Args:
            values: by sheet name and address; None: a formula without a result.
            changed: with the new constants too.
        """
        package = Package.read(self.package.to_bytes())
        if changed:
            self._write(package, values)
        else:
            patch(package, {}, values)
        return package.to_bytes()

    def _write(self, package: Package, values: Mapping[str, Mapping[str, CellValue]]) -> Patched:
        patched = patch(package, self._constants, values, self._looks)
        for table in self._lengthened.values():
            _lengthen(package, table)
        return patched


def _lengthen(package: Package, table: Table) -> None:
    """Write the new last row of a table and of its filter."""
    for link in package.relationships(package.sheet_part(table.sheet)):
        root = package.tree(link.target) if link.kind == "table" and link.target in package.parts else None
        if root is None or root.attributes.get("displayName") != table.name:
            continue
        data = package.parts[link.target]
        edits: list[Edit] = []
        for element in (root, root.child("autoFilter")):
            if element is not None and "ref" in element.attributes:
                top, left, _, right = parse_range(element.attributes["ref"])
                area = f"{cell_name(top, left)}:{cell_name(table.bottom, right)}"
                tag = start_tag(data, element.start)
                edits.append((element.start, element.start + len(tag), set_attribute(tag, "ref", area)))
        package.parts[link.target] = splice(data, edits)
