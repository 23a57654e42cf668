"""What LibreOffice Calc hands to a function, and what its cell gets back; runs in LibreOffice's own Python.

Calc passes an argument that is left out as None, one cell or a constant as its value, and a range as rows, in which
a blank cell is empty text. One blank cell arrives as 0, like a typed 0. An error among the arguments never arrives:
Calc shows one itself.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from xlmodel.functions.define import Takes
from xlmodel.hosts.cell_values import finite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.functions.define import Argument, Scalar, Value

# Calc's own numbers of the errors that a cell shows by the same code as Excel's
_NUMBERS = {"#N/A": 0x7FFF, "#VALUE!": 519, "#NUM!": 503, "#DIV/0!": 532, "#REF!": 524, "#NAME?": 525}
_NAN_HIGH = 0x7FF80000
_NUMBER_TAKEN = (Takes.NUMBER, Takes.NUMBER_OR_TEXT)


def error_number(code: str) -> float:
    """Return the number that a Calc cell shows as an error: a NaN that holds the error in its lower half."""
    number: float = struct.unpack(
        "<d", struct.pack("<II", _NUMBERS.get(code, _NUMBERS["#VALUE!"]), _NAN_HIGH)
    )[0]
    return number


def arguments(given: Iterable[tuple[Argument, object]]) -> list[object]:
    """Return the arguments of a call as the library takes them, without those left out at its end.

    Args:
        given: each argument of the definition, and what Calc passed for it.
    """
    values = [_incoming(argument, value) for argument, value in given]
    while values and values[-1] is None:
        values.pop()
    return values


def _incoming(argument: Argument, value: object) -> object:
    if isinstance(value, (tuple, list)):
        rows = [[None if cell == "" else cell for cell in row] for row in value]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows
    # where 0 is no value that the argument takes, it can only be one blank cell
    return None if value == 0 and value is not False and not _takes_zero(argument) else value


def _takes_zero(argument: Argument) -> bool:
    return argument.takes in _NUMBER_TAKEN and (argument.minimum is None or argument.minimum <= 0)


def outgoing(value: Value) -> object:
    """Return a result as Calc takes it: a table as rows.

    Raises:
        CellError: `#NUM!`, where a number is not finite.
    """
    finite(value)
    if not isinstance(value, list):
        return _cell(value)
    return tuple(tuple(_cell(cell) for cell in row) for row in value)


def _cell(value: Scalar) -> object:
    """Return a cell: blank as empty text, TRUE as 1, because Calc reads a truth value from a function as 0."""
    if value is None:
        return ""
    return float(value) if isinstance(value, bool) else value
