"""The functions as xlwings serves them to Excel on Windows: the module its configuration names.

Every function of the register stands here under its Excel name, made from its one definition. On other systems
xlwings' decorators change nothing, so the module can be imported, and its functions called, anywhere.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from inspect import Parameter as PythonParameter
from inspect import Signature
from typing import TYPE_CHECKING, Protocol, TypeAlias

import xlwings

import xlmodel
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.help_text import argument_help, cut
from xlmodel.hosts.vba import ERROR_NUMBERS, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xlmodel.functions.define import Argument, Function, Value

CATEGORY = "xlmodel"
Given: TypeAlias = object
Read: TypeAlias = float | str | bool | CellError | None

_ERROR_BASE = -2146828288  # 0x800A0000 as a signed number: an error cell arrives as this plus its number
_LARGEST_ERROR_NUMBER = 0xFFFF
_CODES = {number: str(code) for code, number in ERROR_NUMBERS.items()}
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone
_SECONDS_PER_DAY = 86_400


class ExcelFailure(Exception):  # noqa: N818 - it is the signal for a failed cell, not one more kind of mistake
    """A failed function, on its way to the VBA wrapper: `xlmodel #N/A: message`."""

    def __init__(self, error: CellError) -> None:
        """Put the mark and the code where the wrapper looks for them."""
        super().__init__(f"xlmodel {error.code}: {error.message}")
        self.code = error.code


class ExcelFunction(Protocol):
    """A function as xlwings calls it: positional arguments, already read from their cells."""

    __name__: str

    def __call__(self, *given: Given) -> Value:
        """Compute what the cell shows."""


def excel_function(definition: Function, call: Callable[..., Value]) -> ExcelFunction:
    """Make the function that xlwings serves under a definition's name.

    Args:
        definition: name, arguments and help.
        call: computes a function by its name and arguments, and raises CellError.

    Raises:
        ExcelFailure: from the function made, where the cell is to show an error.
    """
    listed = parameters(definition)

    def serve(*given: Given) -> Value:
        arguments = [_incoming(value) for value in given]
        while arguments and arguments[-1] is None:
            arguments.pop()
        try:
            return _outgoing(call(definition.name, *arguments))
        except CellError as error:
            raise ExcelFailure(error) from None

    serve.__name__ = serve.__qualname__ = definition.name
    serve.__doc__ = f"{definition.en}\n{definition.zh}"
    # xlwings would take the type hints for converters. It reads names and defaults from the signature, which a
    # function may declare for itself.
    serve.__annotations__ = {}
    serve.__signature__ = Signature(  # type: ignore[attr-defined] # inspect documents the attribute, typeshed lacks it
        [
            PythonParameter(
                item.name,
                PythonParameter.POSITIONAL_OR_KEYWORD,
                default=None if item.optional else PythonParameter.empty,
            )
            for item in listed
        ]
    )
    served: ExcelFunction = serve
    for item in listed:
        served = xlwings.arg(item.name, doc=_argument_doc(item.argument), ndim=2, err_to_str=True)(served)
    return xlwings.func(category=CATEGORY)(served)  # last: xlwings.arg sets the category back


def _argument_doc(argument: Argument) -> str:
    return cut(f"{argument_help(argument, 'en')} {argument_help(argument, 'zh')}")


def _incoming(value: Given) -> object:
    """Turn what xlwings read into what the library takes: one cell is its value, more are rows."""
    if not isinstance(value, list):
        return _cell(value)
    rows = [[_cell(cell) for cell in row] for row in value]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _cell(value: object) -> Read:
    match value:
        case None | bool() | float():
            return value
        case str():
            return CellError(f"an argument is {value}", value) if value in _CODES.values() else value
        case int():
            return _whole_number(value)
        case Decimal():  # a cell with a currency format, read by xlwings' own wrapper
            return float(value)
        case dt.datetime():
            return (value.replace(tzinfo=None) - _EPOCH).total_seconds() / _SECONDS_PER_DAY
        case _:
            raise ExcelFailure(
                CellError(f"an argument is a {type(value).__name__}: give a number, a text or a range")
            )


def _whole_number(value: int) -> float | CellError:
    """Tell an error value from a number: Excel's own numbers arrive as floats."""
    number = value - _ERROR_BASE
    if 0 <= number <= _LARGEST_ERROR_NUMBER:
        code = _CODES.get(number, "#VALUE!")
        return CellError(f"an argument is {code}", code)
    return float(value)


def _outgoing(value: Value) -> Value:
    """Refuse what Excel would show as an empty cell: xlwings writes NaN as empty text.

    Raises:
        CellError: `#NUM!`, where a number is not finite.
    """
    rows: Sequence[Sequence[object]] = value if isinstance(value, list) else [[value]]
    if any(isinstance(cell, float) and not math.isfinite(cell) for row in rows for cell in row):
        raise CellError("the result is not a finite number: check the inputs for extreme values", "#NUM!")
    return value


for _definition in FUNCTIONS.values():
    globals()[_definition.name] = excel_function(_definition, xlmodel.call)
