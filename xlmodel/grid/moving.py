"""How a formula moves when it is filled into another cell."""

from __future__ import annotations

import re

from xlmodel.grid.error_codes import ErrorCode
from xlmodel.grid.lexer import Kind, tokens
from xlmodel.grid.places import MAX_COLUMN, MAX_ROW, column_letters, column_number

_END = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")


def moved(formula: str, rows: int, columns: int, *, wrap: bool = False) -> str:
    """Rewrite a formula as filling it that many rows down and columns right does: relative parts move, fixed ones stay.

    Args:
        formula: the formula, with or without `=`.
        rows: rows down, negative: up.
        columns: columns right, negative: left.
        wrap: go on at the sheet's other side, as references in a defined name do.

    Returns:
        The formula, with `=` where it was given with it; a reference that leaves the sheet becomes `#REF!`.
    """
    if not (rows or columns):
        return formula
    parts = []
    for token in tokens(formula):
        if token.kind is Kind.REFERENCE:
            ends = [_moved_end(end, rows, columns, wrap=wrap) for end in token.local.split(":")]
            parts.append(ErrorCode.REF.value if "" in ends else token.prefix + ":".join(ends))
        else:
            parts.append(token.text)
    return "".join(parts)


def _moved_end(end: str, rows: int, columns: int, *, wrap: bool) -> str:
    """Move one end, such as `$A1`, `B` or `7`; empty where it leaves the sheet."""
    match = _END.fullmatch(end)
    if match is None:
        raise AssertionError(end)  # the lexer gave it as a reference
    fixed_column, letters, fixed_row, digits = match.groups()
    if not letters and fixed_column:  # `$7`, a whole row, has its only mark in the first place
        fixed_column, fixed_row = "", fixed_column
    if letters and not fixed_column and columns:
        column = column_number(letters) + columns
        if wrap:
            column = (column - 1) % MAX_COLUMN + 1
        if not 1 <= column <= MAX_COLUMN:
            return ""
        letters = column_letters(column)
    if digits and not fixed_row and rows:
        row = int(digits) + rows
        if wrap:
            row = (row - 1) % MAX_ROW + 1
        if not 1 <= row <= MAX_ROW:
            return ""
        digits = str(row)
    return f"{fixed_column}{letters}{fixed_row}{digits}"
