"""The text of a formula taken apart: its constants, functions and references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from xlmodel.grid import column_number, split_sheet

_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})\Z")
_PREFIXES = ("_XLFN.", "_XLWS.", "_XLUDF.", "_XLL.")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What stands in a formula.

    Args:
        pieces: the tokens in order: text, and whether it is a reference or a name.
        constants: the numbers typed into it.
        functions: the functions called, as written, in upper case.
        references: ranges, cells, names and table references, as written.
        if_depth: how deep IF stands in IF; one IF alone is 1.
    """

    pieces: tuple[tuple[str, bool], ...] = ()
    constants: tuple[float, ...] = ()
    functions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    if_depth: int = 0


@lru_cache(maxsize=65_536)
def parse(formula: str) -> Parsed:
    """Take a formula apart; one that cannot be read has no parts."""
    try:
        tokens = Tokenizer(formula).items
    except (TokenizerError, IndexError):
        return Parsed()
    stack: list[str] = []
    deepest = 0
    pieces, constants, functions, references = [], [], [], []
    for token in tokens:
        reference = token.type == Token.OPERAND and token.subtype == Token.RANGE
        pieces.append((token.value, reference))
        if reference:
            references.append(token.value)
        elif token.type == Token.OPERAND and token.subtype == Token.NUMBER:
            constants.append(float(token.value))
        elif token.type == Token.FUNC:
            if token.subtype == Token.OPEN:
                name = token.value[:-1].upper()
                functions.append(name)
                stack.append(name)
                deepest = max(deepest, stack.count("IF"))
            elif stack:
                stack.pop()
    return Parsed(tuple(pieces), tuple(constants), tuple(functions), tuple(references), deepest)


SCRIPTED = "_XLDUDF_"
"""What files write before the name of a function in JavaScript or xlwings Lite, in upper case; a reader never sees it."""


def bare_name(function: str) -> str:
    """Give a function's name without the prefixes that files write before it."""
    name = function
    while name.startswith(_PREFIXES):
        name = name.partition(".")[2]
    return name.removeprefix(SCRIPTED)


def relative(formula: str, row: int, column: int) -> str:
    """Write a formula with each relative reference as a distance, so that copied formulas read the same."""
    return "".join(
        _distance(text, row, column) if reference else text for text, reference in parse(formula).pieces
    )


def _distance(reference: str, row: int, column: int) -> str:
    sheet, local = split_sheet(reference)
    parts = []
    for part in local.split(":"):
        match = _CELL.match(part)
        if match is None:
            return reference
        across = column_number(match[2]) - (0 if match[1] else column)
        down = int(match[4]) - (0 if match[3] else row)
        parts.append(f"R{match[3]}[{down}]C{match[1]}[{across}]")
    return f"{sheet}!{':'.join(parts)}" if sheet else ":".join(parts)
