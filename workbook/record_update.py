"""The numbers of a quote's record sheets renewed, such as a GPU's power.

The functions take records from the catalog and never from the sheets, while the quote's native formulas read the
sheets: both must say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.change_report import Change
from workbook.draft import cell_name
from workbook.figure_links import same_number
from xlmodel.engine import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.draft import Draft
    from xlmodel.catalog import Catalog, Column, Table
    from xlmodel.engine import Table as Area

_PREFIX = "tbl_"
_NUMERIC = frozenset({"number", "integer"})


def update_records(draft: Draft, catalog: Catalog) -> list[Change]:
    """Write the catalog's numbers into the record sheets; return what changed.

    Args:
        draft: the workbook; changed.
        catalog: the facts. A row or a column that it lacks stays.
    """
    changes = []
    for area in draft.contents.tables:
        table = catalog.tables.get(area.name.removeprefix(_PREFIX)) if area.name.startswith(_PREFIX) else None
        if table is not None and not table.figures:
            changes += list(_renewed(draft, area, table))
    return changes


def _renewed(draft: Draft, area: Area, table: Table) -> Iterator[Change]:
    first = table.columns[0]
    records = {row[first.key]: row for row in table.rows}
    columns = _columns(area, table)
    place = next((place for place, column in columns.items() if column.key == first.key), None)
    if place is None or len(records) != len(table.rows):
        return
    for line in range(area.top + 1, area.bottom + 1):
        name = draft.text(Address(area.sheet, line, place))
        for at, column in columns.items():
            said = records[name][column.key] if name in records and column.type in _NUMERIC else ""
            cell = Address(area.sheet, line, at)
            held = draft.content(cell)
            if said and isinstance(held, float) and not same_number(held, float(said)):
                draft.put(cell, float(said))
                note = f"catalog table {table.name}"
                yield Change(
                    "figure", cell.sheet, cell_name(cell), f"{name} {column.key}", held, float(said), note
                )


def _columns(area: Area, table: Table) -> dict[int, Column]:
    """Return the columns of a sheet's table by place; a heading may end in the unit."""
    known = {}
    for column in table.columns:
        for label in (column.zh, column.en):
            known[f"{label} ({column.unit})" if column.unit else label] = column
    return {
        area.left + index: known[heading] for index, heading in enumerate(area.columns) if heading in known
    }
