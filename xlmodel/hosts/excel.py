"""The functions as xlwings serves them to Excel on Windows: the module its configuration names.

Every function of the register stands here under its Excel name, made from its one definition. On other systems
xlwings' decorators change nothing, so the module can be imported, and its functions called, anywhere.
"""

from __future__ import annotations

from inspect import Parameter as PythonParameter
from inspect import Signature
from typing import TYPE_CHECKING, Protocol, TypeAlias

import xlwings

import xlmodel
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.cell_values import arguments, finite
from xlmodel.hosts.help_text import argument_help, cut
from xlmodel.hosts.vba import ERROR_NUMBERS, parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlmodel.functions.define import Argument, Function, Value

CATEGORY = "xlmodel"
Given: TypeAlias = object

_ERROR_BASE = -2146828288  # 0x800A0000 as a signed number: an error cell arrives as this plus its number
_LARGEST_ERROR_NUMBER = 0xFFFF
_CODES = {number: str(code) for code, number in ERROR_NUMBERS.items()}


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
        try:
            return finite(call(definition.name, *arguments(given, _whole_number)))
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


def _whole_number(value: int) -> float | CellError:
    """Tell an error value from a number: Excel's own numbers arrive as floats."""
    number = value - _ERROR_BASE
    if 0 <= number <= _LARGEST_ERROR_NUMBER:
        code = _CODES.get(number, "#VALUE!")
        return CellError(f"an argument is {code}", code)
    return float(value)


for _definition in FUNCTIONS.values():
    globals()[_definition.name] = excel_function(_definition, xlmodel.call)
