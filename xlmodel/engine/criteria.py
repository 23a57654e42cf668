"""SUMIF, COUNTIF and their kin with a table of criteria: a result for each of them, errors counted in as Excel does."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Given: TypeAlias = Any  # as in mended.py
_SIGN = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_DIV0 = {"type": "Error", "kind": "Div", "message": "no cell meets the criteria"}


def _rows(given: Given) -> list[list[Given]]:
    return given if isinstance(given, list) else [[given]]


def _cells(given: Given) -> list[Given]:
    return [cell for row in _rows(given) for cell in row]


def _is_number(value: Given) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def meets(criterion: Given) -> Callable[[Given], bool]:
    """Return the test that a criterion stands for: a number, `">5"`, a text with `*` and `?`, or its opposite."""
    if _is_number(criterion):
        criterion = f"{criterion:.15g}"
    if not isinstance(criterion, str):
        return lambda cell: type(cell) is type(criterion) and cell == criterion
    sign, rest = _SIGN.fullmatch(criterion).groups()  # type: ignore[union-attr]  # every text matches
    number = _number(rest)
    if sign in _SIGNS:
        compare = _SIGNS[sign]
        if number is not None:
            return lambda cell: _is_number(cell) and compare(cell, number)
        return lambda cell: isinstance(cell, str) and compare(cell.casefold(), rest.casefold())
    if number is not None:
        return _unless(sign, lambda cell: (_is_number(cell) and cell == number) or cell == rest)
    if rest == "":
        return _unless(sign, lambda cell: cell is None or (not sign and cell == ""))
    pattern = re.compile(_pattern(rest), re.IGNORECASE | re.DOTALL)
    return _unless(sign, lambda cell: isinstance(cell, str) and pattern.fullmatch(cell) is not None)


def _unless(sign: str | None, test: Callable[[Given], bool]) -> Callable[[Given], bool]:
    return (lambda cell: not test(cell)) if sign == "<>" else test


def _pattern(text: str) -> str:
    pieces, escaped = [], False
    for sign in text:
        if escaped or sign not in "~*?":
            pieces.append(re.escape(sign))
            escaped = False
        elif sign == "~":
            escaped = True
        else:
            pieces.append(".*" if sign == "*" else ".")
    return "".join(pieces)


def _each(make: Callable[..., Given], tables: list[Given]) -> Given:
    """Compute once for each criterion of the largest table; the others are repeated where they are single."""
    largest = max((_rows(table) for table in tables), key=lambda rows: len(rows) * len(rows[0]))
    made = []
    for r in range(len(largest)):
        line = []
        for c in range(len(largest[0])):
            picked = []
            for table in map(_rows, tables):
                row = table[min(r, len(table) - 1)]
                picked.append(row[min(c, len(row) - 1)])
            line.append(make(*picked))
        made.append(line)
    return made[0][0] if len(made) == len(made[0]) == 1 else made


def _chosen(ranges: list[Given], criteria: tuple[Given, ...], values: Given) -> list[Given]:
    """Return the values whose cells meet all criteria; whole columns come cut where each one's last value stands."""
    held = _cells(values)
    columns = [_cells(each) for each in ranges]
    size = max(map(len, (held, *columns)))
    tests = [meets(0.0 if criterion is None else criterion) for criterion in criteria]
    lines = zip(*(column + [None] * (size - len(column)) for column in columns), strict=True)
    met = [all(test(cell) for test, cell in zip(tests, line, strict=True)) for line in lines]
    return [value for value, wanted in zip(held + [None] * (size - len(held)), met, strict=True) if wanted]


def _total(found: list[Given]) -> Given:
    wrong = next((each for each in found if isinstance(each, dict)), None)
    return wrong or float(sum(each for each in found if _is_number(each)))


def _mean(found: list[Given]) -> Given:
    wrong = next((each for each in found if isinstance(each, dict)), None)
    numbers = [each for each in found if _is_number(each)]
    return wrong or (sum(numbers) / len(numbers) if numbers else _DIV0)


def _single(end: Callable[[list[Given]], Given]) -> Callable[..., Given]:
    """Make a function of range, criterion and values."""

    def run(where: Given, criterion: Given, values: Given = None) -> Given:
        held = where if values is None else values

        def one(each: Given) -> Given:
            return end(_chosen([where], (each,), held))

        return _each(one, [criterion])

    return run


def _several(end: Callable[[list[Given]], Given], *, counts: bool = False) -> Callable[..., Given]:
    """Make a function of values (none where it counts) and pairs of range and criterion."""

    def run(*args: Given) -> Given:
        values, pairs = (args[0], args) if counts else (args[0], args[1:])
        ranges = list(pairs[::2])

        def one(*each: Given) -> Given:
            return end(_chosen(ranges, each, values))

        return _each(one, list(pairs[1::2]))

    return run


CONDITIONAL: dict[str, Callable[..., Given]] = {
    "SUMIF": _single(_total),
    "AVERAGEIF": _single(_mean),
    "COUNTIF": _single(lambda found: float(len(found))),
    "SUMIFS": _several(_total),
    "AVERAGEIFS": _several(_mean),
    "COUNTIFS": _several(lambda found: float(len(found)), counts=True),
}
