"""What goes into the engine and what comes out: cells, formulas, errors, results."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from xlmodel.errors import XlModelError

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*([Cc][0-9]*)?|[Cc][0-9]*")


class ErrorCode(StrEnum):
    """An error value of a cell."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    SPILL = "#SPILL!"
    CALC = "#CALC!"


CellValue: TypeAlias = float | str | bool | ErrorCode | None
Rows: TypeAlias = list[list[CellValue]]


class FormulaError(XlModelError):
    """A formula that cannot be read or computed here; one line says why and what to write."""


class Address(NamedTuple):
    """A cell: sheet name, row and column, both from 1."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        """Show it as a formula writes it, such as `Inputs!C5`."""
        return f"{quoted(self.sheet)}!{column_letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell's formula.

    Args:
        text: the formula as the file stores it; the leading `=` may be missing.
        rows: number of rows of an array formula's range.
        columns: number of columns of an array formula's range.
        array: whether it is stored as an array formula, whose result fills rows × columns cells from this one.
    """

    text: str
    rows: int = 1
    columns: int = 1
    array: bool = False

    @property
    def body(self) -> str:
        """The text without its `=`."""
        return self.text.removeprefix("=")


Content: TypeAlias = float | str | bool | date | ErrorCode | Formula | None


@dataclass(frozen=True, slots=True)
class Table:
    """A worksheet table, for structured references such as `Prices[value]`.

    Args:
        name: the table's name.
        sheet: the sheet it stands on.
        top: first row, the header row where there is one.
        left: first column.
        bottom: last row, the totals row where there is one.
        right: last column.
        columns: column names from left to right.
        header_rows: 1 where the table shows its header, else 0.
        totals_rows: 1 where the table shows totals, else 0.
    """

    name: str
    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


@dataclass(frozen=True, slots=True)
class EvalResult:
    """The result of one formula.

    Args:
        value: number, text, logical or error; rows where the result is a table.
        message: why it is an error; empty where it is none.
    """

    value: CellValue | Rows
    message: str = ""

    @property
    def error(self) -> ErrorCode | None:
        """The error that the formula gives, if it gives one."""
        return self.value if isinstance(self.value, ErrorCode) else None


@dataclass(frozen=True, slots=True)
class Computed:
    """The results of a workbook.

    Args:
        values: each formula cell (and each cell an array formula fills) with its value.
        messages: why a cell of `values` is an error.
        uncomputed: each formula cell that could not be computed, with the reason; it is not in `values`.
    """

    values: dict[Address, CellValue] = field(default_factory=dict)
    messages: dict[Address, str] = field(default_factory=dict)
    uncomputed: dict[Address, str] = field(default_factory=dict)


def quoted(sheet: str) -> str:
    """Write a sheet name as a formula does, in quotes where it needs them."""
    if _PLAIN_SHEET.fullmatch(sheet) and not _LOOKS_LIKE_A_CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


def column_letters(column: int) -> str:
    """Name a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Number a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
