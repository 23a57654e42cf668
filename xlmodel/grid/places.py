"""Where cells stand: columns, addresses, areas, and the sheet before a reference."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*([Cc][0-9]*)?|[Cc][0-9]*")
_QUOTED_SHEET = re.compile(r"'((?:[^']|'')*)'!")
_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})"
_ONE_CELL = re.compile(_CELL)
_CELLS = re.compile(rf"{_CELL}(?::{_CELL})?")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")
_ROWS = re.compile(r"(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})")
# A bracket that opens so belongs to a table, not to the name of another file.
_INSIDE_A_TABLE = ("[@", "[#", "['")


@cache
def column_letters(column: int) -> str:
    """Name a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """Number a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """Name a cell without its sheet: (5, 2) is B5."""
    return f"{column_letters(column)}{row}"


def cell_place(name: str) -> tuple[int, int] | None:
    """Read `B5` or `$B$5` as row and column, both from 1; None where it is something else or outside a sheet."""
    found = _ONE_CELL.fullmatch(name)
    if found is None:
        return None
    row, column = int(found[4]), column_number(found[2])
    return (row, column) if 1 <= row <= MAX_ROW and column <= MAX_COLUMN else None


class Address(NamedTuple):
    """A cell: sheet name, row and column, both from 1."""

    sheet: str
    row: int
    column: int

    @property
    def name(self) -> str:
        """The address without its sheet, such as C5."""
        return cell_name(self.row, self.column)

    def __str__(self) -> str:
        """Show it as a formula writes it, such as `Inputs!C5`."""
        return f"{quoted(self.sheet)}!{self.name}"


class Area(NamedTuple):
    """A rectangle of cells, both ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell of the same sheet lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def text(self) -> str:
        """Write it as an absolute reference without its sheet."""
        first = f"${column_letters(self.left)}${self.top}"
        last = f"${column_letters(self.right)}${self.bottom}"
        return first if first == last else f"{first}:{last}"


def quoted(sheet: str) -> str:
    """Write a sheet name as a formula does, in quotes where it needs them."""
    if _PLAIN_SHEET.fullmatch(sheet) and not _LOOKS_LIKE_A_CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


@lru_cache(maxsize=16384)
def split_sheet(operand: str) -> tuple[str | None, str]:
    """Part `'My Sheet'!A1` into the sheet's name and the rest; the name is None where there is none.

    A mark inside the brackets of a table's column, such as `Prices[in!out]`, ends no sheet name.
    """
    if operand.startswith("'"):
        match = _QUOTED_SHEET.match(operand)
        return (match[1].replace("''", "'"), operand[match.end() :]) if match else (None, operand)
    head, mark, tail = operand.partition("!")
    other_file = head.startswith("[") and not head.startswith(_INSIDE_A_TABLE) and "]" in head
    named = mark and not head.startswith("#") and ("[" not in head or other_file)
    return (head, tail) if named else (None, operand)


@lru_cache(maxsize=16384)
def area_of(reference: str, sheet: str) -> Area | None:
    """Read a reference without its sheet (`$A$1`, `A1:B2`, `A:C`, `1:3`); None where it is something else."""
    if match := _CELLS.fullmatch(reference):
        left, top = column_number(match[2]), int(match[4])
        right, bottom = (column_number(match[6]), int(match[8])) if match[6] else (left, top)
    elif match := _COLUMNS.fullmatch(reference):
        left, right, top, bottom = column_number(match[2]), column_number(match[4]), 1, MAX_ROW
    elif match := _ROWS.fullmatch(reference):
        left, right, top, bottom = 1, MAX_COLUMN, int(match[2]), int(match[4])
    else:
        return None
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    if not (top >= 1 and bottom <= MAX_ROW and right <= MAX_COLUMN):
        return None
    return Area(sheet, top, left, bottom, right)
