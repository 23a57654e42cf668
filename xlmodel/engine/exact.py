"""Comparisons, joined texts and differences as Excel makes them: with 15 digits, and 0 for what is almost 0.

The engine compares and shows all digits of a double: 0.1+0.2=0.3 is FALSE there, and "x"&1/3 has 16 digits.
"""

from __future__ import annotations

import operator
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from xlmodel.grid import Kind, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xlmodel.grid import Token

COMPARED, SHOWN, ADDED = "XLMODEL_COMPARED", "XLMODEL_SHOWN", "XLMODEL_ADDED"
_WORTH_READING = re.compile(r"[-+&=<>]|(?i:CONCATENATE|LEN)\(")
_ALMOST_NOTHING = 1e-15  # of the larger operand
_WHOLE = 1e15  # beyond it Excel shows an exponent
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
# functions that show a number as a joined text does, and what may be a range in their arguments
_SHOWING = frozenset({"CONCATENATE(", "LEN("})
_TABLE = re.compile(r"[:{\[]|(?<![\w.!$'\")])[^\W\d][\w.]*(?![\w.(!'$])")
_RANGES = frozenset({Kind.NAME, Kind.STRUCTURED, Kind.OTHER})
_ENDS = frozenset({Kind.SEPARATOR, Kind.CLOSE})
# an item of an expression: its text, and its sign where it is one
_Item: TypeAlias = tuple[str, str]


def exactly(body: str) -> str:
    """Rewrite a formula so that its comparisons, joined texts and last difference are made by functions of this module.

    Expressions on ranges and names are left to the engine.

    Args:
        body: the formula without `=`.
    """
    if not _WORTH_READING.search(body):
        return body
    found = [token for token in tokens(body) if token.kind is not Kind.SPACE]
    if any(token.text in {" ", ":", "#"} for token in found) or len(found) != sum(
        token.kind is not Kind.OTHER for token in found
    ):
        return body
    spaced = len(found) != len(tokens(body))
    if spaced and any(one.kind in _VALUES and two.kind in _VALUES for one, two in _pairs(found)):
        return body  # a space between two references is an operator
    reader = iter(found)
    text, end = _expression(reader, top=True)
    return text if end is None else body


_VALUES = frozenset({Kind.REFERENCE, Kind.NAME, Kind.STRUCTURED})


def _pairs(found: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    return pairwise(found)


def _expression(reader: Iterator[Token], *, top: bool = False) -> tuple[str, Token | None]:
    """Read up to the end of an argument or bracket; return it rewritten, and the token that ends it."""
    items: list[_Item] = []
    plain, ended = True, None
    for token in reader:
        if token.kind in _ENDS:
            ended = token
            break
        if token.kind in {Kind.FUNCTION, Kind.OPEN}:
            items.append((token.text + _arguments(reader, shown_as_text=token.text.upper() in _SHOWING), ""))
        elif token.text == "{":
            items.append((_constants(reader), ""))
            plain = False
        else:
            plain = plain and token.kind not in _RANGES
            plain = plain and not (token.kind is Kind.REFERENCE and ":" in token.local)
            items.append((token.text, token.text if token.kind is Kind.OPERATOR else ""))
    return (_compared(items, top=top) if plain else "".join(text for text, _ in items)), ended


def _arguments(reader: Iterator[Token], *, shown_as_text: bool = False) -> str:
    written = ""
    while True:
        text, end = _expression(reader)
        if shown_as_text and text and not _TABLE.search(text):
            text = f"{SHOWN}({text})"
        written += text + (end.text if end is not None else "")
        if end is None or end.kind is Kind.CLOSE:
            return written


def _constants(reader: Iterator[Token]) -> str:
    written = "{"
    for token in reader:
        written += token.text
        if token.text == "}":
            break
    return written


def _compared(items: Sequence[_Item], *, top: bool) -> str:
    operands, signs = _split(items, _SIGNS.keys())
    if not signs:
        return _joined(operands[0], top=top)
    text = _joined(operands[0])
    for sign, operand in zip(signs, operands[1:], strict=True):
        text = f'{COMPARED}({text},"{sign}",{_joined(operand)})'
    return text


def _joined(items: Sequence[_Item], *, top: bool = False) -> str:
    operands, signs = _split(items, {"&"})
    if signs:
        return "&".join(f"{SHOWN}({_plain(operand)})" for operand in operands)
    return _added(items) if top else _plain(items)


def _added(items: Sequence[_Item]) -> str:
    """Part a sum at its last sign."""
    for place in range(len(items) - 1, 0, -1):
        if items[place][1] in {"+", "-"} and (not items[place - 1][1] or items[place - 1][1] == "%"):
            left, right = _plain(items[:place]), _plain(items[place + 1 :])
            return f'{ADDED}({left},"{items[place][1]}",{right})'
    return _plain(items)


def _plain(items: Sequence[_Item]) -> str:
    return "".join(text for text, _ in items)


def _split(items: Sequence[_Item], signs: Any) -> tuple[list[list[_Item]], list[str]]:
    operands: list[list[_Item]] = [[]]
    met = []
    for item in items:
        if item[1] and item[1] in signs:
            operands.append([])
            met.append(item[1])
        else:
            operands[-1].append(item)
    return operands, met


def compared(one: object, sign: object, two: object) -> object:
    """Compare two values as Excel does: numbers by 15 digits, texts without case, numbers before texts before logicals."""
    return _each(one, two, lambda a, b: _SIGNS[str(sign)](*_ordered(a, b)))


def added(one: object, sign: object, two: object) -> object:
    """Add or subtract; what is almost 0 beside its operands is 0."""
    factor = 1.0 if sign == "+" else -1.0

    def total(a: object, b: object) -> object:
        try:
            left, right = (0.0 if each is None else float(each) for each in (a, b))  # type: ignore[arg-type]  # what is no number is refused
        except (TypeError, ValueError):
            return {"type": "Error", "kind": "Value", "message": "text where a number is needed"}
        given = left + factor * right
        return 0.0 if abs(given) < _ALMOST_NOTHING * max(abs(left), abs(right)) else given

    return _each(one, two, total)


def shown(value: object) -> object:
    """Show a value as a joined text does."""
    return _each(value, None, lambda a, _: _text(a))


def _each(one: object, two: object, make: Callable[[object, object], object]) -> object:
    """Apply a function to two values, or cell by cell where one is a table; errors pass."""
    if isinstance(one, list):
        return [
            [_each(cell, _cell(two, r, c), make) for c, cell in enumerate(row)] for r, row in enumerate(one)
        ]
    if isinstance(two, list):
        return [[_each(one, cell, make) for cell in row] for row in two]
    return next((each for each in (one, two) if isinstance(each, dict)), None) or make(one, two)


def _cell(value: object, row: int, column: int) -> object:
    if not isinstance(value, list):
        return value
    line = value[row if len(value) > 1 else 0]
    return line[column if len(line) > 1 else 0]


def _ordered(one: object, two: object) -> tuple[object, object]:
    if one is None or two is None:  # blank is what the other needs
        blank: dict[type, object] = {str: "", bool: False}
        one, two = (
            blank.get(type(other), 0.0) if value is None else value
            for value, other in ((one, two), (two, one))
        )
    return _rank(one), _rank(two)


def _rank(value: object) -> tuple[int, object]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, float(f"{value:.15g}")
    return 1, str(value).casefold()


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if float(value).is_integer() and abs(value) < _WHOLE:
            return str(int(value))
        return f"{value:.15g}".upper()
    return str(value)
