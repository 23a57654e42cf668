"""The numbers of a quote's record sheets renewed, such as a GPU's power.

The functions take records from the catalog and never from the sheets, while the quote's native formulas read the
sheets: both must say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas.labels import columns_by_heading
from workbook.renew.change_report import Change
from workbook.renew.figure_links import same_number
from xlmodel.grid import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.renew.draft import Draft
    from xlmodel.catalog import Catalog, CatalogTable, Column
    from xlmodel.grid import Table

_NUMERIC = frozenset({"number", "integer"})


def update_records(draft: Draft, catalog: Catalog) -> list[Change]:
    """Write the catalog's numbers into the record sheets; return what changed, and what cannot be told.

    Args:
        draft: the workbook; changed.
        catalog: the facts. A row or a column that it lacks stays.
    """
    changes = []
    for area in draft.contents.tables:
        table = catalog.tables.get(contract.table_of(area.name) or "")
        if table is not None and not table.figures and table.name != contract.RECONCILIATION:
            changes += list(_renewed(draft, area, catalog, table))
    return changes


def _renewed(draft: Draft, area: Table, catalog: Catalog, table: CatalogTable) -> Iterator[Change]:
    columns = _columns(area, catalog, table)
    yield from _untold(draft, area, columns)
    place = _names_rows(columns, table)
    if place is None:
        yield _kept(area, area.left, "no heading that the catalog knows tells its rows apart")
        return
    records = {row[columns[place].key]: row for row in table.rows}
    if len(records) != len(table.rows):
        return
    first = table.columns[0].key
    for line in range(area.top + 1, area.bottom + 1):
        record = records.get(draft.text(Address(area.sheet, line, place)))
        if record is None:
            continue
        for at, column in columns.items():
            said = record[column.key] if column.type in _NUMERIC else ""
            cell = Address(area.sheet, line, at)
            held = draft.content(cell)
            if said and isinstance(held, float) and not same_number(held, float(said)):
                draft.put(cell, float(said))
                note = f"catalog table {table.name}"
                label = f"{record[first]} {column.key}"
                yield Change("figure", cell.sheet, cell.name, label, held, float(said), note)


def _names_rows(columns: dict[int, Column], table: CatalogTable) -> int | None:
    """Return the place of the column that tells the rows apart: the item's, else that of its name."""
    keys = {column.key: place for place, column in columns.items()}
    return next((keys[key] for key in (table.columns[0].key, "zh", "en") if key in keys), None)


def _columns(area: Table, catalog: Catalog, table: CatalogTable) -> dict[int, Column]:
    """Return the columns of a sheet's table by place."""
    known = columns_by_heading(catalog.names, table)
    return {area.left + index: known[label][0] for index, label in enumerate(area.columns) if label in known}


def _untold(draft: Draft, area: Table, columns: dict[int, Column]) -> Iterator[Change]:
    """Yield a line for each column of numbers under a heading that the catalog does not know."""
    for place in range(area.left, area.left + len(area.columns)):
        cells = (
            draft.content(Address(area.sheet, row, place)) for row in range(area.top + 1, area.bottom + 1)
        )
        if place not in columns and any(isinstance(cell, float) for cell in cells):
            yield _kept(area, place, "the catalog knows no column of this heading")


def _kept(area: Table, place: int, reason: str) -> Change:
    cell, heading = Address(area.sheet, area.top, place), area.columns[place - area.left]
    label = f"{area.name} {heading}"
    return Change("kept", cell.sheet, cell.name, label, None, None, f"numbers not renewed: {reason}")
