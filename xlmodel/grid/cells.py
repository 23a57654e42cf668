"""What cells hold: values, formulas, and the tables that formulas name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from xlmodel.grid.error_codes import ErrorCode
from xlmodel.grid.places import Area

CellValue: TypeAlias = float | str | bool | ErrorCode | None
Rows: TypeAlias = list[list[CellValue]]


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

    @property
    def area(self) -> Area:
        """All its cells."""
        return Area(self.sheet, self.top, self.left, self.bottom, self.right)
