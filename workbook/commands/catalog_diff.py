"""What differs between two catalogs: figures in force, and records cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.commands.catalog_folder import Cell, Rows
    from xlmodel.catalog.tables import Catalog, CatalogTable, Figure, Row

HEADER = ("item", "field", "currency", "end", "old", "new", "relative")
_RECORD, _ROW, _LISTED = "record", "row", "listed"
_NUMERIC = frozenset({"number", "integer"})


def diff(old: Catalog, new: Catalog) -> Rows:
    """Return what differs: the figures, each catalog as of its release date, then the records.

    Equation: relative = new / old - 1.

    Args:
        old: the catalog before.
        new: the catalog after.

    Returns:
        Rows item, field, currency, end, old, new, relative below a header. A figure that one catalog lacks has an
        empty cell there; `end` is value, or low and high where a range moved. Of a record, field is `table.column`
        and end `record`; of a row that one catalog lacks, field is its table and end `row`.
    """
    rows: Rows = [list(HEADER)]
    for item, field in dict.fromkeys((*old.figures, *new.figures)):
        listed = (*old.figures.get((item, field), ()), *new.figures.get((item, field), ()))
        for currency in dict.fromkeys(figure.currency for figure in listed):
            before, after = (_in_force(each, item, field, currency) for each in (old, new))
            for end, left, right in _ends(before, after):
                if left != right:
                    relative = right / left - 1 if left and right is not None else None
                    rows.append([item, field, currency, end, left, right, relative])
    for name in dict.fromkeys((*old.tables, *new.tables)):
        tables = [each.tables[name] for each in (old, new) if name in each.tables]
        if not any(table.figures for table in tables):
            rows += _record_rows(name, old.tables.get(name), new.tables.get(name))
    return rows


def _record_rows(name: str, old: CatalogTable | None, new: CatalogTable | None) -> Iterator[list[Cell]]:
    """Yield the cells of records that differ, and the rows that one catalog lacks."""
    tables = [table for table in (old, new) if table is not None]
    columns = {column.key: column for table in tables for column in table.columns}
    keys = _key_columns(list(columns), tables)
    before, after = (_by_key(table, keys) for table in (old, new))
    for key in dict.fromkeys((*before, *after)):
        item = " ".join(key)
        left, right = before.get(key), after.get(key)
        if left is None or right is None:
            yield [item, name, "", _ROW, _LISTED if left else None, _LISTED if right else None, None]
            continue
        for column, about in columns.items():
            said, says = left.get(column, ""), right.get(column, "")
            if said == says:
                continue
            was, now = (_number(text) if about.type in _NUMERIC else text for text in (said, says))
            if was != now:
                relative = (
                    now / was - 1 if isinstance(was, float) and isinstance(now, float) and was else None
                )
                yield [item, f"{name}.{column}", "", _RECORD, was, now, relative]


def _key_columns(columns: list[str], tables: list[CatalogTable]) -> list[str]:
    """Return the first columns, as few as tell the rows of every table apart."""
    for count in range(1, len(columns)):
        keys = columns[:count]
        if all(len(_by_key(table, keys)) == len(table.rows) for table in tables):
            return keys
    return columns


def _by_key(table: CatalogTable | None, keys: list[str]) -> dict[tuple[str, ...], Row]:
    return {} if table is None else {tuple(row.get(key, "") for key in keys): row for row in table.rows}


def _number(text: str) -> Cell:
    return float(text) if text else None


def _in_force(catalog: Catalog, item: str, field: str, currency: str) -> Figure | None:
    try:
        found = catalog.figure(item, field, currency=currency)
    except NotAvailableError:
        return None
    return found if found.currency == currency else None


def _ends(before: Figure | None, after: Figure | None) -> Iterator[tuple[str, float | None, float | None]]:
    """Yield the value of both figures, and the ends of the range where one of them has a range."""
    ranged = any(figure is not None and figure.low != figure.high for figure in (before, after))
    left, right = _by_end(before), _by_end(after)
    for end in ("value", "low", "high") if ranged else ("value",):
        yield end, left.get(end), right.get(end)


def _by_end(figure: Figure | None) -> dict[str, float]:
    return {} if figure is None else {"low": figure.low, "value": figure.value, "high": figure.high}
