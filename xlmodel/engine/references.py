"""References in formula text: cells, ranges, structured references, and how they move when a formula is copied."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import formualizer as fz

from xlmodel.engine.values import MAX_COLUMN, MAX_ROW, Address, Table, column_letters, column_number

_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})"
_CELLS = re.compile(rf"{_CELL}(?::{_CELL})?")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")
_ROWS = re.compile(r"(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})")
_SPECIFIER = re.compile(r"\[((?:'.|[^\[\]'])*)\]|([^\[\],:]+)")


class Area(NamedTuple):
    """A rectangle of cells, both ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell of the same sheet lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def text(self) -> str:
        """Write it as an absolute reference without its sheet."""
        first = f"${column_letters(self.left)}${self.top}"
        last = f"${column_letters(self.right)}${self.bottom}"
        return first if first == last else f"{first}:{last}"


@lru_cache(maxsize=16384)
def split_sheet(operand: str) -> tuple[str | None, str]:
    """Part `'My Sheet'!A1` into the sheet's name and the rest; the name is None where there is none."""
    if operand.startswith("'"):
        match = re.match(r"'((?:[^']|'')*)'!", operand)
        return (match[1].replace("''", "'"), operand[match.end() :]) if match else (None, operand)
    head, mark, tail = operand.partition("!")
    named = mark and not head.startswith("#") and head.count("[") == head.count("]")
    return (head, tail) if named else (None, operand)


@lru_cache(maxsize=16384)
def area_of(reference: str, sheet: str) -> Area | None:
    """Read a reference without its sheet (`$A$1`, `A1:B2`, `A:C`, `1:3`); None where it is something else."""
    if match := _CELLS.fullmatch(reference):
        left, top = column_number(match[2]), int(match[4])
        right, bottom = (column_number(match[6]), int(match[8])) if match[6] else (left, top)
    elif match := _COLUMNS.fullmatch(reference):
        left, right, top, bottom = column_number(match[2]), column_number(match[4]), 1, MAX_ROW
    elif match := _ROWS.fullmatch(reference):
        left, right, top, bottom = 1, MAX_COLUMN, int(match[2]), int(match[4])
    else:
        return None
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    if not (top >= 1 and bottom <= MAX_ROW and right <= MAX_COLUMN):
        return None
    return Area(sheet, top, left, bottom, right)


def moved(formula: str, rows: int, columns: int) -> str:
    """Rewrite a formula as copying it that many rows down and columns right does (shared formulas).

    Args:
        formula: the formula, with or without `=`.
        rows: rows down.
        columns: columns right.

    Returns:
        The formula without `=`; a reference that leaves the sheet becomes `#REF!`.
    """
    parts = []
    for token in fz.tokenize("=" + formula.removeprefix("=")).tokens():
        text = token.value
        if token.token_type == fz.TokenType.Operand and token.subtype == fz.TokenSubType.Range:
            text = _moved_operand(text, rows, columns)
        parts.append(text)
    return "".join(parts)


def _moved_operand(operand: str, rows: int, columns: int) -> str:
    _, reference = split_sheet(operand)
    if area_of(reference, "") is None:
        return operand
    prefix = operand[: len(operand) - len(reference)]
    ends = [_moved_end(end, rows, columns) for end in reference.split(":")]
    return "#REF!" if "" in ends else prefix + ":".join(ends)


def _moved_end(end: str, rows: int, columns: int) -> str:
    """Move one end, such as `$A1`, `B` or `7`; empty where it leaves the sheet."""
    match = re.fullmatch(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)", end)
    if match is None:
        return end
    fixed_column, letters, fixed_row, digits = match.groups()
    if not letters and fixed_column:  # `$7`, a whole row, has its only mark in the first place
        fixed_row = fixed_column
    text = ""
    if letters:
        column = column_number(letters) + (0 if fixed_column else columns)
        if not 1 <= column <= MAX_COLUMN:
            return ""
        text += fixed_column + column_letters(column)
    if digits:
        row = int(digits) + (0 if fixed_row else rows)
        if not 1 <= row <= MAX_ROW:
            return ""
        text += f"{fixed_row}{row}"
    return text


def structured_area(operand: str, tables: dict[str, Table], at: Address) -> Area | str:
    """Resolve a structured reference such as `Prices[[#This Row],[value]]`.

    Args:
        operand: the reference.
        tables: upper-case table name -> table.
        at: the cell that holds the formula, for `[#This Row]` and for `[@value]` inside its own table.

    Returns:
        The cells, or a sentence saying why there are none.
    """
    name, _, rest = operand.partition("[")
    table = tables.get(name.upper()) if name else _table_at(tables, at)
    if table is None:
        return f"no table named {name}" if name else f"{operand} stands outside a table"
    inner = rest[:-1].strip()
    this_row = inner.startswith("@")
    inner = inner.removeprefix("@")
    bracketed = inner.startswith("[")
    found = (
        [one or other for one, other in _SPECIFIER.findall(inner)] if bracketed else [inner] if inner else []
    )
    parts = [
        re.sub(r"'(.)", r"\1", part).strip() if not part.startswith("#") else part
        for part in found
        if part.strip()
    ]
    items = {part.lower() for part in parts if part.startswith("#")}
    chosen = [part for part in parts if not part.startswith("#")]
    if this_row:
        items.add("#this row")
    known = [column.casefold() for column in table.columns]
    for column in chosen:
        if column.casefold() not in known:
            return f"table {table.name} has no column {column}"
    places = [table.left + known.index(column.casefold()) for column in chosen]
    left, right = (min(places), max(places)) if places else (table.left, table.right)
    rows = _table_rows(table, items, at)
    return Area(table.sheet, rows[0], left, rows[1], right) if isinstance(rows, tuple) else rows


def _table_at(tables: dict[str, Table], at: Address) -> Table | None:
    inside = (
        table
        for table in tables.values()
        if table.sheet == at.sheet
        and table.top <= at.row <= table.bottom
        and table.left <= at.column <= table.right
    )
    return next(inside, None)


def _table_rows(table: Table, items: set[str], at: Address) -> tuple[int, int] | str:
    first, last = table.top + table.header_rows, table.bottom - table.totals_rows
    spans = {
        "#all": (table.top, table.bottom),
        "#data": (first, last),
        "#headers": (table.top, first - 1),
        "#totals": (last + 1, table.bottom),
        "#this row": (at.row, at.row),
    }
    unknown = items - spans.keys()
    if unknown:
        return f"table {table.name} has no part {min(unknown)}"
    if "#this row" in items and not (at.sheet == table.sheet and first <= at.row <= last):
        return f"{at} is not a row of table {table.name}"
    wanted = [spans[item] for item in items] or [(first, last)]
    top, bottom = min(span[0] for span in wanted), max(span[1] for span in wanted)
    return (top, bottom) if top <= bottom else f"table {table.name} shows no such row"
