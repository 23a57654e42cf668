"""References to tables, such as `Prices[[#This Row],[value]]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlmodel.grid.places import Address, Area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.grid.cells import Table

_SPECIFIER = re.compile(r"\[((?:'.|[^\[\]'])*)\]|([^\[\],:]+)")


def structured_area(operand: str, tables: Mapping[str, Table], at: Address) -> Area | str:
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


def _table_at(tables: Mapping[str, Table], at: Address) -> Table | None:
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
