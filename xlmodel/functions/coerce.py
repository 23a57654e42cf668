"""From a cell's value to what an argument takes, or a clear error."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import normalise
from xlmodel.errors import BadValueError, CellError
from xlmodel.functions.define import Argument, Takes
from xlmodel.inputs.register import PROFILES, find_key
from xlmodel.inputs.resolve import parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

Cells = tuple[tuple[object, ...], ...]
_ROWS = frozenset({list, tuple})
_NUMBER, _TEXT = Takes.NUMBER, Takes.TEXT
_HEADERS = {
    "value": "value",
    "值": "value",
    "name": "name",
    "名称": "name",
    "published": "published",
    "价目口径": "published",
    "预算口径": "full",
    "pricelistcost": "published",
    "budgetcost": "full",
    # of earlier quotes
    "公布口径": "published",
    "完整口径": "full",
    "full": "full",
}


def scalar(argument: Argument, value: object) -> float | str | Cells | None:
    """Return a cell's value as the argument takes it; None where nothing was given and there is no default.

    A range is one where the argument takes one, and else its only cell.

    Args:
        argument: its type, default and limits.
        value: what the host passed.

    Raises:
        CellError: the error that was passed, or #VALUE! for a value the argument does not take.
    """
    if type(value) is float and argument.takes is _NUMBER:
        return _number(argument, value)
    return _other(argument, value)


def _other(argument: Argument, value: object) -> float | str | Cells | None:
    """Return what is not the plain number that most cells hold."""
    takes = argument.takes
    if value is None or value == "":
        return _default(argument)
    if isinstance(value, CellError):
        raise value
    if isinstance(value, (list, tuple)):
        return _range(argument, value)
    if isinstance(value, str):
        if not value.strip():
            return _default(argument)
        if takes is _NUMBER:
            raise BadValueError(f"{argument.name}: a number is expected, found the text '{value}'")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or takes is Takes.RANGE:
        raise BadValueError(f"{argument.name}: {takes.value} is expected, found {str(value).upper()}")
    if takes is _TEXT:
        return f"{value:g}"
    return _number(argument, float(value))


def _range(argument: Argument, value: Sequence[Sequence[object]]) -> float | str | Cells | None:
    if len(value) == 1 and len(value[0]) == 1:
        return scalar(argument, value[0][0])
    if argument.takes is Takes.RANGE:
        return cells(argument.name, value)
    raise BadValueError(f"{argument.name}: one cell is expected, found a range of {len(value)} rows")


def _default(argument: Argument) -> float | str | None:
    if not argument.optional:
        raise BadValueError(f"{argument.name}: missing; {argument.en[0].lower()}{argument.en[1:]}")
    return argument.default


def _number(argument: Argument, number: float) -> float:
    if not math.isfinite(number):
        raise BadValueError(f"{argument.name}: {number} is no amount")
    if argument.minimum is not None and number < argument.minimum:
        raise BadValueError(f"{argument.name}: {number:g} is below {argument.minimum:g}")
    if argument.maximum is not None and number > argument.maximum:
        raise BadValueError(f"{argument.name}: {number:g} is above {argument.maximum:g}")
    if argument.whole and number != int(number):
        raise BadValueError(f"{argument.name}: {number:g} must be a whole number")
    return number


def cells(name: str, value: object) -> str | Cells:
    """Return an assumptions, figures or variant argument in a form that can be a key: text, or rows.

    Args:
        name: the argument.
        value: what the host passed.

    Raises:
        CellError: the error that was passed, or #VALUE! for what is neither text nor a range.
    """
    if isinstance(value, CellError):
        raise value
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        if not value or not _ROWS.issuperset(map(type, value)) or len(set(map(len, value))) > 1:
            raise BadValueError(f"{name}: a range is expected as rows of equal length")
        rows = tuple(map(tuple, value))
        if len(rows) == 1 and len(rows[0]) == 1:
            return cells(name, rows[0][0])
        if bool in set(map(type, chain.from_iterable(rows))):
            # as a key, TRUE would equal 1 and find what was read from it
            return tuple(
                tuple(str(cell).upper() if isinstance(cell, bool) else cell for cell in row) for row in rows
            )
        return rows
    if isinstance(value, str):
        return value.strip()
    raise BadValueError(f"{name}: a range or text is expected, found {str(value).upper()}")


def assumptions(given: str | Cells, variant: str) -> dict[str, float | str]:
    """Read assumptions from a range or text, a variant standing before them.

    Args:
        given: a range of (name, value) or (name, published, full) under that header, or text.
        variant: text such as `profile=full; estimate=high`.

    Raises:
        BadValueError: a row without a name, a name given twice, or text that is no pair.
        NotAvailableError: an unknown name.
        CellError: the error that a cell of the range holds.
    """
    first = dict(parse_text(variant))
    if isinstance(given, str):
        return {**dict(parse_text(given)), **first}
    pairs, by_profile = _assumption_rows(given)
    profile = first.get("profile") or blank_to_none(pairs.get("profile")) or PROFILES[0]
    if by_profile:
        column = 1 if normalise(str(profile)) == PROFILES[1] else 0
        pairs = {
            key: value[column] if isinstance(value, tuple) and key != "profile" else value
            for key, value in pairs.items()
        }
    read: dict[str, float | str] = {}
    for key, value in pairs.items():
        if isinstance(value, CellError):
            raise value
        if blank_to_none(value) is None:
            continue
        if not isinstance(value, (int, float, str)):
            raise BadValueError(f"assumptions: {key}: a number or text is expected, found {value}")
        read[key] = value
    return {**read, **first}


def _assumption_rows(rows: Cells) -> tuple[dict[str, object], bool]:
    width = len(rows[0]) if rows else 0
    if width < 2:  # noqa: PLR2004 - a name and a value
        raise BadValueError("assumptions: a range of two columns is expected: name, value")
    header = [_header(cell) for cell in rows[0]]
    by_profile = header[1:3] == list(PROFILES)
    has_header = by_profile or header[:2] == ["name", "value"]
    pairs: dict[str, object] = {}
    for row in rows[1 if has_header else 0 :]:
        name = row[0]
        if isinstance(name, CellError):
            raise name
        if blank_to_none(name) is None:
            if any(blank_to_none(cell) is not None for cell in row[1 : 3 if by_profile else 2]):
                raise BadValueError(f"assumptions: the value {row[1]} stands without a name")
            continue
        key = find_key(str(name))
        if key in pairs:
            raise BadValueError(f"assumptions: {key} is given twice")
        pairs[key] = _by_profile(key, row) if by_profile else row[1]
    return pairs, by_profile


def _by_profile(key: str, row: tuple[object, ...]) -> object:
    return row[1] if key == "profile" else (row[1], row[2])


def _header(cell: object) -> str:
    return _HEADERS.get(normalise(cell), "") if isinstance(cell, str) else ""


def blank_to_none(value: object) -> object | None:
    """Return None for a blank cell and for empty text."""
    return None if value is None or (isinstance(value, str) and not value.strip()) else value
