"""A workbook before it is a file: cells with keys, and formulas written against the keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from workbook import contract
from xlmodel.grid import Formula, column_letters, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.canvas.charts import Chart

_REFERENCE = re.compile(r"\{(\$?)([\w.×~+\- /]+)(?::([\w.×~+\- /]+))?\}")
HEADER_ROW = 6
_FIRST_WIDE = 0x2E80


def text_width(text: str) -> int:
    """Return the width of a text in columns of one letter; a Chinese letter takes two."""
    return sum(2 if ord(letter) > _FIRST_WIDE else 1 for letter in text)


class Place(NamedTuple):
    """Where a key stands: sheet key, row and column from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class LayoutCell:
    """A cell of a sheet.

    Args:
        content: a number, a text, or a formula with `{key}` in place of addresses.
        style: name of the cell style.
        number_format: how a number is shown; empty for texts.
        wrap: whether a text wraps.
    """

    content: float | str | Formula | None
    style: str
    number_format: str = ""
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """What may be typed into some cells.

    Args:
        cells: addresses of one sheet, such as `D7:G7`.
        kind: list, decimal, whole, date or textLength.
        low: smallest value, or the list's formula.
        high: largest value.
        message: what a wrong entry is told.
    """

    cells: str
    kind: str
    low: str
    high: str
    message: str


@dataclass(frozen=True, slots=True)
class TableArea:
    """An Excel table with filters: its name and its corners, header row included."""

    name: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """One sheet of the layout.

    Args:
        key: stands in formulas' keys, such as `inputs`.
        name: the tab's name.
        role: cover, inputs, calculation, output, checks, catalog or other, as the cover's index says.
        title: cell A1.
        purpose: cell A2.
        units: cell A3.
        one_page: printed on one page.
        tab_colour: RRGGBB; empty for none.
        alarms: cells that turn red, each with the formula, without `=`, that is true for the first of them.
        print_rows: rows that are printed; 0 means all of the sheet.
    """

    key: str
    name: str
    role: str
    title: str
    purpose: str
    units: str
    cells: dict[tuple[int, int], LayoutCell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    tables: list[TableArea] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    freeze: tuple[int, int] = (HEADER_ROW + 1, 2)
    landscape: bool = True
    one_page: bool = False
    print_rows: int = 0
    tab_colour: str = ""
    alarms: list[tuple[str, str]] = field(default_factory=list)


class Layout:
    """The sheets of a workbook, with one address for each key.

    Args:
        lang: zh or en.
    """

    def __init__(self, lang: str) -> None:
        """Start without sheets."""
        self.lang = lang
        self.sheets: dict[str, Sheet] = {}
        self.places: dict[str, Place] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self._resolved: dict[str, dict[tuple[int, int], float | str | Formula | None]] = {}

    def pick(self, zh: str, en: str) -> str:
        """Return the text in the workbook's language."""
        return zh if self.lang == "zh" else en

    def add(self, sheet: Sheet) -> Sheet:
        """Add a sheet after the others."""
        self.sheets[sheet.key] = sheet
        return sheet

    def put(
        self,
        sheet: Sheet,
        row: int,
        column: int,
        content: float | str | None,
        style: str = "Text",
        number_format: str = "",
        *,
        key: str = "",
        wrap: bool = False,
    ) -> None:
        """Write a constant and give it a key."""
        self._set(sheet, row, column, LayoutCell(content, style, number_format, wrap), key)

    def formula(
        self,
        sheet: Sheet,
        row: int,
        column: int,
        text: str,
        style: str = "Calculation",
        number_format: str = "",
        *,
        key: str = "",
        wrap: bool = False,
    ) -> None:
        """Write a formula with `{key}` for relative and `{$key}` for absolute addresses."""
        self._set(sheet, row, column, LayoutCell(Formula(text), style, number_format, wrap), key)

    def mark(self, key: str, sheet: Sheet, row: int, column: int) -> None:
        """Give a key to a cell, whether it is written already, later or not at all."""
        if key in self.places:
            raise KeyError(f"key {key} is given twice")
        self.places[key] = Place(sheet.key, row, column)

    def name(self, name: str, first: str, last: str = "") -> None:
        """Define a name for a key's cell, or for the range between two keys."""
        self.names[name] = (first, last or first)

    def name_range(self, name: str, sheet: Sheet, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Define a name for a range of a sheet.

        Args:
            name: the defined name; its corners have the keys `name.first` and `name.last`.
            sheet: the sheet.
            first: row and column of the first cell.
            last: row and column of the last cell.
        """
        self.mark(f"{name}.first", sheet, *first)
        self.mark(f"{name}.last", sheet, *last)
        self.name(name, f"{name}.first", f"{name}.last")

    def _set(self, sheet: Sheet, row: int, column: int, cell: LayoutCell, key: str) -> None:
        if (row, column) in sheet.cells:
            raise KeyError(f"{sheet.key}: {column_letters(column)}{row} is written twice")
        sheet.cells[row, column] = cell
        if key:
            self.mark(key, sheet, row, column)

    def address(self, key: str, mark: str = "") -> str:
        """Return a key's address without its sheet; mark `$` makes it absolute, `|` its column alone."""
        place = self.places[key]
        column, row = column_letters(place.column), str(place.row)
        return f"{mark}{column}{mark}{row}"

    def full_address(self, first: str, last: str = "") -> str:
        """Return the absolute address of a key's cell, or of the range between two keys, with its sheet."""
        sheet = quoted(self.sheets[self.places[first].sheet].name)
        start, end = self.address(first, "$"), self.address(last or first, "$")
        return f"{sheet}!{start}" if start == end else f"{sheet}!{start}:{end}"

    def drop_unused_names(self) -> None:
        """Take out the names that no formula, no validation and no regeneration reads."""
        texts = [text for _, _, text in self.formulas()]
        texts += [validation.low for sheet in self.sheets.values() for validation in sheet.validations]
        used = {*re.findall(r"[A-Za-z_]\w*", " ".join(texts)), *contract.NAMES}
        self.names = {name: ends for name, ends in self.names.items() if name in used}

    def refers_to(self, name: str) -> str:
        """Return what a defined name stands for, such as `'Inputs'!$B$7`."""
        return self.full_address(*self.names[name])

    def text_of(self, sheet: Sheet, formula: Formula) -> str:
        """Return a formula with addresses in place of its keys."""

        def written(reference: re.Match[str]) -> str:
            mark, first, last = reference.groups()
            home = self.places[first].sheet
            prefix = "" if home == sheet.key else f"{quoted(self.sheets[home].name)}!"
            end = f":{self.address(last, mark)}" if last else ""
            return f"{prefix}{self.address(first, mark)}{end}"

        return _REFERENCE.sub(written, formula.text)

    def resolved(self, sheet: Sheet) -> dict[tuple[int, int], float | str | Formula | None]:
        """Return a sheet's contents with addresses in place of keys; the layout must be complete."""
        if sheet.key not in self._resolved:
            self._resolved[sheet.key] = {
                place: Formula(self.text_of(sheet, cell.content))
                if isinstance(cell.content, Formula)
                else cell.content
                for place, cell in sheet.cells.items()
            }
        return self._resolved[sheet.key]

    def contents(self) -> dict[str, dict[tuple[int, int], float | str | Formula | None]]:
        """Return every cell for the engine, by sheet name and place."""
        return {sheet.name: self.resolved(sheet) for sheet in self.sheets.values()}

    def formulas(self) -> Iterator[tuple[Sheet, tuple[int, int], str]]:
        """Yield every formula cell with its text."""
        for sheet in self.sheets.values():
            for place, content in self.resolved(sheet).items():
                if isinstance(content, Formula):
                    yield sheet, place, content.text
