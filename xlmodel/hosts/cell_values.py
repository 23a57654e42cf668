"""What a spreadsheet hands to a function and what its cell gets back, in the form that xlwings gives both."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING

from xlmodel.errors import CellError
from xlmodel.grid.error_codes import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xlmodel.functions.define import Value

_CODES = frozenset(map(str, ErrorCode))
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone
_SECONDS_PER_DAY = 86_400


def arguments(given: Iterable[object], whole: Callable[[int], object] = float) -> list[object]:
    """Return the arguments of a call as the library takes them, without those left out at its end.

    Args:
        given: each a cell, or rows of cells; a range of one cell is that cell.
        whole: reads a whole number, where it may stand for something else.

    Raises:
        CellError: a value that no cell holds.
    """
    values = [_argument(value, whole) for value in given]
    while values and values[-1] is None:
        values.pop()
    return values


def _argument(value: object, whole: Callable[[int], object]) -> object:
    if not isinstance(value, list):
        return _cell(value, whole)
    rows = [[_cell(cell, whole) for cell in row] for row in value]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _cell(value: object, whole: Callable[[int], object]) -> object:
    match value:
        case None | bool() | float():
            return value
        case str():
            return CellError(f"an argument is {value}", value) if value in _CODES else value
        case int():
            return whole(value)
        case Decimal():  # a cell with a currency format
            return float(value)
        case dt.datetime():
            return (value.replace(tzinfo=None) - _EPOCH).total_seconds() / _SECONDS_PER_DAY
        case _:
            raise CellError(f"an argument is a {type(value).__name__}: give a number, a text or a range")


def finite(value: Value) -> Value:
    """Return a result that a cell can show as it is: hosts make other things of infinity, or an empty cell of NaN.

    Raises:
        CellError: `#NUM!`, where a number is not finite.
    """
    rows: Sequence[Sequence[object]] = value if isinstance(value, list) else [[value]]
    if any(isinstance(cell, float) and not math.isfinite(cell) for row in rows for cell in row):
        raise CellError("the result is not a finite number: check the inputs for extreme values", "#NUM!")
    return value
