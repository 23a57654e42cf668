"""From Python's values to those of cells: numbers of every kind, dates, tables, a dict of assumptions.

NumPy and pandas are not imported: whoever passes one of their values has imported them.
"""

from __future__ import annotations

import math
import sys
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from xlmodel.errors import BadValueError, CellError
from xlmodel.functions.define import Takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlmodel.functions.define import Argument, Function

_RANGES = frozenset({Takes.ASSUMPTIONS, Takes.FIGURES, Takes.VARIANT})
_PAIR = ("name", "value")
_MOST_DIMENSIONS = 2
# kinds of arrays whose elements a cell may hold: boolean, integers, floats, text (two), times, Python objects
_KINDS = frozenset("biufUTMO")


def bind(function: Function, args: Sequence[object], keywords: Mapping[str, Any]) -> list[object]:
    """Return the arguments in the function's order, as a cell would pass them.

    Args:
        function: says which arguments there are, and what each takes.
        args: those given by place.
        keywords: those given by name; what stands before them and is not given is blank.

    Raises:
        BadValueError: an unknown name, an argument given twice, or a value that no cell holds.
    """
    declared = function.arguments
    values = [
        convert(argument, value)
        for argument, value in zip(chain(declared, repeat(declared[-1])), args, strict=False)
    ]
    return _with_keywords(function, values, keywords) if keywords else values


def _with_keywords(function: Function, by_place: list[object], keywords: Mapping[str, Any]) -> list[object]:
    declared = function.arguments
    places = {argument.name: place for place, argument in enumerate(declared)}
    known = f"its arguments: {', '.join(places)}"
    values = list(by_place)
    for name, value in keywords.items():
        place = places.get(name)
        if place is None:
            raise BadValueError(f"{function.name}: no argument '{name}'; {known}")
        if place < len(by_place):
            raise BadValueError(f"{function.name}: {name} is given by place and by name; {known}")
        argument = declared[place]
        several = argument.repeated and isinstance(value, (list, tuple))
        given = [convert(argument, each) for each in (value if several else [value])]
        values.extend(repeat(None, place + len(given) - len(values)))
        values[place : place + len(given)] = given
    return values


def convert(argument: Argument, value: object) -> object:
    """Return a Python value as a cell or range would pass it to an argument.

    Text, numbers, booleans, None, dates (as ISO text) and errors are cells. Rows of cells, a DataFrame (its column
    names are the header), a Series, Index or one-dimensional array (a column) are ranges. As assumptions, a dict or
    a Series gives names and values. A missing value in a pandas object is a blank cell; elsewhere NaN is an error.

    Args:
        argument: what the value is for.
        value: anything.

    Raises:
        BadValueError: a value that no cell holds, or NaN.
    """
    cell = _cell(value)
    if cell is _REFUSED:
        return _range(argument, value)
    if isinstance(cell, float) and math.isnan(cell):
        raise BadValueError(f"{argument.name}: nan is no value; write None for a blank")
    return cell


class _Refused:
    """What no cell holds."""


_REFUSED = _Refused()


def _is(value: object, library: str, *types: str) -> bool:
    """Tell whether a value is of a library's types, without importing the library."""
    module = sys.modules.get(library)
    return module is not None and isinstance(value, tuple(getattr(module, name, ()) for name in types))


def _cell(value: Any) -> object:  # noqa: PLR0911 - one return a kind of value
    """Return what a cell holds for a value; NaN for what is missing, `_REFUSED` where no cell holds it."""
    if value is None or isinstance(value, (bool, CellError)):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # without the subclass
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, int):
        return int.__int__(value) if math.isfinite(_float(value)) else math.inf
    if _missing(value):
        return math.nan
    if _is(value, "numpy", "generic"):
        return _numpy_cell(value)
    if _is(value, "decimal", "Decimal") or _is(value, "fractions", "Fraction"):
        return _float(value)
    if _is(value, "datetime", "date"):
        return value.isoformat()[: len("2026-01-31")]  # of a time, its day
    return _REFUSED


def _missing(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and any(value is getattr(pandas, name, _REFUSED) for name in ("NA", "NaT"))


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf  # which no argument takes
    except ValueError:
        return math.nan  # a signalling NaN


def _numpy_cell(value: Any) -> object:
    kind = value.dtype.kind
    if kind == "b":
        return bool(value)
    if kind in "iu":
        return int(value)
    if kind == "f":
        return _float(value)
    if kind == "M":
        day = str(value.astype("datetime64[D]"))
        return math.nan if day == "NaT" else day
    return _REFUSED


def _blanks(argument: Argument, values: Iterable[object]) -> Iterable[object]:
    """Put None for what pandas holds where a cell of a range is blank; a single value that is missing stays NaN."""
    if argument.takes not in _RANGES:
        return values
    return (
        None if _missing(value) or (isinstance(value, float) and math.isnan(value)) else value
        for value in values
    )


def _place(name: str, row: int, column: int, value: object) -> object:
    cell = _cell(value)
    if cell is _REFUSED:
        raise BadValueError(
            f"{name}: row {row}, column {column}: a cell holds a number, text, a boolean, a date or None, "
            f"found {type(value).__name__}"
        )
    return cell


def _rows(name: str, value: Sequence[object]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number, row in enumerate(value, start=1):
        if not isinstance(row, (list, tuple)):
            raise BadValueError(
                f"{name}: a range is expected as rows of equal length, such as [[name, value], [name, value]]; "
                f"row {number} is {type(row).__name__}"
            )
        rows.append(tuple(_place(name, number, column, each) for column, each in enumerate(row, start=1)))
        if len(row) != len(rows[0]):
            raise BadValueError(
                f"{name}: a range is expected as rows of equal length; row 1 has {len(rows[0])} cells, "
                f"row {number} has {len(row)}"
            )
    return rows


def _range(argument: Argument, value: Any) -> object:
    name = argument.name
    if isinstance(value, (list, tuple)):
        if argument.takes not in _RANGES and not all(isinstance(row, (list, tuple)) for row in value):
            raise BadValueError(
                f"{name}: one cell is expected, found a {type(value).__name__} of {len(value)}"
            )
        return _rows(name, value)
    if _is(value, "pandas", "DataFrame"):
        return _frame(argument, value)
    if argument.takes is Takes.ASSUMPTIONS:
        if isinstance(value, dict):
            return _pairs(name, value.items())
        if _is(value, "pandas", "Series"):
            return _pairs(name, zip(value.index, _blanks(argument, value.tolist()), strict=True))
    if _is(value, "pandas", "Series", "Index"):
        return _column(name, _blanks(argument, value.tolist()))
    if _is(value, "numpy", "ndarray"):
        return _array(name, value)
    raise BadValueError(f"{name}: {argument.takes.value} is expected, found {type(value).__name__}")


def _column(name: str, values: Iterable[object]) -> list[tuple[object, ...]]:
    return [(_place(name, row, 1, value),) for row, value in enumerate(values, start=1)]


def _pairs(name: str, items: Iterable[tuple[object, object]]) -> list[tuple[object, ...]]:
    # the header keeps a pair called name and value from being taken for one
    rows: list[tuple[object, ...]] = [_PAIR]
    for key, value in items:
        if not isinstance(key, str):
            raise BadValueError(f"{name}: the name of an assumption is text, found {type(key).__name__}")
        cell = _cell(value)
        if cell is _REFUSED:
            raise BadValueError(
                f"{name}: {key}: a number, text, a boolean, a date or None is expected, found {type(value).__name__}"
            )
        rows.append((str.__str__(key), cell))
    return rows


def _frame(argument: Argument, frame: Any) -> list[tuple[object, ...]]:
    name = argument.name
    if all(level is not None for level in frame.index.names):
        try:
            frame = frame.reset_index()
        except ValueError as error:
            raise BadValueError(f"{name}: the index of the DataFrame: {error}") from None
    labels = list(frame.columns)
    header: list[tuple[object, ...]] = []
    if all(isinstance(label, str) for label in labels):
        header.append(tuple(map(str.__str__, labels)))
    elif not all(isinstance(label, int) for label in labels):
        raise BadValueError(f"{name}: the column names of a DataFrame are text, or numbers that count them")
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [
        *header,
        *(
            tuple(
                _place(name, number, column, each)
                for column, each in enumerate(_blanks(argument, row), start=1)
            )
            for number, row in enumerate(rows, start=1)
        ),
    ]


def _array(name: str, array: Any) -> object:
    if array.dtype.kind not in _KINDS or array.ndim > _MOST_DIMENSIONS:
        raise BadValueError(
            f"{name}: an array of at most two dimensions, of numbers, text or dates, is expected, "
            f"found {array.ndim} dimensions of {array.dtype}"
        )
    if array.dtype.kind == "M":
        array = array.astype("datetime64[D]").astype(str)  # a list of times would lose their unit
    values = array.tolist()
    if array.ndim == 0:
        return [(_place(name, 1, 1, values),)]
    return _rows(name, values) if array.ndim == _MOST_DIMENSIONS else _column(name, values)
