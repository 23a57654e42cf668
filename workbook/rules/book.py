"""A workbook as the rules see it: read once, shared by all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.package import Package, defined_names
from workbook.rules import words
from workbook.rules.cell_styles import StyleSheet, read_styles
from workbook.rules.formula_text import parse
from workbook.rules.sheet import read_sheets, read_tables
from xlmodel.errors import WorkbookError
from xlmodel.grid import Area, area_of, split_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.sheet import Cell, Sheet
    from workbook.rules.words import Role

_TABLE_REFERENCE = re.compile(r"([^\[\]!]+)\[(.*)\]\Z", re.DOTALL)
_COLUMN_NAME = re.compile(r"\[?([^\[\]#@]+)\]?\Z")


class Book:
    """A workbook read for the rules.

    Args:
        package: the file.
        name: how messages call it.
    """

    def __init__(self, package: Package, name: str) -> None:
        """Read styles, names, sheets and tables, and the roles that the cover gives."""
        self.package = package
        self.name = name
        self.styles: StyleSheet = read_styles(package)
        self.names = defined_names(package)
        self._folded = {key.casefold(): text for key, text in self.names.items()}
        self.sheet_names = list(package.sheets)
        self.sheets = {sheet.name: sheet for sheet in read_sheets(package, self.styles)}
        self._areas: dict[tuple[str, str], list[Area]] = {}
        self._sheet_by_folded = {name.casefold(): name for name in self.sheets}
        self.tables = {table.name.casefold(): table for table in read_tables(package, self.sheets)}
        self.cover, self.listed = self._read_index()
        for listed, word in self.listed.items():
            if listed in self.sheets:
                self.sheets[listed].role = words.ROLES.get(words.normal(word))
        if self.cover:
            self.sheets[self.cover].role = "cover"

    @property
    def indexed(self) -> bool:
        """Tell whether a cover gives the sheets their roles."""
        return bool(self.cover)

    def with_role(self, *roles: Role) -> Iterator[Sheet]:
        """Give the sheets of these roles."""
        return (sheet for sheet in self.sheets.values() if sheet.role in roles)

    def named(self, names: frozenset[str]) -> Sheet | None:
        """Give the sheet that goes by one of these words."""
        return next((sheet for sheet in self.sheets.values() if words.normal(sheet.name) in names), None)

    def areas(self, reference: str, home: str) -> list[Area]:
        """Give the cells that a reference or name in a formula of a sheet means; none where it is not known."""
        key = reference, home
        if key not in self._areas:
            self._areas[key] = []  # a name that means itself means nothing
            self._areas[key] = self._looked_up(reference, home)
        return self._areas[key]

    def _looked_up(self, reference: str, home: str) -> list[Area]:
        named, local = split_sheet(reference.rstrip("#"))
        sheet = self._sheet_by_folded.get(named.casefold(), "") if named else home
        if named and not sheet:
            return []  # another file, or several sheets at once
        area = area_of(local, sheet)
        if area is not None:
            return [area] if sheet else []
        table = _TABLE_REFERENCE.match(local)
        if table or local.casefold() in self.tables:
            return self._table_areas(*(table.groups() if table else (local, "")))
        meaning = self._folded.get(f"{sheet}!{local}".casefold(), self._folded.get(local.casefold(), ""))
        return [area for part in parse(f"={meaning}").references for area in self.areas(part, sheet)]

    def knows(self, reference: str, home: str) -> bool:
        """Tell whether a reference or name leads somewhere."""
        return bool(self.areas(reference, home))

    def cell_of(self, name: str) -> tuple[Sheet, Cell] | None:
        """Give the single cell that a defined name stands for; None where it is missing, empty or more."""
        text = self._folded.get(name.casefold())
        areas = self.areas(text.lstrip("="), "") if text else []
        if len(areas) != 1:
            return None
        sheet, top, left, bottom, right = areas[0]
        cell = self.sheets[sheet].cells.get((top, left))
        return (self.sheets[sheet], cell) if cell and (top, left) == (bottom, right) else None

    def _table_areas(self, name: str, inside: str) -> list[Area]:
        table = self.tables.get(name.strip().casefold())
        if table is None:
            return []
        area = table.area
        match = _COLUMN_NAME.match(inside.strip())
        wanted = match[1].strip().casefold() if match else ""
        for offset, column in enumerate(table.columns):
            if column.casefold() == wanted:
                place = table.left + offset
                area = area._replace(top=table.top + table.header_rows, left=place, right=place)
                break
        return [area]

    def _read_index(self) -> tuple[str, dict[str, str]]:
        """Find the table of sheets and roles: the sheet that holds it, and role words by sheet name."""
        for sheet in self.sheets.values():
            for (row, column), cell in sheet.cells.items():
                if words.normal(cell.text) in words.SHEET:
                    role = _role_column(sheet, row)
                    if role:
                        return sheet.name, _listed(sheet, row, column, role)
        return "", {}


def _role_column(sheet: Sheet, row: int) -> int:
    """Give the column of a row that is headed role, 0 for none."""
    columns = (column for (each, column), cell in sheet.cells.items() if each == row and cell.text)
    return next((column for column in columns if words.normal(sheet.text(row, column)) in words.ROLE), 0)


def _listed(sheet: Sheet, header: int, column: int, role: int) -> dict[str, str]:
    listed: dict[str, str] = {}
    row = header + 1
    while name := sheet.text(row, column):
        listed[name] = sheet.text(row, role)
        row += 1
    return listed


def load(source: str | bytes, name: str) -> Book:
    """Read a workbook.

    Raises:
        WorkbookError: it is no workbook that can be read.
    """
    package = Package.read(source)
    package.name = name
    try:
        return Book(package, name)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        reason = " ".join(str(error).split())
        raise WorkbookError(f"{name}: damaged file ({reason}); save it again in Excel") from None
